using ResNetSharp.Graph.Operations;
using ResNetSharp.Layers;

namespace ResNetSharp.Graph;

/// <summary>
/// Averages windows before a 1x1 convolution instead of after it, as in the transitions of DenseNet: both are sums over different axes, so
/// their order changes nothing but roundings, and the convolution has a window's share of the pixels left.
/// </summary>
internal sealed class EarlyPooling : Rewriter
{
    /// <summary>Filters from which on the products saved are worth averaging more channels.</summary>
    const int ManyFilters = 32;

    protected override Tensor[]? Replace(Node node, Tensor[] inputs)
    {
        if (node.Operation is not AveragePool pool || !HasOneConsumer(node.Inputs[0])) return null;
        var source = inputs[0].Producer;
        if (source.Operation is not Convolution { IsPixelwise: true } convolution || source.Inputs[1].Shape[3] < ManyFilters || !Shrinks(pool, inputs[0].Shape)) return null;
        // Both are the convolution's now: numbers found for the pooling behind it, as a calibration has them, are not for this one.
        var outer = LayerScope.Resume(source.Scope);
        try
        {
            return convolution.ApplyAll([pool.Apply(source.Inputs[0]), .. source.Inputs[1..]]);
        }
        finally
        {
            LayerScope.Leave(outer);
        }
    }

    /// <summary>Whether there are fewer windows than pixels, without padding, which a bias would not reach.</summary>
    static bool Shrinks(AveragePool pool, Shape images) =>
        pool.Window.StrideHeight * pool.Window.StrideWidth > 1 && pool.Window.IsUnpadded(images);
}
