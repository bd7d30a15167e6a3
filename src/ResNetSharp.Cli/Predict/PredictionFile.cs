using System.Globalization;
using System.Text.Json;
using ResNetSharp.Formats;
using ResNetSharp.Layers;

namespace ResNetSharp.Cli.Predict;

/// <summary>Writes predictions to a file.</summary>
sealed class PredictionFile
{
    const string Header = "file,rank,class,id,wordnet,probability,error";

    readonly string path;
    readonly bool isJson;

    PredictionFile(string path, bool isJson)
    {
        this.path = path;
        this.isJson = isJson;
    }

    /// <summary>Checks that a file can be written, before the work is done.</summary>
    /// <exception cref="UsageException">It cannot.</exception>
    public static PredictionFile For(string path)
    {
        var extension = Path.GetExtension(path).ToLowerInvariant();
        if (extension is not (".csv" or ".json")) throw new UsageException($"--out {path} is neither .csv nor .json");
        if (!Directory.Exists(Path.GetDirectoryName(Path.GetFullPath(path)))) throw new UsageException($"--out {path} is in a folder that does not exist");
        return new PredictionFile(path, extension == ".json");
    }

    /// <summary>Writes the file.</summary>
    public void Write(IReadOnlyList<PictureClassification> results) => AtomicFile.Write(path, 0, stream =>
    {
        if (isJson)
        {
            using var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true });
            json.WriteStartObject();
            Write(json, results);
            json.WriteEndObject();
            return;
        }
        using var writer = new StreamWriter(stream, leaveOpen: true) { NewLine = "\n" };
        writer.WriteLine(Header);
        foreach (var result in results)
        {
            if (result.Error is not null) writer.WriteLine($"{Quote(result.Path)},,,,,,{Quote(result.Error)}");
            for (var rank = 0; rank < result.Top.Count; rank++)
            {
                var guess = result.Top[rank];
                writer.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"{Quote(result.Path)},{rank + 1},{Quote(guess.Name)},{guess.Index},{guess.WordNetId},{guess.Probability:G9},"));
            }
        }
    });

    /// <summary>Writes the fields of an object.</summary>
    public static void Write(Utf8JsonWriter json, IReadOnlyList<PictureClassification> results)
    {
        json.WriteStartArray("predictions");
        foreach (var result in results.Where(result => result.Error is null))
        {
            json.WriteStartObject();
            json.WriteString("file", result.Path);
            json.WriteStartArray("top");
            foreach (var guess in result.Top)
            {
                json.WriteStartObject();
                json.WriteString("class", guess.Name);
                json.WriteNumber("id", guess.Index);
                if (guess.WordNetId is not null) json.WriteString("wordnet", guess.WordNetId);
                json.WriteFinite("probability", guess.Probability);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteStartArray("errors");
        foreach (var result in results.Where(result => result.Error is not null))
        {
            json.WriteStartObject();
            json.WriteString("file", result.Path);
            json.WriteString("error", result.Error);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteNumber("broken", results.Count(result => result.Error is not null));
    }

    // A field with a comma, a quotation mark or a line break stands in quotation marks, and those inside are doubled (RFC 4180).
    static string Quote(string text) => text.AsSpan().ContainsAny(",\"\r\n") ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
}
