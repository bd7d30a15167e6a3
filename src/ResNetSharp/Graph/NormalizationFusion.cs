using ResNetSharp.Graph.Operations;

namespace ResNetSharp.Graph;

/// <summary>
/// Joins a batch normalization on stored statistics with the 1x1 convolution or the average pooling that alone reads it, as in networks that
/// normalize before they convolve. The last of the passes of a prediction: it decides nothing that others would have to know.
/// </summary>
internal sealed class NormalizationFusion : Rewriter
{
    protected override Tensor[]? Replace(Node node, Tensor[] inputs)
    {
        if (!HasOneConsumer(node.Inputs[0])) return null;
        var source = inputs[0].Producer;
        if (source.Operation is not BatchNormInference { HasResidual: false } norm) return null;
        // What normalizes is computed before the first step.
        var constants = source.Inputs[1..5];
        if (constants.Any(t => t.Producer.Operation is not Leaf)) return null;
        Operation? joined = node.Operation switch
        {
            FoldedConvolution { HasResidual: false, Convolution: { Groups: 1, IsPixelwise: true } } folded when ConvolutionGains(inputs[0]) => new NormalizedConvolution(folded, norm),
            // Where windows overlap, rows would be normalized several times.
            AveragePool { Window: var window } pool when window.Height <= window.StrideHeight && HasRows(inputs[0]) => new NormalizedPool(pool, norm),
            _ => null,
        };
        return joined?.ApplyAll([source.Inputs[0], .. inputs[1..], .. constants]);
    }

    static bool HasRows(Tensor images) => images.ElementType is ElementType.Float32 or ElementType.BFloat16;

    /// <summary>Whether a convolution has a kernel for it, and whether it gains: a small tensor stays in the cache between the two.</summary>
    static bool ConvolutionGains(Tensor images)
    {
        const long ManyPixels = 6000;
        return images.ElementType == ElementType.Float32
            || (images.ElementType == ElementType.BFloat16 && images.Shape.Size / images.Shape[-1] >= ManyPixels);
    }
}
