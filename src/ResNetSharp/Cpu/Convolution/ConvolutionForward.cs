namespace ResNetSharp.Cpu;

/// <summary>output = convolution(input, weights) + bias + residual, negative values cut off where wanted; channels last.</summary>
internal sealed unsafe class ConvolutionForward : Kernel
{
    readonly TileEngine engine;
    readonly float* input;
    readonly float* weights;
    readonly float* bias;
    readonly float* residual;
    readonly float* output;
    NativeBuffer? packed;

    /// <summary>Fixes shape and addresses.</summary>
    /// <param name="geometry">The shape.</param>
    /// <param name="set">The kind of kernels; see <see cref="InstructionSets.Selected"/>.</param>
    /// <param name="input">(batch, height, width, input channels).</param>
    /// <param name="weights">(kernel height, kernel width, input channels / groups, output channels).</param>
    /// <param name="bias">(output channels), or null.</param>
    /// <param name="residual">Added to the output; of its shape, or null. May be the output itself.</param>
    /// <param name="relu">Whether negative values become zero at the end.</param>
    /// <param name="output">(batch, output height, output width, output channels).</param>
    public ConvolutionForward(
        ConvolutionGeometry geometry, InstructionSet set, float* input, float* weights, float* bias, float* residual, bool relu, float* output)
    {
        geometry.Validate();
        this.input = input;
        this.weights = weights;
        this.bias = bias;
        this.residual = residual;
        this.output = output;
        var grids = TileGrid.Forward(geometry);
        engine = new TileEngine(
            set,
            geometry.Batch,
            grids,
            new WeightPanels(geometry, grids, set, transposed: false),
            ImageLayout.Dense(geometry.InHeight, geometry.InWidth, geometry.InChannels),
            ImageLayout.Dense(geometry.OutHeight, geometry.OutWidth, geometry.OutChannels),
            new TileEpilogue(Bias: bias != null, Residual: residual != null, Relu: relu));
    }

    /// <summary>
    /// Whether the weights stay the same from run to run, as at inference: they are then rearranged once, in memory of the kernel's own.
    /// </summary>
    public bool WeightsAreConstant { get; init; }

    /// <summary>Says that constant weights have changed after all.</summary>
    public void Invalidate() => packed = null;

    public override long ScratchBytes(int workers) => WeightsAreConstant ? 0 : engine.ScratchBytes(workers);

    public override void Run(Workers workers)
    {
        var work = new TileEngine.Pointers { Source = input, Weights = weights, Destination = output, Bias = bias, Residual = residual };
        if (!WeightsAreConstant)
        {
            work.Packed = (float*)Scratch;
            engine.Run(workers, work);
            return;
        }
        if (packed is null)
        {
            packed = new NativeBuffer(engine.PackedBytes);
            engine.Pack(workers, weights, (float*)packed.Pointer);
        }
        work.Packed = (float*)packed.Pointer;
        engine.RunPacked(workers, work);
    }
}
