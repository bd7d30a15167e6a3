namespace ResNetSharp.Cpu;

/// <summary>output = convolution(input, weights) + bias + residual, negative values cut off where wanted; channels last.</summary>
internal sealed unsafe class ConvolutionForward : WeightedKernel
{
    readonly Func<bool, bool, ConvolutionEngine> makeEngine;
    ConvolutionEngine? engine;
    readonly float* input;
    readonly float* weights;
    readonly float* bias;
    readonly float* residual;
    readonly float* output;

    /// <summary>Fixes shape and addresses.</summary>
    /// <param name="geometry">The shape.</param>
    /// <param name="set">The kind of kernels; see <see cref="InstructionSets.Selected"/>.</param>
    /// <param name="input">(batch, height, width, input channels).</param>
    /// <param name="weights">(kernel height, kernel width, input channels / groups, output channels); null if <see cref="WeightedKernel.Pack(Workers, float*)"/> is called before the first run.</param>
    /// <param name="bias">(output channels), or null.</param>
    /// <param name="residual">Added to the output; of its shape, or null. May be the output itself.</param>
    /// <param name="relu">Whether negative values become zero at the end.</param>
    /// <param name="output">(batch, output height, output width, output channels).</param>
    /// <param name="winograd">Whether the fast algorithm for 3x3 kernels may be used; null for <see cref="WinogradSettings.Selected"/>.</param>
    /// <param name="strassen">Whether the fast algorithm for 1x1 kernels may be used; null for <see cref="StrassenSettings.Selected"/>.</param>
    public ConvolutionForward(
        ConvolutionGeometry geometry, InstructionSet set, float* input, float* weights, float* bias, float* residual, bool relu, float* output,
        Winograd? winograd = null, Strassen? strassen = null)
    {
        geometry.Validate();
        this.input = input;
        this.weights = weights;
        this.bias = bias;
        this.residual = residual;
        this.output = output;
        makeEngine = (constant, sums) => ConvolutionEngine.Create(geometry, set, transposed: false, new TileEpilogue(bias != null, residual != null, relu, Moments: sums).Streaming(output, residual, geometry.Batch, geometry.OutputLayout), constant, winograd ?? WinogradSettings.Selected, strassen ?? StrassenSettings.Selected, Normalization);
    }

    /// <summary>What is done to the input first, for 1x1 kernels that move pixel by pixel; null for nothing.</summary>
    public NormalizedRows<float>? Normalization { get; init; }

    /// <summary>Made when first needed, for it depends on <see cref="WeightedKernel.WeightsAreConstant"/>.</summary>
    ConvolutionEngine Engine => engine ??= MakeEngine();

    public override long PackedBytes => Engine.PackedBytes;

    public override string Algorithm => Engine.Name;

    public override long ScratchBytes(int workers) => Engine.WorkBytes(workers) + (WeightsAreConstant ? 0 : Engine.PackedBytes);

    public override void Run(Workers workers)
    {
        var pointers = new ConvolutionPointers
        {
            Source = input,
            Weights = weights,
            Destination = output,
            Bias = bias,
            Residual = residual,
            Work = Scratch,
            Packed = (float*)(Scratch + Engine.WorkBytes(workers.Count)),
        };
        Moments?.Start(ref pointers.Expected, ref pointers.Moments);
        if (!WeightsAreConstant)
        {
            Engine.Run(workers, pointers);
            return;
        }
        pointers.Packed = (float*)PackedWeights(workers, weights, null);
        Engine.RunPacked(workers, pointers);
        // Packed weights are read through pointers alone.
        GC.KeepAlive(this);
    }

    ConvolutionEngine MakeEngine()
    {
        var made = makeEngine(WeightsAreConstant, Moments is not null);
        Moments?.Reserve(made.MomentBlocks);
        return made;
    }

    protected override void Pack(Workers workers, float* weights, byte* to) => Engine.Pack(workers, weights, (float*)to);
}
