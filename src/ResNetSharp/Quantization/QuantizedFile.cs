using System.Numerics.Tensors;
using System.Text.Json;
using ResNetSharp.Formats;
using ResNetSharp.Training;

namespace ResNetSharp.Quantization;

/// <summary>
/// A quantized model in a safetensors file: integer weights under the parameter's name, their scales as <c>NAME_scale</c>, every other parameter
/// as in a file of floating-point numbers, and the ranges of the activations as the remark <c>quantization</c>, in JSON.
/// </summary>
internal static class QuantizedFile
{
    /// <summary>The remark that holds the ranges.</summary>
    public const string Key = "quantization";

    const string ScaleSuffix = "_scale";

    /// <summary>The tensors of a parameter with integer weights, in PyTorch's order.</summary>
    public static IEnumerable<StoredTensor> Store(Parameter weights, IReadOnlyList<float> scales)
    {
        var integers = new float[weights.Values.Length];
        for (var i = 0; i < integers.Length; i++) integers[i] = Integer(weights.Values[i], scales[i % scales.Count]);
        var torch = new float[integers.Length];
        TorchLayout.ToTorch(integers, weights.Shape, torch);
        var shape = TorchLayout.ShapeOf(weights.Shape);
        yield return StoredTensor.Create(weights.Name, shape, TensorType.Int8, torch.Select(value => unchecked((byte)(sbyte)value)).ToArray());
        yield return StoredTensor.Create(weights.Name + ScaleSuffix, new Shape(scales.Count), scales.ToArray());
    }

    /// <summary>The ranges as a remark.</summary>
    public static string Describe(CalibrationTable table) => Checkpoint.Json(json =>
    {
        json.WriteStartObject();
        json.WriteString("method", table.Method.ToString());
        json.WriteNumber("pictures", table.Pictures);
        json.WriteStartObject("activations");
        foreach (var (name, range) in table.Activations)
        {
            json.WriteStartArray(name);
            json.WriteNumberValue(range.Minimum);
            json.WriteNumberValue(range.Maximum);
            json.WriteEndArray();
        }
        json.WriteEndObject();
        json.WriteEndObject();
    });

    /// <summary>The table in a file, or null if the file is of floating-point numbers.</summary>
    /// <param name="file">The file.</param>
    /// <param name="parameters">The model's parameters.</param>
    /// <exception cref="InvalidDataException">The table is damaged, or is of another model.</exception>
    public static CalibrationTable? Read(WeightFile file, IReadOnlyList<Parameter> parameters)
    {
        if (!file.Metadata.TryGetValue(Key, out var text)) return null;
        var scales = new Dictionary<string, IReadOnlyList<float>>();
        foreach (var parameter in parameters)
        {
            if (!file.TryGet(parameter.Name, out var stored) || stored.Type != TensorType.Int8) continue;
            if (!file.TryGet(parameter.Name + ScaleSuffix, out var stocked) || stocked.Shape != new Shape(parameter.Shape[-1]))
                throw new InvalidDataException($"'{file.Name}' has integers as '{parameter.Name}', but no '{parameter.Name}{ScaleSuffix}' of {parameter.Shape[-1]} scales");
            var values = stocked.ToFloats();
            if (values.Any(value => !float.IsNormal(value) || value < 0))
                throw new InvalidDataException($"'{file.Name}': '{parameter.Name}{ScaleSuffix}' holds a number that is no scale; scales are positive");
            scales.Add(parameter.Name, values);
        }
        var (method, pictures, activations) = Parse(text, file.Name);
        return new CalibrationTable(method, pictures, activations, scales);
    }

    /// <summary>Whether a tensor of a file holds scales of another one.</summary>
    public static bool IsScale(string name, Func<string, bool> isParameter) =>
        name.EndsWith(ScaleSuffix, StringComparison.Ordinal) && isParameter(name[..^ScaleSuffix.Length]);

    /// <summary>Turns integers that were read from a file into the numbers they stand for.</summary>
    public static void ToNumbers(Span<float> integers, IReadOnlyList<float> scales)
    {
        ReadOnlySpan<float> factors = scales as float[] ?? [.. scales];
        for (var row = 0; row < integers.Length; row += factors.Length)
            TensorPrimitives.Multiply(integers.Slice(row, factors.Length), factors, integers.Slice(row, factors.Length));
    }

    /// <summary>The integer that a weight becomes.</summary>
    public static float Integer(float weight, float scale) => Math.Clamp(MathF.Round(weight / scale), -sbyte.MaxValue, sbyte.MaxValue);

    static (CalibrationMethod Method, long Pictures, Dictionary<string, ActivationRange> Activations) Parse(string text, string file)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            var root = document.RootElement;
            var activations = new Dictionary<string, ActivationRange>();
            foreach (var entry in root.GetProperty("activations").EnumerateObject())
            {
                var range = new ActivationRange(entry.Value[0].GetSingle(), entry.Value[1].GetSingle());
                _ = range.Parameters;
                activations.Add(entry.Name, range);
            }
            return (Enum.Parse<CalibrationMethod>(root.GetProperty("method").GetString()!), root.GetProperty("pictures").GetInt64(), activations);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or FormatException or InvalidOperationException or ArgumentException or IndexOutOfRangeException)
        {
            throw new InvalidDataException($"the quantization in '{file}' cannot be read: {e.Message}", e);
        }
    }
}
