using ResNetSharp.Formats;
using ResNetSharp.Graph;
using ResNetSharp.Graph.Operations;
using ResNetSharp.Quantization;

namespace ResNetSharp.Exchange;

/// <summary>Says in ONNX' operators what an operation of the graph computes. Everything that can be exported is in <see cref="Translate"/>.</summary>
/// <param name="builder">Where the operators go.</param>
internal sealed partial class OnnxTranslation(OnnxGraphBuilder builder)
{
    /// <summary>Adds the operators of a node.</summary>
    /// <exception cref="NotSupportedException">ONNX has none for it.</exception>
    public void Translate(Node node)
    {
        builder.Scope = node.Scope?.Layer.Path ?? "";
        var (input, output) = (node.Inputs[0], node.Outputs[0]);
        switch (node.Operation)
        {
            case Dropout:
                builder.Alias(output, input);
                break;
            case Convolution convolution:
                Convolve(convolution, node);
                break;
            case MatrixProduct:
                Emit(output, AxisOrder.Identity(2), "Gemm",
                    [builder.Get(input, AxisOrder.Identity(2)), builder.Get(node.Inputs[1], AxisOrder.Matrix), .. Biases(node)], new OnnxAttribute("transB", 1));
                break;
            case BatchNorm norm:
                Normalize(norm, node);
                break;
            case GroupNorm norm:
                NormalizeGroups(norm, node);
                break;
            case MaxPool pool:
                Emit(output, AxisOrder.Images, "MaxPool", [Unfusable(input)], [.. Window(pool.Window, input.Shape)]);
                break;
            case AveragePool pool:
                Emit(output, AxisOrder.Images, "AveragePool", [Images(input)],
                    [.. Window(pool.Window, input.Shape), new OnnxAttribute("count_include_pad", pool.CountPadding ? 1 : 0)]);
                break;
            case GlobalAveragePool:
                Emit(output, AxisOrder.Pooled, "GlobalAveragePool", [Images(input)]);
                break;
            case QuantizeLinear { Parameters: var to }:
                Rescale("QuantizeLinear", to, input, output);
                break;
            case DequantizeLinear { Parameters: var from }:
                Rescale("DequantizeLinear", from, input, output);
                break;
            case Unary unary:
                Apply(unary, input, output);
                break;
            case Binary binary:
                Combine(binary, node);
                break;
            case Softmax softmax:
                var order = builder.OrderOf(input);
                Emit(output, order, softmax.Name, [builder.Get(input, order)], new OnnxAttribute("axis", order.IndexOf(input.Shape.Rank - 1)));
                break;
            case Reduce reduce:
                Collapse(reduce, input, output);
                break;
            case Reshape or Flatten:
                ChangeShape(input, output);
                break;
            case Transpose transpose:
                var old = builder.OrderOf(input);
                builder.Set(output, [.. old.Select(axis => Array.IndexOf(transpose.Axes, axis))], builder.Get(input, old));
                break;
            case Pad pad:
                Surround(pad, input, output);
                break;
            case Slice slice:
                Cut(slice, input, output);
                break;
            case Concatenate concatenate:
                Join(concatenate, node);
                break;
            default:
                throw new NotSupportedException($"operation {node.Operation.Name} in '{builder.Scope}' cannot be exported to ONNX");
        }
    }

    /// <summary>Adds the operator that makes a tensor.</summary>
    void Emit(Tensor output, AxisOrder order, string operation, IReadOnlyList<string> inputs, params OnnxAttribute[] attributes) =>
        builder.Set(output, order, builder.Add(operation, inputs, attributes));

    void Rescale(string operation, QuantizationParameters parameters, Tensor input, Tensor output)
    {
        var order = builder.OrderOf(input);
        Emit(output, order, operation, [builder.Get(input, order), builder.Scale(parameters.Scale), builder.Byte(parameters.ZeroPoint)]);
    }

    string Images(Tensor tensor) => builder.Get(tensor, AxisOrder.Images);

    /// <summary>
    /// Images for maxima. Some engines (ONNX Runtime 1.17 to 1.30) take rows of zeros around images for the pooling's own padding, which never
    /// wins, so that negative borders come out wrong; the maximum of one tensor, which is that tensor, keeps the two apart.
    /// </summary>
    string Unfusable(Tensor tensor)
    {
        var images = Images(tensor);
        var isRisky = tensor.Producer is { Operation: Pad } pad && pad.Inputs[0].Producer.Operation is not Unary { Function: Cpu.UnaryFunction.Relu };
        return isRisky ? builder.Add("Max", [images]) : images;
    }

    string Vector(Tensor tensor) => builder.Get(tensor, AxisOrder.Identity(1));

    IEnumerable<string> Biases(Node node) => node.Inputs.Skip(2).Select(Vector);
}
