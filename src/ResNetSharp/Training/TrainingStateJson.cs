using System.Globalization;
using System.Text.Json;

namespace ResNetSharp.Training;

/// <summary>The state of a training as JSON; sums are written in full precision, so that nothing is lost.</summary>
internal static class TrainingStateJson
{
    public static string Write(TrainingState state, long steps) => Checkpoint.Json(json =>
    {
        json.WriteStartObject();
        json.WriteString("seed", state.Seed.ToString(CultureInfo.InvariantCulture));
        json.WriteNumber("epoch", state.Epoch);
        json.WriteNumber("batch", state.Batch);
        json.WriteNumber("steps", steps);
        json.WriteNumber("images", state.Images);
        json.WriteStartArray("sums");
        foreach (var sum in state.Sums) json.WriteNumberValue(sum);
        json.WriteEndArray();
        json.WriteStartArray("history");
        foreach (var epoch in state.History.Epochs) WriteEpoch(json, epoch);
        json.WriteEndArray();
        json.WriteEndObject();
    });

    /// <summary>Reads a state and the number of steps done.</summary>
    /// <exception cref="InvalidDataException">The text is not such a state.</exception>
    public static (TrainingState State, long Steps) Read(string text, string file)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            var root = document.RootElement;
            double[] sums = [.. root.GetProperty("sums").EnumerateArray().Select(e => e.GetDouble())];
            if (sums.Length == 0) throw new FormatException("there is no sum of the loss");
            var state = new TrainingState(ulong.Parse(root.GetProperty("seed").GetString()!, CultureInfo.InvariantCulture), sums.Length - 1)
            {
                Epoch = checked((int)Count(root, "epoch")),
                Batch = checked((int)Count(root, "batch")),
                Images = Count(root, "images"),
                Sums = sums,
            };
            foreach (var epoch in root.GetProperty("history").EnumerateArray()) state.History.Add(ReadEpoch(epoch));
            return (state, Count(root, "steps"));
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or FormatException or InvalidOperationException or OverflowException or ArgumentException)
        {
            throw new InvalidDataException($"the training state in '{file}' cannot be read: {e.Message}", e);
        }
    }

    static long Count(JsonElement state, string name) => state.GetProperty(name).GetInt64() is >= 0 and var count
        ? count
        : throw new FormatException($"'{name}' is negative");

    /// <summary>One epoch as an object: its number, figures, learning rate and speed.</summary>
    public static void WriteEpoch(Utf8JsonWriter json, EpochResult epoch)
    {
        json.WriteStartObject();
        json.WriteNumber("epoch", epoch.Epoch);
        foreach (var (name, value) in epoch.Values)
            if (double.IsFinite(value)) json.WriteNumber(name, value);
        json.WriteNumber("learningRate", epoch.LearningRate);
        json.WriteNumber("seconds", epoch.Seconds);
        json.WriteNumber("imagesPerSecond", epoch.ImagesPerSecond);
        json.WriteEndObject();
    }

    static EpochResult ReadEpoch(JsonElement json)
    {
        string[] fixedNames = ["epoch", "learningRate", "seconds", "imagesPerSecond"];
        var values = json.EnumerateObject().Where(p => !fixedNames.Contains(p.Name)).ToDictionary(p => p.Name, p => p.Value.GetDouble());
        return new EpochResult(json.GetProperty("epoch").GetInt32(), values, json.GetProperty("learningRate").GetSingle(),
            json.GetProperty("seconds").GetDouble(), json.GetProperty("imagesPerSecond").GetDouble());
    }
}
