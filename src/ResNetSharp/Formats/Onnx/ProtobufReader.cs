using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace ResNetSharp.Formats;

/// <summary>
/// Reads one protobuf message field by field, where it lies in a file, so that large fields need not be copied. The wire format is that of
/// https://protobuf.dev/programming-guides/encoding.
/// </summary>
internal sealed class ProtobufReader(ByteSource message)
{
    const int Varint = 0, Fixed64 = 1, Bytes = 2, Fixed32 = 5;

    readonly ByteCursor cursor = new(message);
    int wireType;
    ulong number;
    ByteSource? content;

    /// <summary>The number of the current field.</summary>
    public int Field { get; private set; }

    /// <summary>Whether the current field is one of bytes: a text, a message, or a packed row.</summary>
    public bool IsBytes => content is not null;

    /// <summary>Goes to the next field; false at the end.</summary>
    public bool Next()
    {
        if (cursor.Position >= message.Length) return false;
        var tag = ReadVarint();
        if (tag >> 3 is 0 or > 0x1FFFFFFF) throw cursor.Fail("a protobuf field has an impossible number");
        Field = (int)(tag >> 3);
        wireType = (int)(tag & 7);
        content = null;
        switch (wireType)
        {
            case Varint: number = ReadVarint(); break;
            case Fixed64: number = (ulong)cursor.Int64(); break;
            case Fixed32: number = (uint)cursor.Int32(); break;
            case Bytes:
                var length = ReadVarint();
                if (length > (ulong)message.Length) throw cursor.Fail($"a protobuf field claims {length} bytes, more than its message has");
                content = cursor.Slice((long)length, "a protobuf field");
                break;
            default: throw cursor.Fail($"a protobuf field has wire type {wireType}, which is not used");
        }
        return true;
    }

    public InvalidDataException Fail(string reason) => cursor.Fail(reason);

    public long Long() => wireType == Varint ? (long)number : throw Unfit();

    public float Float() => wireType == Fixed32 ? BitConverter.UInt32BitsToSingle((uint)number) : throw Unfit();

    /// <summary>The field as a piece of the file: bytes, or a message.</summary>
    public ByteSource Content() => content ?? throw Unfit();

    public ProtobufReader Message() => new(Content());

    public string Text()
    {
        var bytes = Content().ReadArray(0, Content().Length, "a text");
        return Encoding.UTF8.GetString(bytes);
    }

    /// <summary>Adds a whole number, or a packed row of them.</summary>
    public void AddLongs(List<long> list)
    {
        if (wireType == Varint)
        {
            list.Add((long)number);
            return;
        }
        var packed = new ProtobufReader(Content());
        while (packed.cursor.Position < packed.cursor.Source.Length) list.Add((long)packed.ReadVarint());
    }

    /// <summary>Adds a number of fixed length, or a packed row of them.</summary>
    public void AddFixed<T>(List<T> list) where T : unmanaged
    {
        Span<byte> single = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(single, number);
        ReadOnlySpan<byte> bytes = content is not null ? content.ReadArray(0, content.Length, "a row of numbers")
            : wireType is Fixed32 or Fixed64 ? single[..(wireType == Fixed32 ? 4 : 8)] : throw Unfit();
        var values = MemoryMarshal.Cast<byte, T>(bytes);
        if (values.Length * Unsafe.SizeOf<T>() != bytes.Length) throw Unfit();
        list.AddRange(values);
    }

    InvalidDataException Unfit() => cursor.Fail($"protobuf field {Field} has a form that does not fit it");

    ulong ReadVarint()
    {
        ulong value = 0;
        for (int shift = 0; shift < 64; shift += 7)
        {
            var b = cursor.Byte();
            value |= (ulong)(b & 0x7F) << shift;
            if (b < 0x80) return value;
        }
        throw cursor.Fail("a protobuf number has more than ten bytes");
    }
}
