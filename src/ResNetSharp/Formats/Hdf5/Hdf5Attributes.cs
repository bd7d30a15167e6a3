using System.Text;

namespace ResNetSharp.Formats;

/// <summary>A named value of a group or a data set.</summary>
internal sealed record Hdf5Attribute(string Name, Hdf5Datatype Type, Hdf5Dataspace Space, Hdf5Block Data);

/// <summary>Reads attributes, from object headers and from heaps.</summary>
internal static class Hdf5Attributes
{
    /// <summary>All attributes of an object, in no particular order.</summary>
    public static Dictionary<string, Hdf5Attribute> Read(Hdf5Source file, List<Hdf5Message> header)
    {
        var attributes = new Dictionary<string, Hdf5Attribute>();
        foreach (var message in header)
        {
            if (message.Type == Hdf5MessageType.Attribute)
            {
                Add(attributes, Parse(Hdf5ObjectHeader.Resolve(message)));
            }
            else if (message.Type == Hdf5MessageType.AttributeInfo)
            {
                AddDense(file, message.Data, attributes);
            }
        }
        return attributes;
    }

    static void Add(Dictionary<string, Hdf5Attribute> attributes, Hdf5Attribute attribute) => attributes[attribute.Name] = attribute;

    static void AddDense(Hdf5Source file, Hdf5Block message, Dictionary<string, Hdf5Attribute> attributes)
    {
        message.Position = 0;
        message.ExpectVersion(0, "attribute information");
        var flags = message.U8();
        if ((flags & 1) != 0) message.Skip(2);
        var heapAddress = message.Address();
        var tree = message.Address();
        if (heapAddress == Hdf5Source.Undefined) return;
        var heap = new Hdf5FractalHeap(file, heapAddress);
        foreach (var record in Hdf5BTree2.Records(file, tree, Hdf5BTree2.AttributeNames)) Add(attributes, Parse(heap.Get(record)));
    }

    static Hdf5Attribute Parse(Hdf5Block block)
    {
        block.Position = 0;
        var version = block.U8();
        if (version is 0 or > 3) throw block.Fail($"an attribute has version {version}; 1 to 3 are known");
        var flags = block.U8();
        int nameLength = block.U16(), typeLength = block.U16(), spaceLength = block.U16();
        if (version == 3) block.Skip(1);
        int Padded(int length) => version == 1 ? (length + 7) & ~7 : length;
        var name = block.Part(Padded(nameLength)).ZeroEndedText();
        var type = block.Part(Padded(typeLength));
        var space = block.Part(Padded(spaceLength));
        if (version > 1 && (flags & 1) != 0) type = Hdf5ObjectHeader.ReadShared(type, Hdf5MessageType.Datatype);
        if (version > 1 && (flags & 2) != 0) space = Hdf5ObjectHeader.ReadShared(space, Hdf5MessageType.Dataspace);
        type.Position = space.Position = 0;
        return new Hdf5Attribute(name, Hdf5Datatype.Parse(type), Hdf5Dataspace.Parse(space), block.Part(block.Left));
    }

    /// <summary>The texts of an attribute; an empty list of whatever type is no texts. Null where the attribute has another type.</summary>
    public static string[]? Texts(Hdf5Attribute attribute, Hdf5GlobalHeap heap)
    {
        var count = Count(attribute);
        if (count == 0) return [];
        if (!attribute.Type.IsFixedText && !attribute.Type.IsVariableText) return null;
        var data = attribute.Data;
        data.Position = 0;
        var texts = new string[count];
        for (int i = 0; i < texts.Length; i++) texts[i] = attribute.Type.IsFixedText ? FixedText(data.Take(attribute.Type.Size)) : VariableText(data, heap);
        return texts;
    }

    /// <summary>The numbers of an attribute; null where it has another type.</summary>
    public static double[]? Numbers(Hdf5Attribute attribute)
    {
        if (attribute.Type.Number is not { } type) return null;
        var data = attribute.Data;
        data.Position = 0;
        var numbers = new double[Count(attribute)];
        for (int i = 0; i < numbers.Length; i++)
        {
            var bytes = data.Take(attribute.Type.Size).ToArray();
            if (attribute.Type.IsBigEndian) Array.Reverse(bytes);
            numbers[i] = type switch
            {
                TensorType.Float64 => BitConverter.ToDouble(bytes),
                TensorType.Int64 => BitConverter.ToInt64(bytes),
                TensorType.UInt64 => BitConverter.ToUInt64(bytes),
                TensorType.Int32 => BitConverter.ToInt32(bytes),
                TensorType.UInt32 => BitConverter.ToUInt32(bytes),
                _ => Narrow(type, bytes),
            };
        }
        return numbers;
    }

    static float Narrow(TensorType type, byte[] bytes)
    {
        Span<float> number = stackalloc float[1];
        TensorTypes.ToFloats(type, bytes, number);
        return number[0];
    }

    static int Count(Hdf5Attribute attribute)
    {
        if (attribute.Space.IsNull) return 0;
        Int128 count = 1;
        foreach (var extent in attribute.Space.Extents) count *= extent;
        if (count * attribute.Type.Size > attribute.Data.Length) throw attribute.Data.Fail($"attribute '{attribute.Name}' claims {count} values, more than it holds");
        return (int)count;
    }

    // Zero bytes end or pad the text; so may blanks.
    static string FixedText(ReadOnlySpan<byte> bytes)
    {
        var end = bytes.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? bytes : bytes[..end]);
    }

    static string VariableText(Hdf5Block data, Hdf5GlobalHeap heap)
    {
        var length = data.U32();
        var address = data.Address();
        var index = (int)data.U32();
        if (length == 0 || address is Hdf5Source.Undefined or 0) return "";
        var value = heap.Get(address, index);
        if (length > value.Length) throw data.Fail($"a text of {length} bytes lies in a heap object of {value.Length}");
        return FixedText(value[..(int)length]);
    }
}
