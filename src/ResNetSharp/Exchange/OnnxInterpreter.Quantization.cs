using ResNetSharp.Formats;
using ResNetSharp.Graph.Operations;
using ResNetSharp.Quantization;

namespace ResNetSharp.Exchange;

/// <summary>The roundings of quantized networks: activations become bytes where the file says so, weights are read as the numbers they stand for.</summary>
internal sealed partial class OnnxInterpreter
{
    static ImportedValue Quantize(OnnxCall call)
    {
        var type = (call.Optional(2) as ImportedNumbers)?.Type ?? TensorType.UInt8;
        if (call.Input(0) is ImportedNumbers numbers) return Rounded(call, numbers, type);
        var value = call.Tensor(0);
        return new ImportedBytes(new QuantizeLinear(ByteParameters(call, type)).Apply(value.Tensor), value.Order, type);
    }

    static ImportedValue Dequantize(OnnxCall call)
    {
        if (call.Input(0) is not ImportedBytes bytes) return Restored(call);
        return new ImportedTensor(new DequantizeLinear(ByteParameters(call, bytes.Type)).Apply(bytes.Bytes), bytes.Order);
    }

    /// <summary>What bytes of activations stand for. Signed ones are moved up by 128, which changes no number.</summary>
    static QuantizationParameters ByteParameters(OnnxCall call, TensorType type)
    {
        var (scale, zero) = (call.Number(1, 1), call.Number(2, 0));
        if (type is not (TensorType.UInt8 or TensorType.Int8)) throw call.Fail($"makes integers of type {type} of activations; UInt8 and Int8 are supported");
        if (!float.IsNormal(scale) || scale < 0) throw call.Fail($"has {scale} as its scale; scales are positive");
        return new QuantizationParameters(scale, checked((byte)(type == TensorType.Int8 ? zero + 128 : zero)));
    }

    /// <summary>Numbers of the file as integers.</summary>
    static ImportedNumbers Rounded(OnnxCall call, ImportedNumbers numbers, TensorType type)
    {
        var (least, most) = type switch
        {
            TensorType.Int8 => (-128f, 127f),
            TensorType.UInt8 => (0f, 255f),
            _ => throw call.Fail($"makes integers of type {type}; UInt8 and Int8 are supported"),
        };
        var (_, scales, zeros) = AlongAxis(call, numbers.Shape);
        return new ImportedNumbers(numbers.Name, numbers.Shape, () =>
        {
            var values = numbers.Read();
            for (var i = 0; i < values.Length; i++) values[i] = Math.Clamp(MathF.Round(values[i] / scales(i)) + zeros(i), least, most);
            return values;
        }, type);
    }

    /// <summary>The numbers that integers of the file stand for.</summary>
    static ImportedNumbers Restored(OnnxCall call)
    {
        var integers = call.Input(0) switch
        {
            ImportedNumbers { Type: not TensorType.Float32 } numbers => numbers,
            // Short rows of 32-bit integers could be shapes, too.
            ImportedIntegers whole => new ImportedNumbers(call.Node.Inputs[0], whole.Shape, () => [.. whole.Values.Select(v => (float)(v ?? throw call.Fail("reads a number that is open")))], TensorType.Int32),
            _ => throw call.Fail("reads numbers that are no integers"),
        };
        var (axis, scales, zeros) = AlongAxis(call, integers.Shape);
        float[] Read()
        {
            var values = integers.Read();
            for (var i = 0; i < values.Length; i++) values[i] = scales(i) * (values[i] - zeros(i));
            return values;
        }
        // The names that this library and ONNX Runtime give to the integers of weights.
        const string suffix = "_quantized";
        var name = integers.Name.EndsWith(suffix, StringComparison.Ordinal) ? integers.Name[..^suffix.Length] : integers.Name;
        var isSymmetric = integers.Type == TensorType.Int8 && Values(call, 2, 0).All(z => z == 0) && !integers.Read().Contains(sbyte.MinValue);
        return new ImportedNumbers(name, integers.Shape, Read) { Steps = isSymmetric ? (axis, Values(call, 1, 1)) : null };
    }

    /// <summary>Scale and zero point of each element: one for all, or one an index of an axis.</summary>
    static (int Axis, Func<int, float> Scales, Func<int, float> Zeros) AlongAxis(OnnxCall call, Shape shape)
    {
        var (scales, zeros) = (Values(call, 1, 1), Values(call, 2, 0));
        if (scales.Any(s => !float.IsNormal(s) || s < 0)) throw call.Fail("has a scale that is none; scales are positive");
        if (scales.Length == 1 && zeros.Length == 1) return (0, _ => scales[0], _ => zeros[0]);
        var axis = call.Axis(call.Long("axis", 1), shape.Rank);
        if (scales.Length != shape[axis] || zeros.Length != 1 && zeros.Length != scales.Length)
            throw call.Fail($"has {scales.Length} scales and {zeros.Length} zero points for axis {axis} of shape {shape}");
        var stride = shape.Skip(axis + 1).Aggregate(1, (product, extent) => product * extent);
        int IndexOf(int element) => element / stride % scales.Length;
        return (axis, i => scales[IndexOf(i)], i => zeros[zeros.Length == 1 ? 0 : IndexOf(i)]);
    }

    static float[] Values(OnnxCall call, int index, float otherwise) => call.Optional(index) switch
    {
        null => [otherwise],
        ImportedIntegers integers => [.. integers.Values.Select(v => (float)(v ?? 0))],
        _ => call.Numbers(index).Read(),
    };

    /// <summary>The steps of weights, one an output channel, if they are multiples of such.</summary>
    /// <param name="weights">The weights.</param>
    /// <param name="axis">The axis of output channels in the file.</param>
    static float[]? Steps(ImportedNumbers weights, int axis) => weights.Steps switch
    {
        { Numbers: [var same] } => [.. Enumerable.Repeat(same, weights.Shape[axis])],
        { Axis: var along, Numbers: var steps } when along == axis => steps,
        _ => null,
    };
}
