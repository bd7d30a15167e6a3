using System.Buffers.Binary;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace ResNetSharp.Formats;

/// <summary>
/// The safetensors format: eight bytes of header length, a JSON header that names type, shape and position of each tensor, and the numbers.
/// Nothing in it can be executed. Described at https://github.com/huggingface/safetensors. This library keeps its checkpoints in it.
/// </summary>
public static class SafeTensors
{
    internal const string MetadataKey = "__metadata__";
    const int Alignment = 8;

    /// <summary>Opens a safetensors file.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InvalidDataException">The file breaks a rule of the format; the message names file and tensor.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static WeightFile Open(string path) => FormatDetection.Open(FileBytes.Open(path), SafeTensorsReader.Read);

    /// <summary>
    /// Writes a safetensors file. It is complete or not there: the content goes to a new file beside it, is flushed to the disk and renamed, so
    /// that an older file survives a full disk or a crash.
    /// </summary>
    /// <param name="path">The file to make or replace.</param>
    /// <param name="tensors">The tensors; a file that is read back has them in this order. They may come from another open file.</param>
    /// <param name="metadata">Remarks.</param>
    /// <exception cref="ArgumentException">A name occurs twice or is reserved, or the header would exceed the format's 100 MB.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(string path, IEnumerable<StoredTensor> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        var all = tensors.ToArray();
        // Wide elements first, so that each tensor lies on a multiple of its element size.
        var byPlace = all.OrderByDescending(t => t.Type.Bits()).ToArray();
        var places = new Dictionary<string, long>(all.Length);
        long end = 0;
        foreach (var tensor in byPlace)
        {
            if (tensor.Name == MetadataKey) throw new ArgumentException($"a tensor cannot be called '{MetadataKey}': the format keeps that name for remarks", nameof(tensors));
            if (!places.TryAdd(tensor.Name, end)) throw new ArgumentException($"tensor '{tensor.Name}' occurs twice", nameof(tensors));
            end = checked(end + tensor.ByteLength);
        }
        var header = Header(all, places, metadata);
        if (header.Length > SafeTensorsReader.MaxHeader)
            throw new ArgumentException($"the header would take {header.Length} bytes, more than the format's {SafeTensorsReader.MaxHeader}", nameof(tensors));
        AtomicFile.Write(path, sizeof(ulong) + header.Length + end, stream =>
        {
            Span<byte> length = stackalloc byte[sizeof(ulong)];
            BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)header.Length);
            stream.Write(length);
            stream.Write(header);
            foreach (var tensor in byPlace) tensor.WriteTo(stream);
        });
    }

    static byte[] Header(StoredTensor[] tensors, Dictionary<string, long> places, IReadOnlyDictionary<string, string>? metadata)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            if (metadata is { Count: > 0 })
            {
                json.WriteStartObject(MetadataKey);
                foreach (var (key, value) in metadata) json.WriteString(key, value);
                json.WriteEndObject();
            }
            foreach (var tensor in tensors)
            {
                json.WriteStartObject(tensor.Name);
                json.WriteString("dtype", SafeTensorsReader.TypeName(tensor.Type));
                json.WriteStartArray("shape");
                foreach (var extent in tensor.Shape) json.WriteNumberValue(extent);
                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(places[tensor.Name]);
                json.WriteNumberValue(places[tensor.Name] + tensor.ByteLength);
                json.WriteEndArray();
                json.WriteEndObject();
            }
            json.WriteEndObject();
        }
        var padding = (int)(-buffer.Length & (Alignment - 1));
        buffer.Write(Encoding.ASCII.GetBytes(new string(' ', padding)));
        return buffer.ToArray();
    }
}
