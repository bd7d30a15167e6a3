namespace ResNetSharp.Cpu;

/// <summary>
/// result = convolution(source, weights) + bias + residual, negative values cut off where wanted, on bfloat16 images: weights are
/// rounded to bfloat16, sums are single precision, and the result is rounded once.
/// </summary>
internal sealed unsafe class BFloat16ConvolutionForward : WeightedKernel
{
    readonly Func<bool, bool, NarrowEngine> makeEngine;
    NarrowEngine? engine;
    readonly ushort* source;
    readonly float* weights;
    readonly float* bias;
    readonly ushort* residual;
    readonly ushort* destination;

    /// <summary>Fixes shape and addresses.</summary>
    /// <param name="geometry">The shape.</param>
    /// <param name="set">The kind of kernels; see <see cref="InstructionSets.Selected"/>.</param>
    /// <param name="source">(batch, height, width, input channels).</param>
    /// <param name="weights">(kernel height, kernel width, input channels / groups, output channels).</param>
    /// <param name="bias">(output channels), or null.</param>
    /// <param name="residual">Added to the result; of its shape, or null. May be the result itself.</param>
    /// <param name="relu">Whether negative values become zero at the end.</param>
    /// <param name="destination">(batch, output height, output width, output channels).</param>
    /// <param name="normalization">What is done to the source first, for 1x1 kernels that move pixel by pixel; null for nothing.</param>
    /// <param name="winograd">Whether the fast algorithm for 3x3 kernels may be used; null for <see cref="WinogradSettings.Selected"/>.</param>
    public BFloat16ConvolutionForward(
        ConvolutionGeometry geometry, InstructionSet set, ushort* source, float* weights, float* bias, ushort* residual, bool relu, ushort* destination,
        NormalizedRows<ushort>? normalization = null, Winograd? winograd = null)
    {
        geometry.Validate();
        this.source = source;
        this.weights = weights;
        this.bias = bias;
        this.residual = residual;
        this.destination = destination;
        makeEngine = (constant, sums) => NarrowEngine.Create(geometry, set, transposed: false, new TileEpilogue(bias != null, residual != null, relu, Moments: sums).Streaming(destination, residual, geometry.Batch, geometry.OutputLayout), constant, normalization, winograd);
    }

    /// <summary>Made when first needed, for it depends on <see cref="WeightedKernel.WeightsAreConstant"/>.</summary>
    NarrowEngine Engine => engine ??= MakeEngine();

    public override string Algorithm => Engine.Name;

    public override long PackedBytes => Engine.PackedBytes;

    public override long ScratchBytes(int workers) => Engine.WorkBytes(workers) + (WeightsAreConstant ? 0 : Engine.PackedBytes);

    public override void Run(Workers workers)
    {
        var pointers = new NarrowPointers
        {
            Source = (byte*)source,
            Destination = (byte*)destination,
            Residual = (byte*)residual,
            Bias = bias,
            Packed = PackedWeights(workers, weights, Scratch + Engine.WorkBytes(workers.Count)),
            Work = Scratch,
        };
        Moments?.Start(ref pointers.Expected, ref pointers.Moments);
        Engine.Run(workers, pointers);
        // Packed weights are read through pointers alone.
        GC.KeepAlive(this);
    }

    NarrowEngine MakeEngine()
    {
        var made = makeEngine(WeightsAreConstant, Moments is not null);
        Moments?.Reserve(made.MomentBlocks);
        return made;
    }

    protected override void Pack(Workers workers, float* weights, byte* to) => Engine.Pack(workers, weights, to);
}
