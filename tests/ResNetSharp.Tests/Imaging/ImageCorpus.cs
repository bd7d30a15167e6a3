using System.Security.Cryptography;
using System.Text.Json;

namespace ResNetSharp.Tests.Imaging;

/// <summary>The picture files of the reference data and what is known about each.</summary>
static class ImageCorpus
{
    public const string Folder = "data/images";
    public const string Expected = Folder + "/expected.json";
    public const string BrokenExpected = Folder + "/broken/expected.json";
    public const string ResizeExpected = Folder + "/resize-expected.json";

    /// <summary>The fields of a JSON file of the reference data; none where it is absent.</summary>
    public static IReadOnlyList<(string Name, JsonElement Value)> Entries(string file)
    {
        var path = SharedData.Find(file);
        if (path is null) return [];
        using var document = JsonDocument.Parse(File.ReadAllText(path));
        return [.. document.RootElement.EnumerateObject().Select(p => (p.Name, p.Value.Clone()))];
    }

    /// <summary>The content of a picture file.</summary>
    public static byte[] Read(string relative) => File.ReadAllBytes(SharedData.Find($"{Folder}/{relative}")!);

    /// <summary>The SHA-256 of bytes, in the spelling of the reference data.</summary>
    public static string Hash(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
