using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using ResNetSharp.Formats;

namespace ResNetSharp.Tests.Formats;

/// <summary>The small good, odd and hostile weight files, each with what a reader must make of it.</summary>
static class TinyCorpus
{
    public const string Folder = "data/weights/tiny";

    /// <summary>The most that reading one small file may allocate.</summary>
    const long AllocationLimit = 200_000_000;

    /// <summary>Every file of one format with its entry of expected.json.</summary>
    public static IEnumerable<(string Path, JsonElement Expected)> Files(string format, params string[] expectations)
    {
        var root = SharedData.Find(Folder)!;
        var document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(root, "expected.json"))).RootElement;
        foreach (var entry in document.EnumerateObject())
            if (entry.Name.StartsWith(format + "/", StringComparison.Ordinal) && expectations.Contains(entry.Value.GetProperty("expect").GetString()))
                yield return (Path.Combine(root, entry.Name), entry.Value);
    }

    /// <summary>SHA-256 of the values as little-endian floats.</summary>
    public static string Hash(StoredTensor tensor) => Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes(tensor.ToFloats().AsSpan())));

    /// <summary>Says how the tensors of a file differ from the list expected; nothing where they do not.</summary>
    public static IEnumerable<string> Differences(string path, IEnumerable<StoredTensor> tensors, string prefix, JsonElement expected, bool ordered = true)
    {
        var all = tensors.ToList();
        var names = all.Select(t => prefix + t.Name).ToList();
        var wanted = expected.EnumerateArray().Select(e => e.GetProperty("name").GetString()!).ToList();
        if (!(ordered ? names.SequenceEqual(wanted) : names.ToHashSet().SetEquals(wanted)))
            yield return $"{path}: names are [{string.Join(", ", names)}], expected [{string.Join(", ", wanted)}]";
        foreach (var want in expected.EnumerateArray())
        {
            var tensor = all.Find(t => prefix + t.Name == want.GetProperty("name").GetString());
            if (tensor is null) continue;
            var shape = new Shape(want.GetProperty("shape").EnumerateArray().Select(e => e.GetInt32()).ToArray());
            if (tensor.Shape != shape) yield return $"{path}: {tensor.Name} has shape {tensor.Shape}, expected {shape}";
            var type = want.GetProperty("dtype").GetString();
            if (!tensor.Type.ToString().Equals(type, StringComparison.OrdinalIgnoreCase)) yield return $"{path}: {tensor.Name} is {tensor.Type}, expected {type}";
            if (Hash(tensor) != want.GetProperty("sha256_f32le").GetString()) yield return $"{path}: {tensor.Name} has other values";
        }
    }

    /// <summary>Runs a read that must be refused, or may be, and says what is wrong with how that went.</summary>
    public static string? Refusal(string path, bool mayLoad, Action<string> read)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            read(path);
            if (!mayLoad) return $"{path} was not refused";
        }
        catch (InvalidDataException e)
        {
            if (!e.Message.Contains(Path.GetFileName(path), StringComparison.Ordinal)) return $"{path}: the message does not name the file: {e.Message}";
            if (!e.Message.EndsWith('.')) return $"{path}: the message is no sentence: {e.Message}";
        }
        catch (Exception e)
        {
            return $"{path}: {e}";
        }
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        return allocated > AllocationLimit ? $"{path} made the reader allocate {allocated} bytes" : null;
    }

    /// <summary>Reads every value of a file.</summary>
    public static void ReadAll(WeightFile file)
    {
        using (file)
            foreach (var tensor in file)
            {
                var bytes = new byte[tensor.ByteLength];
                tensor.ReadBytes(0, bytes);
            }
    }
}
