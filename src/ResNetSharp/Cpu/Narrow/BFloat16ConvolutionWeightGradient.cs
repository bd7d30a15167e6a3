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
    /// <param name="strassen">Whether the fast algorithm for 1x1 kernels may be used; null for <see cref="StrassenSettings.Selected"/>.</param>
    public BFloat16ConvolutionWeightGradient(
        ConvolutionGeometry geometry, InstructionSet set, ushort* source, ushort* resultGradient, float* weightGradient, float* biasGradient,
        Winograd? winograd = null, Strassen? strassen = null)
    {
        geometry.Validate();
        engine = Engine(geometry, set, source, resultGradient, weightGradient, winograd ?? WinogradSettings.Selected, strassen ?? StrassenSettings.Selected);
        if (biasGradient == null) return;
        var rows = (long)geometry.Batch * geometry.OutHeight * geometry.OutWidth;
        biasSums = new ColumnSums(rows, geometry.OutChannels, resultGradient, biasGradient);
    }

    static WeightGradientEngine Engine(
        ConvolutionGeometry geometry, InstructionSet set, ushort* source, ushort* resultGradient, float* weightGradient, Winograd winograd, Strassen strassen)
    {
        var isNative = NarrowArithmetic.HasBFloat16(set);
        // Matrix tiles are faster than single precision whatever that saves.
        if (set != InstructionSet.Amx)
        {
            if (NarrowGroups.Suits(geometry, set)) return new NarrowGroupWeightGradient<ushort>(geometry, set, source, resultGradient, weightGradient);
            if (WinogradWeightProducts.Suits(set, geometry, winograd, isNative ? VectorSpeed(geometry) : 1))
                return new WinogradWeightProducts<ushort>(geometry, set, source, resultGradient, weightGradient);
        }
        if (!isNative && StrassenWeightGradient.Suits(set, geometry, strassen))
            return new StrassenWeightGradient<ushort>(geometry, set, source, resultGradient, weightGradient);
        return isNative
            ? new BFloat16WeightProducts(geometry, set, source, resultGradient, weightGradient)
            : new DirectWeightGradient<ushort>(geometry, set, source, resultGradient, weightGradient);
    }

    /// <summary>
    /// How many numbers vectors multiply in the time of one in single precision: they take two, which have to be rearranged first, and there is a gap
    /// behind each row and each image.
    /// </summary>
    static double VectorSpeed(ConvolutionGeometry g)
    {
        const double WithoutGaps = 1.65;
        return WithoutGaps * g.OutHeight * g.OutWidth / ((g.OutHeight + 1.0) * (g.OutWidth + 1.0));
    }

    public override string Algorithm => engine.Name;

    public override long ScratchBytes(int workers) => Math.Max(engine.ScratchBytes(workers), biasSums?.ScratchBytes ?? 0);

    public override void Run(Workers workers)
    {
        biasSums?.Run(workers, Scratch);
        engine.Run(workers, Scratch);
    }
}
