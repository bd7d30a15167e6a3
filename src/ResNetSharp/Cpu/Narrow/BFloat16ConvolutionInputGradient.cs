namespace ResNetSharp.Cpu;

/// <summary>
/// The gradient of a convolution with respect to its bfloat16 input: the transposed convolution of the result's gradient, with weights
/// rounded to bfloat16, sums in single precision, and one rounding at the end.
/// </summary>
internal sealed unsafe class BFloat16ConvolutionInputGradient : Kernel
{
    readonly NarrowEngine engine;
    readonly ushort* resultGradient;
    readonly float* weights;
    readonly ushort* sourceGradient;

    /// <summary>Fixes shape and addresses.</summary>
    /// <param name="geometry">The shape of the forward convolution.</param>
    /// <param name="set">The kind of kernels; see <see cref="InstructionSets.Selected"/>.</param>
    /// <param name="resultGradient">(batch, output height, output width, output channels).</param>
    /// <param name="weights">(kernel height, kernel width, input channels / groups, output channels).</param>
    /// <param name="sourceGradient">(batch, height, width, input channels).</param>
    /// <param name="accumulate">Whether to add to what <paramref name="sourceGradient"/> holds.</param>
    /// <param name="winograd">Whether the fast algorithm for 3x3 kernels may be used; null for <see cref="WinogradSettings.Selected"/>.</param>
    public BFloat16ConvolutionInputGradient(
        ConvolutionGeometry geometry, InstructionSet set, ushort* resultGradient, float* weights, ushort* sourceGradient, bool accumulate,
        Winograd? winograd = null)
    {
        geometry.Validate();
        this.resultGradient = resultGradient;
        this.weights = weights;
        this.sourceGradient = sourceGradient;
        engine = NarrowEngine.Create(geometry, set, transposed: true, new TileEpilogue(Accumulate: accumulate).Streaming(sourceGradient, null, geometry.Batch, geometry.InputLayout), constantWeights: false, winograd: winograd);
    }

    public override string Algorithm => engine.Name;

    public override long ScratchBytes(int workers) => engine.WorkBytes(workers) + engine.PackedBytes;

    public override void Run(Workers workers)
    {
        var packed = Scratch + engine.WorkBytes(workers.Count);
        engine.Pack(workers, weights, packed);
        engine.Run(
            workers,
            new NarrowPointers { Source = (byte*)resultGradient, Destination = (byte*)sourceGradient, Packed = packed, Work = Scratch });
    }
}
