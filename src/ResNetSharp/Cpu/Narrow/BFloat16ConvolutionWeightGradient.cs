namespace ResNetSharp.Cpu;

/// <summary>The gradients, in single precision, of a convolution of bfloat16 images with respect to its weights and its bias.</summary>
internal sealed unsafe class BFloat16ConvolutionWeightGradient : Kernel
{
    readonly WeightGradientEngine engine;
    readonly ColumnSums? biasSums;

    /// <summary>Fixes shape and addresses.</summary>
    /// <param name="geometry">The shape of the forward convolution.</param>
    /// <param name="set">The kind of kernels; see <see cref="InstructionSets.Selected"/>.</param>
    /// <param name="source">(batch, height, width, input channels).</param>
    /// <param name="resultGradient">(batch, output height, output width, output channels).</param>
    /// <param name="weightGradient">(kernel height, kernel width, input channels / groups, output channels).</param>
    /// <param name="biasGradient">(output channels), or null.</param>
    /// <param name="winograd">Whether the fast algorithm for 3x3 kernels may be used; null for <see cref="WinogradSettings.Selected"/>.</param>
    public BFloat16ConvolutionWeightGradient(
        ConvolutionGeometry geometry, InstructionSet set, ushort* source, ushort* resultGradient, float* weightGradient, float* biasGradient,
        Winograd? winograd = null)
    {
        geometry.Validate();
        engine = set != InstructionSet.Amx && NarrowGroups.Suits(geometry, set) ? new NarrowGroupWeightGradient<ushort>(geometry, set, source, resultGradient, weightGradient)
            : UsesWinograd(geometry, set, winograd ?? WinogradSettings.Selected) ? new WinogradWeightProducts<ushort>(geometry, set, source, resultGradient, weightGradient)
            : NarrowArithmetic.HasBFloat16(set) ? new BFloat16WeightProducts(geometry, set, source, resultGradient, weightGradient)
            : new WidenedWeightGradient(geometry, set, source, resultGradient, weightGradient);
        if (biasGradient == null) return;
        var rows = (long)geometry.Batch * geometry.OutHeight * geometry.OutWidth;
        biasSums = new ColumnSums(rows, geometry.OutChannels, resultGradient, biasGradient);
    }

    /// <summary>Whether Winograd's algorithm, whose products are in single precision, is expected to be faster than products of bfloat16 numbers.</summary>
    static bool UsesWinograd(ConvolutionGeometry geometry, InstructionSet set, Winograd winograd)
    {
        // Vectors take two numbers at a time, but have to be rearranged first, and there is a gap behind each row and each image.
        const double VectorSpeed = 1.65;
        var pixels = (double)geometry.OutHeight * geometry.OutWidth / ((geometry.OutHeight + 1.0) * (geometry.OutWidth + 1.0));
        return set != InstructionSet.Amx
            && WinogradWeightProducts.Suits(set, geometry, winograd, NarrowArithmetic.HasBFloat16(set) ? VectorSpeed * pixels : 1);
    }

    public override string Algorithm => engine is WinogradWeightProducts ? "winograd" : "direct";

    public override long ScratchBytes(int workers) => Math.Max(engine.ScratchBytes(workers), biasSums?.ScratchBytes ?? 0);

    public override void Run(Workers workers)
    {
        biasSums?.Run(workers, Scratch);
        engine.Run(workers, Scratch);
    }
}
