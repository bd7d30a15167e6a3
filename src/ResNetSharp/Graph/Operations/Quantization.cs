using ResNetSharp.Quantization;

namespace ResNetSharp.Graph.Operations;

/// <summary>Numbers to bytes: y = clamp(round(x / scale) + zero point), halves to the even number, as in ONNX.</summary>
internal sealed class QuantizeLinear(QuantizationParameters parameters) : Operation
{
    public override string Name => "QuantizeLinear";

    public QuantizationParameters Parameters { get; } = parameters;

    public override Shape[] InferShapes(ReadOnlySpan<Shape> inputs) => [inputs[0]];

    public override ElementType TypeOf(int output, ReadOnlySpan<ElementType> inputs) => ElementType.UInt8;
}

/// <summary>Bytes to numbers: y = scale * (x - zero point).</summary>
internal sealed class DequantizeLinear(QuantizationParameters parameters) : Operation
{
    public override string Name => "DequantizeLinear";

    public QuantizationParameters Parameters { get; } = parameters;

    public override Shape[] InferShapes(ReadOnlySpan<Shape> inputs) => [inputs[0]];

    public override Tensor?[] Gradients(Node node, Tensor?[] outputs, bool[] wanted) =>
        throw new InvalidOperationException("the model rounds numbers to bytes, so nothing before that can be trained; start from the network in floating point");
}

/// <summary>
/// An operation on bytes: what the operation would give for the numbers that its inputs' bytes stand for, quantized once at the end. Inputs
/// are those of the operation; weights stay numbers, and are quantized when the plan is made.
/// </summary>
/// <param name="inputs">What the bytes of the inputs stand for; null for an input that is not one of bytes.</param>
/// <param name="output">What the bytes of the output stand for; null if the output stays 32-bit floating point.</param>
internal abstract class QuantizedOperation(IReadOnlyList<QuantizationParameters?> inputs, QuantizationParameters? output) : Operation
{
    public override string Name => $"Quantized{Source.Name}";

    /// <summary>The operation on floating-point numbers.</summary>
    public abstract Operation Source { get; }

    public IReadOnlyList<QuantizationParameters?> Inputs { get; } = inputs;

    public QuantizationParameters? Output { get; } = output;

    public override Shape[] InferShapes(ReadOnlySpan<Shape> inputs) => Source.InferShapes(inputs)[..1];

    public override ElementType TypeOf(int output, ReadOnlySpan<ElementType> inputs) => Output is null ? ElementType.Float32 : ElementType.UInt8;

    public override long MultiplyAdds(Node node) => Source.MultiplyAdds(node);
}

/// <summary>
/// A convolution or dense layer with 8-bit weights, which sums integers and rounds once: see <see cref="FoldedConvolution"/> and
/// <see cref="MatrixProduct"/>.
/// </summary>
internal sealed class QuantizedProduct(Operation source, IReadOnlyList<float> weightScales, IReadOnlyList<QuantizationParameters?> inputs,
    QuantizationParameters? output) : QuantizedOperation(inputs, output)
{
    public override Operation Source => source;

    /// <summary>The distance between neighbouring weights, one an output channel, before a batch normalization is folded in.</summary>
    public IReadOnlyList<float> WeightScales { get; } = weightScales;
}

/// <summary>Any other operation on bytes: pooling, normalization by stored statistics, addition, concatenation, functions of an element.</summary>
/// <param name="source">The operation on floating-point numbers.</param>
/// <param name="inputs">What the bytes of the inputs stand for; null for parameters.</param>
/// <param name="output">What the bytes of the output stand for.</param>
/// <param name="relu">Whether negative results become 0.</param>
internal sealed class QuantizedFunction(Operation source, IReadOnlyList<QuantizationParameters?> inputs, QuantizationParameters output, bool relu = false)
    : QuantizedOperation(inputs, output)
{
    public override Operation Source => source;

    public bool Relu { get; } = relu;
}
