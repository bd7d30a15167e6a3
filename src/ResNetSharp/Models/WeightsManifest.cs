using System.Text.Json;
using ResNetSharp.Formats;
using ResNetSharp.Imaging;

namespace ResNetSharp.Models;

/// <summary>Reads <c>weights.json</c>, the list of published weights that is part of the library.</summary>
internal static class WeightsManifest
{
    const string ImageNetName = "imagenet";

    /// <summary>All weights, those that are meant by an architecture's name alone first.</summary>
    public static IReadOnlyList<PretrainedWeights> Read()
    {
        using var stream = typeof(WeightsManifest).Assembly.GetManifestResourceStream("weights.json")!;
        using var document = JsonDocument.Parse(stream);
        return [.. document.RootElement.EnumerateArray().Select(Read)];
    }

    static PretrainedWeights Read(JsonElement entry) => new()
    {
        Name = Text(entry, "name")!,
        Architecture = Text(entry, "architecture")!,
        Source = Text(entry, "url") is { } url ? new Uri(url) : null,
        Sha256 = Text(entry, "sha256"),
        Md5 = Text(entry, "md5"),
        Bytes = Number(entry, "mebibytes") is { } size ? PretrainedWeights.FromMebibytes(size) : null,
        Licence = Text(entry, "licence"),
        Top1 = Number(entry, "top1") / 100,
        Top5 = Number(entry, "top5") / 100,
        TrainedOn = Text(entry, "classes") ?? ImageNetName,
        IncludesTop = !entry.TryGetProperty("top", out var top) || top.GetBoolean(),
        Preprocessing = Prepare(entry, entry.GetProperty("preprocessing")),
    };

    // A preset's name, timm's with its two numbers, or all the steps.
    static Preprocessing Prepare(JsonElement entry, JsonElement preset) =>
        preset.ValueKind == JsonValueKind.Object ? PreprocessingJson.Read(preset.GetRawText(), "weights.json")
        : Number(entry, "size") is { } size ? Preprocessing.Timm((int)size, Number(entry, "crop")!.Value)
        : Preprocessing.FromName(preset.GetString()!);

    static string? Text(JsonElement entry, string name) => entry.TryGetProperty(name, out var value) ? value.GetString() : null;

    static double? Number(JsonElement entry, string name) => entry.TryGetProperty(name, out var value) ? value.GetDouble() : null;
}
