using ResNetSharp.Graph.Operations;

namespace ResNetSharp.Graph;

/// <summary>
/// Keeps activations and their gradients as bfloat16: whatever a convolution reads or writes, and what is computed from that up to the
/// operations that have no kernels for it, such as a dense layer or a loss. Goes over the finished graph, gradients and updates included.
/// Parameters, their gradients and statistics stay as they are.
/// </summary>
internal sealed class Narrowing : Rewriter
{
    readonly Dictionary<Tensor, Tensor> casts = [];

    /// <summary>Rewrites a graph; what it is made for comes out as 32-bit numbers, as before.</summary>
    public static Tensor[] Of(IReadOnlyList<Tensor> outputs) => new Narrowing().Narrowed(outputs);

    Tensor[] Narrowed(IReadOnlyList<Tensor> outputs) => [.. Rewrite(outputs).Select(t => As(t, ElementType.Float32))];

    protected override Tensor[]? Replace(Node node, Tensor[] inputs)
    {
        if (node.Operation is GlobalAveragePoolGradient gradient)
            return new GlobalAveragePoolGradient(gradient.Images, ElementType.BFloat16).ApplyAll(As(inputs[0], ElementType.Float32));
        var images = Images(node);
        var narrow = IsLarge(node) || images.Any(i => inputs[i].ElementType == ElementType.BFloat16);
        for (var i = 0; i < inputs.Length; i++)
            inputs[i] = As(inputs[i], narrow && images.Contains(i) ? ElementType.BFloat16 : ElementType.Float32);
        return node.Operation.ApplyAll(inputs);
    }

    /// <summary>
    /// The convolutions decide what is narrow, because they gain most; others follow what they read. Over single pixels a convolution is
    /// a dense layer: the end of a network, or a gate, which are not worth the rounding.
    /// </summary>
    static bool IsLarge(Node node) => node.Operation switch
    {
        Convolution or FoldedConvolution or ConvolutionWeightGradient => Pixels(node.Inputs[0]) > 1,
        ConvolutionInputGradient => Pixels(node.Outputs[0]) > 1,
        _ => false,
    };

    static int Pixels(Tensor images) => images.Shape[1] * images.Shape[2];

    /// <summary>The inputs that an operation takes as bfloat16 too, all of one type.</summary>
    static int[] Images(Node node) => node.Operation switch
    {
        Convolution => [0],
        FoldedConvolution { HasResidual: true } => [0, node.Inputs.Length - 1],
        FoldedConvolution => [0],
        ConvolutionInputGradient => node.Inputs.Length > 2 ? [0, 2] : [0],
        ConvolutionWeightGradient => [0, 1],
        BatchNormTraining { HasResidual: true } or BatchNormInference { HasResidual: true } or BatchNormRepeat { HasResidual: true } => [0, BatchNormTraining.Residual],
        BatchNormTraining or BatchNormInference or BatchNormRepeat or Operations.GroupNorm => [0],
        BatchNormGradient => node.Inputs.Length > 6 ? [0, 5, 6] : [0, 5],
        GroupNormGradient => [0, GroupNormGradient.Gradient],
        MaxPool or AveragePool or AveragePoolGradient or GlobalAveragePool => [0],
        Unary or Dropout or Pad or Slice or SliceGradient or Reshape or Flatten => [0],
        MaxPoolGradient or UnaryGradient => [0, 1, 2],
        Binary => [0, 1],
        Concatenate => [.. Enumerable.Range(0, node.Inputs.Length)],
        _ => [],
    };

    Tensor As(Tensor tensor, ElementType type)
    {
        if (tensor.ElementType == type || tensor.ElementType == ElementType.Int32) return tensor;
        if (!casts.TryGetValue(tensor, out var cast)) casts[tensor] = cast = new Cast(type).Apply(tensor);
        return cast;
    }
}
