using System.Text.Json;
using ResNetSharp.Imaging;
using ResNetSharp.Training;

namespace ResNetSharp.Formats;

/// <summary>A preprocessing as JSON, for the metadata of weight files.</summary>
internal static class PreprocessingJson
{
    public static string Write(Preprocessing preprocessing) => Checkpoint.Json(json =>
    {
        json.WriteStartObject();
        if (preprocessing.ExactSize is var (width, height)) WriteArray(json, "exactSize", [width, height]);
        if (preprocessing.ShorterSide is { } side) json.WriteNumber("shorterSide", side);
        if (preprocessing.CropSize is { } crop) json.WriteNumber("cropSize", crop);
        json.WriteString("filter", preprocessing.Filter.ToString());
        json.WriteNumber("divisor", preprocessing.Divisor);
        WriteArray(json, "mean", preprocessing.Mean);
        WriteArray(json, "deviation", preprocessing.Deviation);
        json.WriteBoolean("blueFirst", preprocessing.BlueFirst);
        json.WriteEndObject();
    });

    /// <summary>Reads a preprocessing.</summary>
    /// <exception cref="InvalidDataException">The text is none.</exception>
    public static Preprocessing Read(string text, string file)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            var root = document.RootElement;
            var exact = root.TryGetProperty("exactSize", out var size) ? ((int, int)?)(Pixels(size[0]), Pixels(size[1])) : null;
            return new Preprocessing
            {
                ExactSize = exact,
                ShorterSide = root.TryGetProperty("shorterSide", out var side) ? Pixels(side) : null,
                CropSize = root.TryGetProperty("cropSize", out var crop) ? Pixels(crop) : null,
                Filter = Enum.Parse<Resampling>(root.GetProperty("filter").GetString()!),
                Divisor = root.GetProperty("divisor").GetSingle(),
                Mean = ReadChannels(root.GetProperty("mean")),
                Deviation = ReadChannels(root.GetProperty("deviation")),
                BlueFirst = root.GetProperty("blueFirst").GetBoolean(),
            };
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or FormatException or InvalidOperationException or ArgumentException or IndexOutOfRangeException)
        {
            throw new InvalidDataException($"the preprocessing in '{file}' cannot be read: {e.Message}", e);
        }
    }

    // A file must not make a picture grow beyond any use.
    static int Pixels(JsonElement json) => json.GetInt32() is >= 1 and <= 1 << 14 and var pixels ? pixels : throw new FormatException($"{json} is no number of pixels");

    static void WriteArray(Utf8JsonWriter json, string name, IEnumerable<float> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values) json.WriteNumberValue(value);
        json.WriteEndArray();
    }

    static float[] ReadChannels(JsonElement json)
    {
        float[] values = [.. json.EnumerateArray().Select(e => e.GetSingle())];
        return values.Length is 1 or 3 ? values : throw new FormatException($"there are {values.Length} numbers for the channels of a picture");
    }
}
