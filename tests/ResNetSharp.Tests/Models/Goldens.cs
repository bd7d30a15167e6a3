using System.Text.Json;

namespace ResNetSharp.Tests.Models;

/// <summary>What the reference implementations computed.</summary>
static class Goldens
{
    static readonly Lazy<JsonDocument> file = new(() => JsonDocument.Parse(File.ReadAllText(SharedData.Find("goldens.json")!)));

    public static JsonElement Root => file.Value.RootElement;

    public static bool Exist => SharedData.Find("goldens.json") is not null;

    public static Shape Shape(this JsonElement element) => new([.. element.EnumerateArray().Select(e => e.GetInt32())]);

    public static double[] Doubles(this JsonElement element) => [.. element.EnumerateArray().Select(e => e.GetDouble())];

    public static int[] Ints(this JsonElement element) => [.. element.EnumerateArray().Select(e => e.GetInt32())];

    public static double Double(this JsonElement element, string name) => element.GetProperty(name).GetDouble();
}
