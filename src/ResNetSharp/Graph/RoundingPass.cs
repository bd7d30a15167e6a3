using ResNetSharp.Graph.Operations;
using ResNetSharp.Quantization;

namespace ResNetSharp.Graph;

/// <summary>
/// Lets a graph that rounds numbers to bytes and back, as files of quantized networks do, compute with the bytes: what reads restored
/// bytes reads the bytes, and what is rounded afterwards rounds by itself. What cannot stays as the file has it. Either way the results are
/// those of the file but for the last bit of single precision.
/// </summary>
internal sealed class RoundingPass : Rewriter
{
    /// <summary>Whether a graph rounds to bytes.</summary>
    public static bool Applies(IReadOnlyList<Tensor> outputs) => Node.Reachable(outputs).Any(node => node.Operation is QuantizeLinear);

    protected override Tensor[]? Replace(Node node, Tensor[] inputs)
    {
        if (node.Operation is QuantizeLinear quantize) return Quantize(node, quantize.Parameters, inputs[0]) is { } bytes ? [bytes] : null;
        if (QuantizableOperations.WeightsOf(node)?.Steps is not { } steps || AsBytes(node, inputs) is not { } read) return null;
        return [new QuantizedProduct(node.Operation, steps, read.Parameters, null).Apply(read.Inputs)];
    }

    /// <summary>The bytes of a tensor without a rounding of its own; null if it needs one.</summary>
    /// <param name="node">The rounding.</param>
    /// <param name="to">What its bytes stand for.</param>
    /// <param name="input">The tensor in the new graph.</param>
    Tensor? Quantize(Node node, QuantizationParameters to, Tensor input)
    {
        var source = input.Producer;
        if (source.Operation is DequantizeLinear restored && restored.Parameters == to) return source.Inputs[0];
        if (!HasOneConsumer(node.Inputs[0])) return null;
        if (source.Operation is QuantizedProduct { Output: null } product) return new QuantizedProduct(product.Source, product.WeightScales, product.Inputs, to).Apply(source.Inputs);
        if (AsBytes(source, source.Inputs) is not { } read) return null;
        var from = read.Parameters[0];
        return source.Operation switch
        {
            Pad pad => from == to ? new Pad(pad.Before, pad.After, to.ZeroPoint).Apply(read.Inputs) : null,
            var keeps when QuantizableOperations.KeepsParameters(keeps) => from == to ? keeps.Apply(read.Inputs) : null,
            AveragePool or GlobalAveragePool or Binary or Unary or Concatenate or BatchNormInference =>
                new QuantizedFunction(source.Operation, read.Parameters, to, source.Operation is BatchNormInference { Relu: true }).Apply(read.Inputs),
            _ => null,
        };
    }

    /// <summary>The inputs of an operation with bytes where it can read them; null if one of those is no restored byte.</summary>
    static (Tensor[] Inputs, QuantizationParameters?[] Parameters)? AsBytes(Node node, Tensor[] inputs)
    {
        var (bytes, parameters) = (inputs.ToArray(), new QuantizationParameters?[inputs.Length]);
        var reads = QuantizableOperations.ByteInputs(node).ToArray();
        foreach (var i in reads)
        {
            if (inputs[i].Producer is not { Operation: DequantizeLinear from } restored) return null;
            (bytes[i], parameters[i]) = (restored.Inputs[0], from.Parameters);
        }
        return reads.Length == 0 ? null : (bytes, parameters);
    }
}
