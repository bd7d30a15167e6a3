using ResNetSharp.Cpu;
using ResNetSharp.Graph;
using ResNetSharp.Graph.Operations;

namespace ResNetSharp.Quantization;

/// <summary>Which operations of a graph for prediction can work on bytes.</summary>
internal static class QuantizableOperations
{
    /// <summary>So many products of 8-bit numbers can be summed in 32 bits.</summary>
    const long LongestSum = int.MaxValue / (255 * 128);

    /// <summary>The weights of a convolution or dense layer that can be integers: a parameter, not computed; null for any other node.</summary>
    public static Parameter? WeightsOf(Node node) =>
        node.Operation is FoldedConvolution or MatrixProduct && ParameterRead.Of(node.Inputs[1]) is { } weights && weights.Shape.Size / weights.Shape[-1] <= LongestSum
            ? weights
            : null;

    /// <summary>The inputs that a node reads as bytes, if it can; none where it cannot.</summary>
    public static IEnumerable<int> ByteInputs(Node node) => node.Operation switch
    {
        FoldedConvolution { HasResidual: true } when WeightsOf(node) is not null => [0, node.Inputs.Length - 1],
        FoldedConvolution or MatrixProduct when WeightsOf(node) is not null => [0],
        MaxPool or AveragePool or GlobalAveragePool or Slice or Reshape or Flatten or Unary => [0],
        Pad { Value: 0 } => [0],
        BatchNormInference { HasResidual: false } => [0],
        Binary { Function: BinaryFunction.Add } when node.Inputs[0].Shape == node.Inputs[1].Shape => [0, 1],
        Concatenate => Enumerable.Range(0, node.Inputs.Length),
        _ => [],
    };

    /// <summary>Whether a node's output has the scale and zero point of its input, because its bytes are among the input's.</summary>
    public static bool KeepsParameters(Operation operation) => operation is MaxPool or Slice or Reshape or Flatten or Pad { Value: 0 };
}
