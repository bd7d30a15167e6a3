namespace ResNetSharp.Cpu;

/// <summary>The gradients of a convolution with respect to its weights and its bias.</summary>
internal sealed unsafe class ConvolutionWeightGradient : Kernel
{
    readonly WeightGradientEngine engine;
    readonly ColumnSums? biasSums;

    /// <summary>Fixes shape and addresses.</summary>
    /// <param name="geometry">The shape of the forward convolution.</param>
    /// <param name="set">The kind of kernels; see <see cref="InstructionSets.Selected"/>.</param>
    /// <param name="input">(batch, height, width, input channels).</param>
    /// <param name="outputGradient">(batch, output height, output width, output channels).</param>
    /// <param name="weightGradient">(kernel height, kernel width, input channels / groups, output channels).</param>
    /// <param name="biasGradient">(output channels), or null.</param>
    /// <param name="winograd">Whether the fast algorithm for 3x3 kernels may be used; null for <see cref="WinogradSettings.Selected"/>.</param>
    /// <param name="strassen">Whether the fast algorithm for 1x1 kernels may be used; null for <see cref="StrassenSettings.Selected"/>.</param>
    public ConvolutionWeightGradient(
        ConvolutionGeometry geometry, InstructionSet set, float* input, float* outputGradient, float* weightGradient, float* biasGradient,
        Winograd? winograd = null, Strassen? strassen = null)
    {
        geometry.Validate();
        engine = Engine(geometry, set, input, outputGradient, weightGradient, winograd ?? WinogradSettings.Selected, strassen ?? StrassenSettings.Selected);
        if (biasGradient == null) return;
        var rows = (long)geometry.Batch * geometry.OutHeight * geometry.OutWidth;
        biasSums = new ColumnSums(rows, geometry.OutChannels, outputGradient, biasGradient);
    }

    static WeightGradientEngine Engine(
        ConvolutionGeometry geometry, InstructionSet set, float* input, float* outputGradient, float* weightGradient, Winograd winograd, Strassen strassen)
    {
        if (NarrowGroups.Suits(geometry, set)) return new NarrowGroupWeightGradient<float>(geometry, set, input, outputGradient, weightGradient);
        if (StrassenWeightGradient.Suits(set, geometry, strassen)) return new StrassenWeightGradient<float>(geometry, set, input, outputGradient, weightGradient);
        return WinogradWeightProducts.Suits(set, geometry, winograd)
            ? new WinogradWeightProducts<float>(geometry, set, input, outputGradient, weightGradient)
            : new DirectWeightGradient<float>(geometry, set, input, outputGradient, weightGradient);
    }

    public override string Algorithm => engine.Name;

    public override long ScratchBytes(int workers) => Math.Max(engine.ScratchBytes(workers), biasSums?.ScratchBytes ?? 0);

    public override void Run(Workers workers)
    {
        biasSums?.Run(workers, Scratch);
        engine.Run(workers, Scratch);
    }
}
