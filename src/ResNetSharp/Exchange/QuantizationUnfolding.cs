using ResNetSharp.Cpu;
using ResNetSharp.Formats;
using ResNetSharp.Graph;
using ResNetSharp.Graph.Operations;
using ResNetSharp.Quantization;
using GroupNorm = ResNetSharp.Graph.Operations.GroupNorm;

namespace ResNetSharp.Exchange;

/// <summary>
/// Says what a quantized graph computes in single operations on numbers, with the roundings between them written down: dequantize, compute,
/// quantize. This is the form (QDQ) in which ONNX Runtime and others read quantized networks.
/// </summary>
internal sealed class QuantizationUnfolding : Rewriter
{
    readonly Dictionary<Tensor, QuantizationParameters> parameters = [];

    protected override Tensor[]? Replace(Node node, Tensor[] inputs) => node.Operation switch
    {
        QuantizeLinear quantize => [Quantize(inputs[0], quantize.Parameters)],
        QuantizedProduct product => [Quantize(Product(node, product, inputs), product.Output)],
        QuantizedFunction function => [Quantize(Rectified(Plain(function.Source, Numbers(inputs)), function.Relu), function.Output)],
        Pad pad when parameters.TryGetValue(inputs[0], out var same) => [Quantize(new Pad(pad.Before, pad.After).Apply(Numbers(inputs)), same)],
        var moves when parameters.TryGetValue(inputs[0], out var same) && moves is not DequantizeLinear => [Quantize(moves.Apply(Numbers(inputs)), same)],
        FoldedConvolution folded => [Convolve(folded, inputs, inputs[1], folded.HasBias ? inputs[folded.BiasIndex] : null, folded.Normalization)],
        BatchNormInference norm => [Normalize(norm, inputs)],
        GroupNorm { Relu: true } norm => [new GroupNorm(norm.Groups, norm.Epsilon, relu: false).ApplyAll(inputs)[0].Relu()],
        _ => null,
    };

    /// <summary>Bytes, remembering what they stand for; nothing where numbers stay numbers.</summary>
    Tensor Quantize(Tensor numbers, QuantizationParameters? to)
    {
        if (to is not { } own) return numbers;
        var bytes = new QuantizeLinear(own).Apply(numbers);
        parameters[bytes] = own;
        return bytes;
    }

    /// <summary>The numbers that the bytes among some tensors stand for.</summary>
    Tensor[] Numbers(Tensor[] inputs) => [.. inputs.Select(t => parameters.TryGetValue(t, out var own) ? new DequantizeLinear(own).Apply(t) : t)];

    Tensor Product(Node node, QuantizedProduct product, Tensor[] inputs)
    {
        var numbers = Numbers(inputs);
        var (weights, bias) = Integers(node, product);
        return product.Source is FoldedConvolution folded
            ? Convolve(folded, numbers, weights, bias, null)
            : product.Source.Apply(bias is null ? [numbers[0], weights] : [numbers[0], weights, bias]);
    }

    static Tensor Convolve(FoldedConvolution folded, Tensor[] inputs, Tensor weights, Tensor? bias, BatchNormSettings? normalization)
    {
        var y = folded.Convolution.Apply(bias is null ? [inputs[0], weights] : [inputs[0], weights, bias]);
        if (normalization is not null) y = new BatchNorm(normalization).Apply([y, .. inputs[2..6]]);
        if (folded.HasResidual) y += inputs[^1];
        return Rectified(y, folded.Relu);
    }

    static Tensor Plain(Operation source, Tensor[] inputs) => source is BatchNormInference norm ? Normalize(norm, inputs) : source.Apply(inputs);

    static Tensor Normalize(BatchNormInference norm, Tensor[] inputs)
    {
        var y = new BatchNorm(norm.Settings).Apply(inputs[..5]);
        return Rectified(norm.HasResidual ? y + inputs[5] : y, norm.Relu);
    }

    static Tensor Rectified(Tensor x, bool relu) => relu && x.Producer.Operation is not Unary { Function: UnaryFunction.Relu } ? x.Relu() : x;

    /// <summary>Weights and bias as integers, with a batch normalization folded in.</summary>
    static (Tensor Weights, Tensor? Bias) Integers(Node node, QuantizedProduct product)
    {
        var weights = ParameterRead.Of(node.Inputs[1])!;
        var folded = product.Source as FoldedConvolution;
        var biasIndex = folded is null ? 2 : folded.HasBias ? folded.BiasIndex : int.MaxValue;
        var own = biasIndex < node.Inputs.Length ? ParameterRead.Of(node.Inputs[biasIndex])!.Values.ToArray() : null;
        var source = product.Inputs[0]!.Value.Scale;
        var norms = folded?.Normalization is null ? null : node.Inputs[2..6].Select(t => ParameterRead.Of(t)!.Values.ToArray()).ToArray();
        var channels = product.WeightScales.Select((scale, c) =>
        {
            var factor = norms is null ? 1 : norms[0][c] / Math.Sqrt((double)norms[3][c] + folded!.Normalization!.Epsilon);
            var bias = own is null ? 0d : own[c];
            return ProductChannel.Fold(scale, factor, norms is null ? bias : norms[1][c] + (bias - norms[2][c]) * factor, source);
        }).ToArray();
        float[] scales = [.. channels.Select(channel => channel.Scale)], biasScales = [.. scales.Select(scale => scale * source)];
        var integers = new int[weights.Values.Length];
        for (var i = 0; i < integers.Length; i++)
            integers[i] = channels[i % channels.Length].Integer(weights.Values[i], product.WeightScales[i % channels.Length]);
        var made = new QuantizedConstant(weights.Name, weights.Shape, TensorType.Int8, integers, scales).Apply();
        if (own is null && norms is null) return (made, null);
        return (made, new QuantizedConstant($"{weights.Name}_bias", new Shape(channels.Length), TensorType.Int32, [.. channels.Select(channel => channel.Bias)], biasScales).Apply());
    }
}
