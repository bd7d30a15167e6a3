using System.Buffers.Binary;
using System.Text.Json;

namespace ResNetSharp.Formats;

/// <summary>Reads the header of a safetensors file and checks every rule of the format.</summary>
internal static class SafeTensorsReader
{
    /// <summary>The format's limit for the header.</summary>
    public const long MaxHeader = 100_000_000;

    const int MaxRank = 32;

    static readonly (string Name, TensorType Type)[] Types =
    [
        ("F32", TensorType.Float32), ("F64", TensorType.Float64), ("F16", TensorType.Float16), ("BF16", TensorType.BFloat16),
        ("I64", TensorType.Int64), ("I32", TensorType.Int32), ("I16", TensorType.Int16), ("I8", TensorType.Int8),
        ("U64", TensorType.UInt64), ("U32", TensorType.UInt32), ("U16", TensorType.UInt16), ("U8", TensorType.UInt8),
        ("BOOL", TensorType.Bool), ("F8_E4M3", TensorType.Float8E4M3), ("F8_E5M2", TensorType.Float8E5M2), ("F8_E8M0", TensorType.Float8E8M0),
        ("F6_E2M3", TensorType.Float6E2M3), ("F6_E3M2", TensorType.Float6E3M2), ("F4", TensorType.Float4E2M1), ("C64", TensorType.Complex64),
    ];

    public static string TypeName(TensorType type)
    {
        foreach (var known in Types)
            if (known.Type == type) return known.Name;
        throw new ArgumentException($"safetensors has no element type {type}", nameof(type));
    }

    /// <summary>Whether a file of this beginning can be safetensors.</summary>
    public static bool Recognizes(ReadOnlySpan<byte> start, long fileLength) =>
        start.Length > 8 && start[8] == (byte)'{' && BinaryPrimitives.ReadUInt64LittleEndian(start) is >= 2 and <= (ulong)MaxHeader and var length
        && (long)length <= fileLength - 8;

    public static WeightFile Read(ByteSource source)
    {
        if (source.Length < 8) throw source.Fail($"a safetensors file begins with eight bytes of header length, this one has {source.Length} bytes in all");
        Span<byte> prefix = stackalloc byte[8];
        source.Read(0, prefix);
        var length = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (length > MaxHeader) throw source.Fail(0, $"the safetensors header claims {length} bytes; the format allows {MaxHeader}");
        if (length < 2) throw source.Fail(0, $"the safetensors header claims {length} bytes, too few for a JSON object");
        var header = source.ReadArray(8, (long)length, "the safetensors header");
        if (header[0] != (byte)'{') throw source.Fail(8, "the safetensors header does not begin with '{'");
        try
        {
            return new SafeTensorsHeader(source, 8 + (long)length).Parse(header);
        }
        catch (JsonException e)
        {
            throw source.Fail($"the safetensors header is not valid JSON: {e.Message.TrimEnd('.')}", e);
        }
        catch (InvalidOperationException e)
        {
            // Strings are found to be none when they are asked for: wrong UTF-8, or half of a pair of escaped characters.
            throw source.Fail("the safetensors header has a name or remark that is no text (not valid UTF-8 or UTF-16)", e);
        }
    }

    /// <summary>The walk over the JSON of one header.</summary>
    sealed class SafeTensorsHeader(ByteSource source, long dataStart)
    {
        readonly List<Entry> entries = [];
        readonly HashSet<string> names = [];
        readonly Dictionary<string, string> metadata = [];

        sealed record Entry(string Name, TensorType Type, Shape Shape, long Begin, long End);

        public WeightFile Parse(byte[] header)
        {
            var json = new Utf8JsonReader(header, new JsonReaderOptions { MaxDepth = 4 });
            json.Read();
            while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
            {
                var name = json.GetString()!;
                if (!names.Add(name)) throw source.Fail($"the safetensors header has '{name}' twice");
                json.Read();
                if (json.TokenType != JsonTokenType.StartObject) throw source.Fail($"safetensors entry '{name}' is not a JSON object");
                if (name == SafeTensors.MetadataKey) ReadMetadata(ref json);
                else entries.Add(ReadEntry(ref json, name));
            }
            if (json.Read()) throw source.Fail("there is text after the safetensors header's JSON object");
            CheckPlaces();
            var tensors = entries.ConvertAll(StoredTensor (e) => new PackedTensor(e.Name, e.Shape, e.Type, source, dataStart + e.Begin));
            return new WeightFile(source.Name, WeightFormat.SafeTensors, tensors, metadata, "", source);
        }

        void ReadMetadata(ref Utf8JsonReader json)
        {
            while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
            {
                var key = json.GetString()!;
                json.Read();
                if (json.TokenType != JsonTokenType.String) throw source.Fail($"safetensors metadata '{key}' is not a string");
                if (!metadata.TryAdd(key, json.GetString()!)) throw source.Fail($"safetensors metadata '{key}' occurs twice");
            }
        }

        Entry ReadEntry(ref Utf8JsonReader json, string name)
        {
            TensorType? type = null;
            List<long>? extents = null, offsets = null;
            while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
            {
                var field = json.GetString()!;
                json.Read();
                switch (field)
                {
                    case "dtype" when type is null: type = ReadType(ref json, name); break;
                    case "shape" when extents is null: extents = ReadNumbers(ref json, name, field, MaxRank); break;
                    case "data_offsets" when offsets is null: offsets = ReadNumbers(ref json, name, field, 2); break;
                    case "dtype" or "shape" or "data_offsets": throw source.Fail($"tensor '{name}' has '{field}' twice");
                    default: throw source.Fail($"tensor '{name}' has a field '{field}', which safetensors does not know");
                }
            }
            if (type is null || extents is null || offsets is null)
                throw source.Fail($"tensor '{name}' lacks '{(type is null ? "dtype" : extents is null ? "shape" : "data_offsets")}'");
            if (offsets.Count != 2) throw source.Fail($"tensor '{name}' has {offsets.Count} data_offsets where two belong");
            var shape = ShapeChecks.ToShape(source, name, extents);
            var expected = type.Value.ByteLength(shape.Size);
            if (offsets[1] < offsets[0] || offsets[1] - offsets[0] != expected)
                throw source.Fail($"tensor '{name}' of {type} {shape} takes {(expected < 0 ? "no whole number of" : expected)} bytes, but its data_offsets are [{offsets[0]}, {offsets[1]}]");
            return new Entry(name, type.Value, shape, offsets[0], offsets[1]);
        }

        TensorType ReadType(ref Utf8JsonReader json, string name)
        {
            if (json.TokenType == JsonTokenType.String)
                foreach (var known in Types)
                    if (json.ValueTextEquals(known.Name)) return known.Type;
            throw source.Fail($"tensor '{name}' has a dtype that safetensors does not know{(json.TokenType == JsonTokenType.String ? $": '{json.GetString()}'" : "")}");
        }

        List<long> ReadNumbers(ref Utf8JsonReader json, string name, string field, int limit)
        {
            if (json.TokenType != JsonTokenType.StartArray) throw source.Fail($"tensor '{name}': '{field}' is not an array");
            var numbers = new List<long>(4);
            while (json.Read() && json.TokenType != JsonTokenType.EndArray)
            {
                if (json.TokenType != JsonTokenType.Number || !json.TryGetInt64(out var number) || number < 0)
                    throw source.Fail($"tensor '{name}': '{field}' holds something other than whole numbers from 0 to 2^63-1");
                if (numbers.Count == limit) throw source.Fail($"tensor '{name}': '{field}' has more than {limit} entries");
                numbers.Add(number);
            }
            return numbers;
        }

        void CheckPlaces()
        {
            long end = 0, available = source.Length - dataStart;
            foreach (var entry in entries.OrderBy(e => e.Begin).ThenBy(e => e.End))
            {
                if (entry.Begin != end)
                    throw source.Fail($"tensor '{entry.Name}' begins at {entry.Begin} of the data, where the one before it ends at {end}: safetensors has no gaps and no overlaps");
                end = entry.End;
                if (end > available) throw source.Fail($"tensor '{entry.Name}' ends at {end} of the data, but the file has {available}: it is cut short");
            }
            if (end != available) throw source.Fail($"{available - end} bytes after the last tensor belong to none");
        }
    }
}
