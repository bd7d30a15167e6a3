using System.Text.Json;
using ResNetSharp.Formats;

namespace ResNetSharp.Training;

/// <summary>What one epoch gave.</summary>
/// <param name="Epoch">Counted from 1.</param>
/// <param name="Values">By name: <c>loss</c>, the metrics, and with validation data the same with <c>val_</c> in front.</param>
/// <param name="LearningRate">Of the epoch's last step.</param>
/// <param name="Seconds">Duration, validation included.</param>
/// <param name="ImagesPerSecond">Training alone.</param>
public sealed record EpochResult(int Epoch, IReadOnlyDictionary<string, double> Values, float LearningRate, double Seconds, double ImagesPerSecond);

/// <summary>What a training gave, epoch by epoch.</summary>
public sealed class History
{
    readonly List<EpochResult> epochs = [];

    /// <summary>The epochs, first to last.</summary>
    public IReadOnlyList<EpochResult> Epochs => epochs;

    /// <summary>One figure over the epochs, such as <c>history["val_accuracy"]</c>; epochs without it are left out.</summary>
    public IReadOnlyList<double> this[string name] => [.. epochs.Where(e => e.Values.ContainsKey(name)).Select(e => e.Values[name])];

    /// <summary>Writes the epochs to a JSON file, <c>{"epochs": [{"epoch": 1, "loss": ...}]}</c>; the file is complete or not there.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Save(string path) => AtomicFile.Write(path, 0, stream =>
    {
        using var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteStartArray("epochs");
        foreach (var epoch in epochs) TrainingStateJson.WriteEpoch(json, epoch);
        json.WriteEndArray();
        json.WriteEndObject();
    });

    internal void Add(EpochResult epoch) => epochs.Add(epoch);
}

/// <summary>What an evaluation gave.</summary>
/// <param name="Loss">The mean loss.</param>
/// <param name="Metrics">The metrics by name.</param>
/// <param name="Images">How many pictures were seen.</param>
/// <param name="Seconds">Duration.</param>
public sealed record EvaluationResult(double Loss, IReadOnlyDictionary<string, double> Metrics, int Images, double Seconds)
{
    /// <summary>Loss and metrics in one line.</summary>
    public override string ToString() => $"loss {Loss:F4}{string.Concat(Metrics.Select(m => $", {m.Key} {m.Value:F4}"))}";
}

/// <summary>How far a training or an evaluation is.</summary>
/// <param name="Epoch">Counted from 1.</param>
/// <param name="Epochs">All of them.</param>
/// <param name="Batch">Batches done in this epoch.</param>
/// <param name="Batches">Batches of an epoch.</param>
/// <param name="Loss">The mean loss of the epoch so far.</param>
/// <param name="Metric">The first metric's mean of the epoch so far; NaN without metrics.</param>
/// <param name="MetricName">The first metric's name; null without metrics.</param>
/// <param name="ImagesPerSecond">Of the epoch so far.</param>
/// <param name="Remaining">Time left for all epochs, at this speed.</param>
/// <param name="Validating">Whether the validation data is being evaluated.</param>
public readonly record struct TrainingProgress(
    int Epoch, int Epochs, int Batch, int Batches, double Loss, double Metric, string? MetricName, double ImagesPerSecond, TimeSpan Remaining, bool Validating);
