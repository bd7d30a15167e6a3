namespace ResNetSharp.Cpu;

/// <summary>The gradients of a convolution with respect to its weights and its bias.</summary>
internal sealed unsafe class ConvolutionWeightGradient : Kernel
{
    /// <summary>Up to this many input channels, kernel columns are taken together: single ones would leave registers empty.</summary>
    const int FewChannels = 4;

    readonly WeightProducts products;
    readonly ColumnSums? biasSums;

    /// <summary>Fixes shape and addresses.</summary>
    /// <param name="geometry">The shape of the forward convolution.</param>
    /// <param name="set">The kind of kernels; see <see cref="InstructionSets.Selected"/>.</param>
    /// <param name="input">(batch, height, width, input channels).</param>
    /// <param name="outputGradient">(batch, output height, output width, output channels).</param>
    /// <param name="weightGradient">(kernel height, kernel width, input channels / groups, output channels).</param>
    /// <param name="biasGradient">(output channels), or null.</param>
    public ConvolutionWeightGradient(
        ConvolutionGeometry geometry, InstructionSet set, float* input, float* outputGradient, float* weightGradient, float* biasGradient)
    {
        geometry.Validate();
        var g = geometry;
        var layout = ImageLayout.Dense(g.InHeight, g.InWidth, g.InChannels);
        var window = 0;
        if (g is { InChannels: <= FewChannels, Groups: 1, KernelWidth: > 1, DilationWidth: 1 })
        {
            // A kernel row is one run of numbers in the image, and in the weights: a wide pixel under a single kernel column.
            window = g.InChannels * g.KernelWidth;
            g = g with { InChannels = window, KernelWidth = 1, PadRight = g.PadRight - g.KernelWidth + 1 };
        }
        products = new WeightProducts(g, set, layout, geometry.InputLength, window, input, outputGradient, weightGradient);
        if (biasGradient != null)
        {
            biasSums = new ColumnSums((long)g.Batch * g.OutHeight * g.OutWidth, g.OutChannels, outputGradient, biasGradient);
        }
    }

    public override long ScratchBytes(int workers) => Math.Max(products.ScratchBytes(workers), biasSums?.ScratchBytes ?? 0);

    public override void Run(Workers workers)
    {
        biasSums?.Run(workers, Scratch);
        products.Run(workers, Scratch);
    }
}
