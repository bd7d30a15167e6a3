namespace ResNetSharp.Formats;

/// <summary>Writes ONNX files: the small parts are made in memory, the weights go to the file one after the other.</summary>
internal static class OnnxWriter
{
    // Most readers' protobuf libraries count in 32-bit integers.
    const long MaxLength = int.MaxValue;

    const int FloatKind = 1, LongKind = 2, TextKind = 3, TensorKind = 4, FloatsKind = 6, LongsKind = 7, TextsKind = 8;

    public static void Write(string path, OnnxModel model)
    {
        var graph = model.Graph;
        var weights = graph.Initializers.Select(tensor => (Head: TensorHead(tensor), Tensor: tensor)).ToArray();
        var weightsField = weights.Select(w => FieldHead(5, w.Head.Length + w.Tensor.ByteLength)).ToArray();
        var rest = GraphRest(graph);
        var graphLength = rest.Length + weights.Select((w, i) => weightsField[i].Length + w.Head.Length + w.Tensor.ByteLength).Sum();
        var head = ModelHead(model);
        if (head.Length + graphLength > MaxLength)
            throw new ArgumentException($"the model takes {head.Length + graphLength} bytes; an ONNX file can have {MaxLength}", nameof(model));
        AtomicFile.Write(path, head.Length + graphLength + 16, stream =>
        {
            stream.Write(head);
            stream.Write(FieldHead(7, graphLength));
            stream.Write(rest);
            for (int i = 0; i < weights.Length; i++)
            {
                stream.Write(weightsField[i]);
                stream.Write(weights[i].Head);
                weights[i].Tensor.WriteTo(stream);
            }
            stream.SetLength(stream.Position);
        });
    }

    static byte[] FieldHead(int field, long length)
    {
        var writer = new ProtobufWriter();
        writer.Start(field, length);
        return writer.ToArray();
    }

    static byte[] ModelHead(OnnxModel model)
    {
        var writer = new ProtobufWriter();
        writer.Long(1, model.IrVersion);
        writer.Text(2, model.ProducerName);
        writer.Text(3, model.ProducerVersion);
        writer.Text(4, model.Domain);
        writer.Long(5, model.ModelVersion);
        writer.Text(6, model.Documentation);
        foreach (var set in model.OperatorSets)
            writer.Message(8, m =>
            {
                m.AnyText(1, set.Domain);
                m.Long(2, set.Version);
            });
        foreach (var (key, value) in model.Metadata)
            writer.Message(14, m =>
            {
                m.AnyText(1, key);
                m.AnyText(2, value);
            });
        return writer.ToArray();
    }

    static byte[] GraphRest(OnnxGraph graph)
    {
        var writer = new ProtobufWriter();
        foreach (var node in graph.Nodes) writer.Message(1, m => Node(m, node));
        writer.Text(2, graph.Name);
        writer.Text(10, graph.Documentation);
        foreach (var (field, values) in new[] { (11, graph.Inputs), (12, graph.Outputs), (13, graph.Values) })
            foreach (var value in values) writer.Message(field, m => Value(m, value));
        return writer.ToArray();
    }

    static void Node(ProtobufWriter writer, OnnxNode node)
    {
        foreach (var input in node.Inputs) writer.AnyText(1, input);
        foreach (var output in node.Outputs) writer.AnyText(2, output);
        writer.Text(3, node.Name);
        writer.Text(4, node.Operator);
        foreach (var attribute in node.Attributes) writer.Message(5, m => Attribute(m, attribute));
        writer.Text(7, node.Domain);
    }

    static void Attribute(ProtobufWriter writer, OnnxAttribute attribute)
    {
        writer.Text(1, attribute.Name);
        var kind = 0;
        switch (attribute.Value)
        {
            case float number: writer.Float(2, number); kind = FloatKind; break;
            case long number: writer.AnyLong(3, number); kind = LongKind; break;
            case string text: writer.AnyText(4, text); kind = TextKind; break;
            case StoredTensor tensor:
                var bytes = new byte[tensor.ByteLength];
                tensor.ReadBytes(0, bytes);
                writer.Raw(5, [.. TensorHead(tensor), .. bytes]);
                kind = TensorKind;
                break;
            case float[] numbers:
                foreach (var number in numbers) writer.Float(7, number);
                kind = FloatsKind;
                break;
            case long[] numbers:
                foreach (var number in numbers) writer.AnyLong(8, number);
                kind = LongsKind;
                break;
            case string[] texts:
                foreach (var text in texts) writer.AnyText(9, text);
                kind = TextsKind;
                break;
        }
        writer.Long(20, kind);
    }

    static void Value(ProtobufWriter writer, OnnxValue value)
    {
        writer.Text(1, value.Name);
        writer.Message(2, type => type.Message(1, tensor =>
        {
            tensor.Long(1, OnnxTypes.Code(value.Type));
            if (value.Dimensions is { } dimensions)
                tensor.Message(2, shape =>
                {
                    foreach (var dimension in dimensions)
                        shape.Message(1, m =>
                        {
                            if (dimension.Extent is { } extent) m.AnyLong(1, extent);
                            else if (dimension.Parameter is { } parameter) m.AnyText(2, parameter);
                        });
                });
        }));
    }

    // Everything of a tensor but its bytes, which follow at once.
    static byte[] TensorHead(StoredTensor tensor)
    {
        var writer = new ProtobufWriter();
        foreach (var extent in tensor.Shape) writer.AnyLong(1, extent);
        writer.Long(2, OnnxTypes.Code(tensor.Type));
        writer.Text(8, tensor.Name);
        writer.Start(9, tensor.ByteLength);
        return writer.ToArray();
    }
}
