using System.Text.Json;

namespace ResNetSharp.Cli;

/// <summary>JSON has no infinity and no NaN.</summary>
static class JsonNumbers
{
    /// <summary>Writes a number, or null for what is none.</summary>
    public static void WriteFinite(this Utf8JsonWriter json, string name, double value)
    {
        if (double.IsFinite(value)) json.WriteNumber(name, value);
        else json.WriteNull(name);
    }
}
