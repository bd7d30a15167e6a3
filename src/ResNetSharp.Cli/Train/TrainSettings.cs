using System.Text.Json;
using System.Text.Json.Serialization;
using ResNetSharp.Formats;

namespace ResNetSharp.Cli.Train;

/// <summary>Everything that decides how a training goes; kept beside its checkpoints, so that it can be resumed without saying it all again.</summary>
sealed record TrainSettings
{
    /// <summary>The name or path of the data set.</summary>
    public required string Data { get; init; }

    /// <summary>The architecture.</summary>
    public required string Model { get; init; }

    /// <summary>The file or the published weights to begin with; null where weights are drawn.</summary>
    public string? Weights { get; init; }

    /// <summary>Whether weights are taken as far as they fit, as for a new classifier; otherwise all have to.</summary>
    public bool Partial { get; init; }

    /// <summary>Which layers stay as they are: globs, with commas between them.</summary>
    public string? Freeze { get; init; }

    public int Epochs { get; init; }

    public int Batch { get; init; }

    /// <summary>sgd, adam or adamw.</summary>
    public required string Optimizer { get; init; }

    public float LearningRate { get; init; }

    public float WeightDecay { get; init; }

    public float Momentum { get; init; }

    /// <summary>cosine, constant or step.</summary>
    public required string Schedule { get; init; }

    /// <summary>flip and crop, with commas between them, or none.</summary>
    public required string Augment { get; init; }

    /// <summary>The part of the training set that is kept for validation; 0 where the test set serves.</summary>
    public double ValidationSplit { get; init; }

    /// <summary>Height and width that pictures are brought to; null where they stay as they are.</summary>
    public int? Size { get; init; }

    /// <summary>How many pictures are trained on; null for all.</summary>
    public int? Limit { get; init; }

    /// <summary>Whether activations are computed a second time instead of kept.</summary>
    public bool Recompute { get; init; }

    /// <summary>fp32, bf16 or auto; null for fp32.</summary>
    public string? Precision { get; init; }

    public ulong Seed { get; init; }

    /// <summary>Writes the settings to a file.</summary>
    public void Save(string path) => AtomicFile.Write(path, 0, stream => JsonSerializer.Serialize(stream, this, TrainSettingsJson.Default.TrainSettings));

    /// <summary>Reads settings from a file.</summary>
    /// <exception cref="InvalidDataException">The file holds none.</exception>
    public static TrainSettings Load(string path)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllText(path), TrainSettingsJson.Default.TrainSettings)
                ?? throw new InvalidDataException($"'{path}' holds no settings of a training");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"the settings in '{path}' cannot be read: {e.Message}", e);
        }
    }
}

/// <summary>How settings are written.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(TrainSettings))]
sealed partial class TrainSettingsJson : JsonSerializerContext;
