using ResNetSharp.Cpu;
using ResNetSharp.Graph;
using ResNetSharp.Graph.Operations;
using ResNetSharp.Quantization;

namespace ResNetSharp.Planning;

internal sealed unsafe partial class Lowering
{
    static bool IsQuantized(Node node) =>
        node.Operation is QuantizeLinear or DequantizeLinear or QuantizedOperation || node.Outputs[0].ElementType == ElementType.UInt8;

    void LowerQuantized(Node node)
    {
        var (input, output) = (node.Inputs[0].Shape, node.Outputs[0].Shape);
        switch (node.Operation)
        {
            case QuantizeLinear quantize:
                Steps.Add(new QuantizeKernel(quantize.Parameters, In(node, 0), Out<byte>(node), output.Size));
                break;
            case DequantizeLinear dequantize:
                Steps.Add(new DequantizeKernel(dequantize.Parameters, In<byte>(node, 0), Out(node), output.Size));
                break;
            case QuantizedProduct product:
                LowerQuantizedProduct(node, product);
                break;
            case QuantizedFunction function:
                LowerQuantizedFunction(node, function);
                break;
            case MaxPool pool:
                Steps.Add(new ByteMaxPoolKernel(Geometry(pool.Window, input), In<byte>(node, 0), Out<byte>(node)));
                break;
            case Pad pad:
                Steps.Add(new PadKernel<byte>(input.AsSpan(), pad.Before, pad.After, (byte)pad.Value, In<byte>(node, 0), Out<byte>(node)));
                break;
            case Slice slice:
                Steps.Add(new StridedCopyKernel<byte>(
                    output.AsSpan(), In<byte>(node, 0) + Start(slice, input), Stepped(slice, input), Out<byte>(node), Dense(output)));
                break;
            default:
                throw new NotSupportedException($"no kernel computes the operation {node.Operation.Name} on bytes");
        }
    }

    void LowerQuantizedFunction(Node node, QuantizedFunction function)
    {
        var (input, output) = (node.Inputs[0].Shape, node.Outputs[0].Shape);
        var (from, to) = (function.Inputs[0]!.Value, function.Output!.Value);
        switch (function.Source)
        {
            case AveragePool pool:
                Steps.Add(new ByteAveragePoolKernel(Geometry(pool.Window, input, pool.CountPadding), In<byte>(node, 0), from, Out<byte>(node), to));
                break;
            case GlobalAveragePool:
                Steps.Add(new ByteAveragePoolKernel(Whole(input), In<byte>(node, 0), from, Out<byte>(node), to));
                break;
            case BatchNormInference norm:
                LowerQuantizedNormalization(node, norm, from, to);
                break;
            case Binary:
                Steps.Add(new ByteAddKernel(In<byte>(node, 0), from, In<byte>(node, 1), function.Inputs[1]!.Value, Out<byte>(node), to, output.Size));
                break;
            case Unary unary:
                var table = new ByteTable(from, x => Evaluate(unary, x), to);
                Steps.Add(new ByteTableKernel(table, output.Size / output[-1], output[-1], In<byte>(node, 0), Out<byte>(node), output[-1]));
                break;
            case Concatenate concatenate:
                var stride = Stride(output, concatenate.Axis);
                long start = 0;
                for (var i = 0; i < node.Inputs.Length; i++)
                {
                    var width = Stride(node.Inputs[i].Shape, concatenate.Axis);
                    var change = new ByteTable(function.Inputs[i]!.Value, x => x, to);
                    Steps.Add(new ByteTableKernel(change, node.Inputs[i].Shape.Size / width, checked((int)width), In<byte>(node, i), Out<byte>(node) + start, stride));
                    start += width;
                }
                break;
            default:
                throw new NotSupportedException($"no kernel computes the operation {function.Name}");
        }
    }

    void LowerQuantizedNormalization(Node node, BatchNormInference norm, QuantizationParameters from, QuantizationParameters to)
    {
        var shape = node.Inputs[0].Shape;
        var channels = shape[-1];
        var factor = memory.Persistent(channels);
        var offset = memory.Persistent(channels);
        Prepare(node);
        Preparations.Add(new ByteNormKernel(channels, from, to, factor, offset)
        {
            Gamma = In(node, 1),
            Beta = In(node, 2),
            Mean = In(node, 3),
            Variance = In(node, 4),
            Epsilon = norm.Settings.Epsilon,
        });
        Steps.Add(new ByteAffineKernel(shape.Size / channels, channels, In<byte>(node, 0), factor, offset, new ByteTarget(to.ZeroPoint, norm.Relu), Out<byte>(node)));
    }

    void LowerQuantizedProduct(Node node, QuantizedProduct product)
    {
        var weights = node.Inputs[1].Shape;
        var channels = weights[-1];
        var from = product.Inputs[0]!.Value;
        var quantized = (sbyte*)memory.Persistent((weights.Size + sizeof(float) - 1) / sizeof(float));
        var scale = memory.Persistent(channels);
        var offset = memory.Persistent(channels);
        var folded = product.Source as FoldedConvolution;
        var geometry = folded is null ? Product(node.Inputs[0].Shape, weights) : Geometry(folded.Convolution, node.Inputs[0].Shape, weights);
        var resultScale = product.Output?.Scale ?? 1;
        var residual = product.Inputs[^1] is { } ofResidual && folded is { HasResidual: true } ? ofResidual : (QuantizationParameters?)null;
        var residualBytes = residual is null ? null : In<byte>(node, node.Inputs.Length - 1);
        var residualScale = (float)((residual?.Scale ?? 0d) / resultScale);
        var (residualZero, relu) = (residual?.ZeroPoint ?? 0, folded is { Relu: true });
        var kernel = product.Output is { } to
            ? new Int8Convolution(geometry, instructions, In<byte>(node, 0), from.ZeroPoint, quantized, scale, offset,
                residualBytes, residualScale, residualZero, relu, Out<byte>(node), to.ZeroPoint)
            : new Int8Convolution(geometry, instructions, In<byte>(node, 0), from.ZeroPoint, quantized, scale, offset,
                residualBytes, residualScale, residualZero, relu, Out(node));
        Prepare(node);
        var hasBias = folded is null ? node.Inputs.Length > 2 : folded.HasBias;
        var normalization = folded?.Normalization;
        Preparations.Add(new QuantizeWeightsKernel(kernel)
        {
            Weights = In(node, 1),
            WeightCount = weights.Size,
            WeightScales = [.. product.WeightScales],
            Bias = hasBias ? In(node, folded?.BiasIndex ?? 2) : null,
            Gamma = normalization is null ? null : In(node, 2),
            Beta = normalization is null ? null : In(node, 3),
            Mean = normalization is null ? null : In(node, 4),
            Variance = normalization is null ? null : In(node, 5),
            Epsilon = normalization?.Epsilon ?? 0,
            SourceScale = from.Scale,
            ResultScale = resultScale,
            Quantized = quantized,
            Scale = scale,
            Offset = offset,
        });
        Steps.Add(kernel);
    }

    /// <summary>Notes the parameters that a node reads before the first step.</summary>
    void Prepare(Node node)
    {
        foreach (var input in node.Inputs)
            if (ParameterRead.Of(input) is { } parameter) PreparedParameters.Add(parameter);
    }

    /// <summary>A function of one number, by the kernel that computes it for many.</summary>
    static float Evaluate(Unary unary, float x)
    {
        var y = 0f;
        new UnaryKernel<float>(unary.Function, unary.Parameter, &x, &y, 1).Execute(0, 0);
        return y;
    }

    /// <summary>Elements from one index along an axis to the next of the axis before it.</summary>
    static long Stride(Shape shape, int axis) => shape.Skip(axis).Aggregate(1L, (product, extent) => product * extent);

    /// <summary>Lets an observer look at n numbers.</summary>
    sealed class ObserveKernel(RangeObserver observer, float* x, int n) : Kernel
    {
        public override void Run(Workers workers) => observer.Observe(new ReadOnlySpan<float>(x, n));
    }
}
