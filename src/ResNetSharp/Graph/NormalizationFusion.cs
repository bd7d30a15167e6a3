using ResNetSharp.Cpu;
using ResNetSharp.Graph.Operations;

namespace ResNetSharp.Graph;

/// <summary>
/// Joins a batch normalization on stored statistics with the 1x1 convolution that alone reads it, as in networks that normalize before they
/// convolve. The last of the passes of a prediction: it decides nothing that others would have to know.
/// </summary>
internal sealed class NormalizationFusion : Rewriter
{
    protected override Tensor[]? Replace(Node node, Tensor[] inputs)
    {
        if (node.Operation is not FoldedConvolution { HasResidual: false } folded || !HasOneConsumer(node.Inputs[0]) || !IsPixelwise(folded.Convolution, inputs)) return null;
        var source = inputs[0].Producer;
        if (source.Operation is not BatchNormInference { HasResidual: false } norm || !HasKernel(inputs[0])) return null;
        // What normalizes is computed before the first step.
        var constants = source.Inputs[1..5];
        if (constants.Any(t => t.Producer.Operation is not Leaf)) return null;
        return new NormalizedConvolution(folded, norm).ApplyAll([source.Inputs[0], .. inputs[1..], .. constants]);
    }

    /// <summary>Whether each pixel of the result is a product of one pixel, in the same order.</summary>
    static bool IsPixelwise(Convolution convolution, Tensor[] inputs) =>
        convolution is { Groups: 1, Window: { Height: 1, Width: 1, StrideHeight: 1, StrideWidth: 1 } window }
        && window.RowPadding(inputs[0].Shape[1]) == (0, 0) && window.ColumnPadding(inputs[0].Shape[2]) == (0, 0);

    /// <summary>Whether there is a kernel, and whether it gains: a small tensor stays in the cache between the two.</summary>
    static bool HasKernel(Tensor images)
    {
        const long ManyPixels = 6000;
        return images.ElementType == ElementType.Float32
            || (images.ElementType == ElementType.BFloat16 && NarrowArithmetic.HasBFloat16(InstructionSets.Selected) && images.Shape.Size / images.Shape[-1] >= ManyPixels);
    }
}
