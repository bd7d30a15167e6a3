using System.Runtime.InteropServices;

namespace ResNetSharp.Formats;

/// <summary>Reads ONNX files.</summary>
internal sealed class OnnxReader(ByteSource source)
{
    // Bounds the memory that a small file can ask for.
    const int MaxMessages = 1_000_000;

    int messages;

    /// <summary>Whether a file begins as ONNX does: with its version, then the producer or the graph.</summary>
    public static bool Recognizes(ReadOnlySpan<byte> start) => start is [0x08, >= 1 and <= 30, 0x12 or 0x1A or 0x22 or 0x28 or 0x32 or 0x3A or 0x42, ..];

    public static WeightFile ReadWeights(ByteSource source)
    {
        var model = new OnnxReader(source).Read();
        return new WeightFile(source.Name, WeightFormat.Onnx, model.Graph.Initializers, model.Metadata.ToDictionary(), "", source);
    }

    public OnnxModel Read()
    {
        long version = 0, modelVersion = 0;
        string producer = "", producerVersion = "", domain = "", documentation = "";
        OnnxGraph? graph = null;
        var sets = new List<OnnxOperatorSet>();
        var metadata = new Dictionary<string, string>();
        var reader = new ProtobufReader(source);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1: version = reader.Long(); break;
                case 2: producer = reader.Text(); break;
                case 3: producerVersion = reader.Text(); break;
                case 4: domain = reader.Text(); break;
                case 5: modelVersion = reader.Long(); break;
                case 6: documentation = reader.Text(); break;
                case 7: graph = ReadGraph(Enter(reader)); break;
                case 8: { var (name, number, _) = ReadPair(Enter(reader)); sets.Add(new OnnxOperatorSet(name, number)); break; }
                case 14: { var (key, _, value) = ReadPair(Enter(reader)); metadata[key] = value; break; }
                case 25: throw reader.Fail("the model defines functions of its own, which is not supported");
            }
        }
        if (graph is null || version <= 0) throw source.Fail("the file is no ONNX model: it lacks a version or a graph");
        return new OnnxModel
        {
            IrVersion = version,
            ProducerName = producer,
            ProducerVersion = producerVersion,
            Domain = domain,
            ModelVersion = modelVersion,
            Documentation = documentation,
            Graph = graph,
            OperatorSets = sets,
            Metadata = metadata,
            Source = source,
        };
    }

    ProtobufReader Enter(ProtobufReader reader)
    {
        if (++messages > MaxMessages) throw source.Fail($"the model has more than {MaxMessages} parts");
        return reader.Message();
    }

    OnnxGraph ReadGraph(ProtobufReader reader)
    {
        string name = "", documentation = "";
        var nodes = new List<OnnxNode>();
        var initializers = new List<StoredTensor>();
        var (inputs, outputs, values) = (new List<OnnxValue>(), new List<OnnxValue>(), new List<OnnxValue>());
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1: nodes.Add(ReadNode(Enter(reader))); break;
                case 2: name = reader.Text(); break;
                case 5: initializers.Add(ReadTensor(Enter(reader))); break;
                case 10: documentation = reader.Text(); break;
                case 11: inputs.Add(ReadValue(Enter(reader))); break;
                case 12: outputs.Add(ReadValue(Enter(reader))); break;
                case 13: values.Add(ReadValue(Enter(reader))); break;
                case 15: throw reader.Fail("the model has sparse weights, which are not supported");
            }
        }
        return new OnnxGraph { Name = name, Documentation = documentation, Nodes = nodes, Initializers = initializers, Inputs = inputs, Outputs = outputs, Values = values };
    }

    OnnxNode ReadNode(ProtobufReader reader)
    {
        string name = "", type = "", domain = "";
        var (inputs, outputs, attributes) = (new List<string>(), new List<string>(), new List<OnnxAttribute>());
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1: Count(); inputs.Add(reader.Text()); break;
                case 2: Count(); outputs.Add(reader.Text()); break;
                case 3: name = reader.Text(); break;
                case 4: type = reader.Text(); break;
                case 5: attributes.Add(ReadAttribute(Enter(reader))); break;
                case 7: domain = reader.Text(); break;
            }
        }
        return new OnnxNode(type, inputs, outputs, attributes, name, domain);
    }

    void Count()
    {
        if (++messages > MaxMessages) throw source.Fail($"the model has more than {MaxMessages} parts");
    }

    OnnxAttribute ReadAttribute(ProtobufReader reader)
    {
        var name = "";
        float number = 0;
        long integer = 0, kind = 0;
        var text = "";
        StoredTensor? tensor = null;
        var (floats, longs, texts) = (new List<float>(), new List<long>(), new List<string>());
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1: name = reader.Text(); break;
                case 2: number = reader.Float(); break;
                case 3: integer = reader.Long(); break;
                case 4: text = reader.Text(); break;
                case 5: tensor = ReadTensor(Enter(reader)); break;
                case 7: reader.AddFixed(floats); break;
                case 8: reader.AddLongs(longs); break;
                case 9: Count(); texts.Add(reader.Text()); break;
                case 20: kind = reader.Long(); break;
            }
        }
        return kind switch
        {
            1 => new OnnxAttribute(name, number),
            2 => new OnnxAttribute(name, integer),
            3 => new OnnxAttribute(name, text),
            4 when tensor is not null => new OnnxAttribute(name, tensor),
            6 => new OnnxAttribute(name, floats.ToArray()),
            7 => new OnnxAttribute(name, longs.ToArray()),
            8 => new OnnxAttribute(name, texts.ToArray()),
            _ => throw reader.Fail($"attribute '{name}' has kind {kind}, which is not supported"),
        };
    }

    OnnxValue ReadValue(ProtobufReader reader)
    {
        var name = "";
        long code = 0;
        List<OnnxDimension>? dimensions = null;
        while (reader.Next())
        {
            if (reader.Field == 1) name = reader.Text();
            if (reader.Field != 2) continue;
            var type = Enter(reader);
            while (type.Next())
            {
                if (type.Field != 1) throw type.Fail($"value '{name}' is no tensor");
                var tensor = Enter(type);
                while (tensor.Next())
                {
                    if (tensor.Field == 1) code = tensor.Long();
                    if (tensor.Field == 2) dimensions = ReadDimensions(Enter(tensor));
                }
            }
        }
        return new OnnxValue(name, OnnxTypes.Find(code) ?? throw reader.Fail($"value '{name}' has element type {code}, which is not supported"), dimensions);
    }

    List<OnnxDimension> ReadDimensions(ProtobufReader reader)
    {
        var dimensions = new List<OnnxDimension>();
        while (reader.Next())
        {
            if (reader.Field != 1) continue;
            var dimension = new OnnxDimension();
            var inner = Enter(reader);
            while (inner.Next())
            {
                if (inner.Field == 1) dimension = new OnnxDimension(inner.Long());
                else if (inner.Field == 2) dimension = new OnnxDimension(null, inner.Text());
            }
            dimensions.Add(dimension);
        }
        return dimensions;
    }

    static (string First, long Number, string Second) ReadPair(ProtobufReader reader)
    {
        string first = "", second = "";
        long number = 0;
        while (reader.Next())
        {
            if (reader.Field == 1) first = reader.Text();
            // The second field is a number in one kind of pair, a text in the other.
            else if (reader.Field == 2 && reader.IsBytes) second = reader.Text();
            else if (reader.Field == 2) number = reader.Long();
        }
        return (first, number, second);
    }

    PackedTensor ReadTensor(ProtobufReader reader)
    {
        var name = "";
        long code = 0;
        ByteSource? raw = null;
        var (extents, longs, floats, doubles) = (new List<long>(), new List<long>(), new List<float>(), new List<double>());
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1: reader.AddLongs(extents); break;
                case 2: code = reader.Long(); break;
                case 4: reader.AddFixed(floats); break;
                case 5 or 7 or 11: reader.AddLongs(longs); break;
                case 8: name = reader.Text(); break;
                case 9: raw = reader.Content(); break;
                case 10: reader.AddFixed(doubles); break;
                case 13 or 14 when reader.Field == 13 || reader.Long() != 0: throw reader.Fail($"tensor '{name}' keeps its numbers in another file, which is not followed");
            }
        }
        var type = OnnxTypes.Find(code) ?? throw reader.Fail($"tensor '{name}' has element type {code}, which is not supported");
        if (extents.Count > 32) throw reader.Fail($"tensor '{name}' has {extents.Count} dimensions");
        var shape = ShapeChecks.ToShape(source, name, extents);
        var length = type.ByteLength(shape.Size);
        raw ??= new MemoryBytes(source.Name, Elements(type, floats, doubles, longs));
        if (raw.Length != length) throw reader.Fail($"tensor '{name}' of type {type} and shape {shape} takes {length} bytes, but {raw.Length} are given");
        return new PackedTensor(name, shape, type, raw, 0);
    }

    // Numbers that are not kept as raw bytes: one list for each kind, 16-bit floats as their bits.
    static byte[] Elements(TensorType type, List<float> floats, List<double> doubles, List<long> longs) => type switch
    {
        TensorType.Float32 or TensorType.Complex64 => AsBytes<float>(floats.ToArray()),
        TensorType.Float64 or TensorType.Complex128 => AsBytes<double>(doubles.ToArray()),
        TensorType.Int64 or TensorType.UInt64 => AsBytes<long>(longs.ToArray()),
        TensorType.Int32 or TensorType.UInt32 => AsBytes<int>([.. longs.Select(x => unchecked((int)x))]),
        TensorType.Int16 or TensorType.UInt16 or TensorType.Float16 or TensorType.BFloat16 => AsBytes<short>([.. longs.Select(x => unchecked((short)x))]),
        _ => AsBytes<byte>([.. longs.Select(x => unchecked((byte)x))]),
    };

    static byte[] AsBytes<T>(T[] values) where T : unmanaged => MemoryMarshal.AsBytes(values.AsSpan()).ToArray();
}
