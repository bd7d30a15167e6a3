using System.CommandLine;
using System.Security.Cryptography;
using ResNetSharp.Formats;

namespace ResNetSharp.Cli.Verbs;

/// <summary>Lists what a weight file holds.</summary>
sealed class InspectVerb : Verb
{
    readonly Argument<string> file = new("FILE") { Description = "A weight file: safetensors, PyTorch or Keras" };
    readonly Option<bool> checksums = new("--checksums") { Description = "Also read every tensor and print the SHA-256 of its values as 32-bit floats" };

    protected override Command Describe() =>
        new("inspect", "List the names, types and shapes of the tensors in a weight file") { file, checksums };

    protected override void Run(Session session, ParseResult parsed)
    {
        var path = parsed.GetRequiredValue(file);
        using var weights = WeightFile.Open(path);
        var width = weights.Select(tensor => tensor.Name.Length).DefaultIfEmpty(4).Max();
        var sums = new string?[weights.Count];
        for (var i = 0; i < weights.Count; i++)
        {
            var tensor = weights[i];
            if (parsed.GetValue(checksums)) sums[i] = Checksum(tensor);
            session.Say($"{tensor.Name.PadRight(width)}  {tensor.Type,-10} {tensor.Shape,-20} {sums[i]}".TrimEnd());
        }
        foreach (var (name, value) in weights.Metadata) session.Say($"# {name}: {Shorten(value)}");
        session.Tell($"{path}: {weights.Format}, {weights.Count} tensors, {weights.Sum(tensor => tensor.Count):N0} numbers");
        session.TellJson(json =>
        {
            json.WriteString("file", path);
            json.WriteString("format", $"{weights.Format}");
            json.WriteStartObject("metadata");
            foreach (var (name, value) in weights.Metadata) json.WriteString(name, value);
            json.WriteEndObject();
            json.WriteStartArray("tensors");
            for (var i = 0; i < weights.Count; i++)
            {
                json.WriteStartObject();
                json.WriteString("name", weights[i].Name);
                json.WriteString("type", $"{weights[i].Type}");
                json.WriteStartArray("shape");
                foreach (var extent in weights[i].Shape) json.WriteNumberValue(extent);
                json.WriteEndArray();
                if (sums[i] is { } sum) json.WriteString("sha256_f32le", sum);
                json.WriteEndObject();
            }
            json.WriteEndArray();
        });
    }

    static string Checksum(StoredTensor tensor)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var values = new float[1 << 16];
        for (var start = 0L; start < tensor.Count; start += values.Length)
        {
            var part = values.AsSpan(0, (int)Math.Min(values.Length, tensor.Count - start));
            tensor.ReadFloats(start, part);
            hash.AppendData(System.Runtime.InteropServices.MemoryMarshal.AsBytes(part));
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    static string Shorten(string value) => value.ReplaceLineEndings(" ") is var line && line.Length > 100 ? line[..97] + "..." : line;
}
