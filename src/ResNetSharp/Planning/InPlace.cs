using ResNetSharp.Graph;
using ResNetSharp.Graph.Operations;

namespace ResNetSharp.Planning;

/// <summary>Which operations may write a result over an input that nobody reads afterwards.</summary>
internal static class InPlace
{
    /// <summary>Pairs of an input and an output that may share memory, the best first.</summary>
    public static IEnumerable<(int Input, int Output)> Choices(Node node) => node.Operation switch
    {
        Unary or Dropout => [(0, 0)],
        UnaryGradient => [(2, 0)],
        Binary when node.Inputs[0].Shape == node.Inputs[1].Shape => [(0, 0), (1, 0)],
        BatchNormTraining { HasResidual: true } or BatchNormInference { HasResidual: true } => [(BatchNormTraining.Residual, 0), (0, 0)],
        BatchNormRepeat { HasResidual: true } => [(BatchNormTraining.Residual, 0), (0, 0)],
        BatchNormTraining or BatchNormInference or BatchNormRepeat => [(0, 0)],
        FoldedConvolution { HasResidual: true } => [(node.Inputs.Length - 1, 0)],
        GroupNorm => [(0, 0)],
        GroupNormGradient => [(GroupNormGradient.Gradient, 0)],
        BatchNormGradient { Residual: true } => [(5, 3)],
        BatchNormGradient => [(5, 0)],
        ConvolutionInputGradient when node.Inputs.Length > 2 => [(2, 0)],
        QuantizedProduct { Source: FoldedConvolution { HasResidual: true } } => [(node.Inputs.Length - 1, 0)],
        QuantizedFunction { Source: Unary or BatchNormInference } => [(0, 0)],
        QuantizedFunction { Source: Binary } => [(0, 0), (1, 0)],
        _ => [],
    };
}
