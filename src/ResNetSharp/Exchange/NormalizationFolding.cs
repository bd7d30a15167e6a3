using ResNetSharp.Graph;
using ResNetSharp.Graph.Operations;

namespace ResNetSharp.Exchange;

/// <summary>
/// Makes each batch normalization that follows a convolution part of its weights: weight * gamma / sqrt(variance + epsilon), and a bias.
/// </summary>
internal sealed class NormalizationFolding : Rewriter
{
    protected override Tensor[]? Replace(Node node, Tensor[] inputs)
    {
        if (node.Operation is not BatchNorm norm || !HasOneConsumer(node.Inputs[0])) return null;
        if (inputs[0].Producer is not { Operation: Convolution convolution } source || ParameterRead.Of(source.Inputs[1]) is not { } weight) return null;
        var bias = source.Inputs.Length > 2 ? ParameterRead.Of(source.Inputs[2]) : null;
        if (source.Inputs.Length > 2 && bias is null) return null;
        var norms = inputs[1..].Select(i => ParameterRead.Of(i)!.Values.ToArray()).ToArray();
        var (foldedWeight, foldedBias) = Fold(weight, bias, norms, norm.Settings.Epsilon);
        return [convolution.Apply(source.Inputs[0], foldedWeight.Read(), foldedBias.Read())];
    }

    static (Parameter Weight, Parameter Bias) Fold(Parameter weight, Parameter? bias, float[][] norms, float epsilon)
    {
        var filters = weight.Shape[3];
        var scales = new double[filters];
        var folded = NewParameter(weight.Name, weight.Shape);
        var shift = NewParameter(bias?.Name ?? BiasOf(weight.Name), new Shape(filters));
        for (var f = 0; f < filters; f++)
        {
            scales[f] = norms[0][f] / Math.Sqrt((double)norms[3][f] + epsilon);
            shift.Values[f] = (float)(norms[1][f] + ((bias is null ? 0 : bias.Values[f]) - (double)norms[2][f]) * scales[f]);
        }
        var from = weight.Values;
        var to = folded.Values;
        for (var i = 0; i < to.Length; i++) to[i] = (float)(from[i] * scales[i % filters]);
        return (folded, shift);
    }

    static string BiasOf(string weight) => weight.EndsWith("weight", StringComparison.Ordinal) ? $"{weight[..^"weight".Length]}bias" : $"{weight}.bias";

    static Parameter NewParameter(string name, Shape shape) => new(name, shape, Initializer.Zeros);
}
