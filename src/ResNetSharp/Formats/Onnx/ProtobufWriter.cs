using System.Buffers.Binary;
using System.Text;

namespace ResNetSharp.Formats;

/// <summary>Makes one protobuf message in memory.</summary>
internal sealed class ProtobufWriter
{
    const int Bytes = 2, Fixed32 = 5;

    readonly List<byte> bytes = [];

    public byte[] ToArray() => [.. bytes];

    public int Length => bytes.Count;

    /// <summary>A number; nothing where it is 0, which readers assume.</summary>
    public void Long(int field, long value)
    {
        if (value == 0) return;
        Varint((ulong)field << 3);
        Varint((ulong)value);
    }

    /// <summary>A number, 0 too: for members of a choice and of lists.</summary>
    public void AnyLong(int field, long value)
    {
        Varint((ulong)field << 3);
        Varint((ulong)value);
    }

    public void Float(int field, float value)
    {
        Varint((ulong)field << 3 | Fixed32);
        Span<byte> four = stackalloc byte[4];
        BinaryPrimitives.WriteSingleLittleEndian(four, value);
        bytes.AddRange(four);
    }

    /// <summary>A text; nothing where it is empty.</summary>
    public void Text(int field, string value)
    {
        if (value.Length > 0) AnyText(field, value);
    }

    /// <summary>A text, an empty one too.</summary>
    public void AnyText(int field, string value) => Raw(field, Encoding.UTF8.GetBytes(value));

    public void Message(int field, Action<ProtobufWriter> write)
    {
        var inner = new ProtobufWriter();
        write(inner);
        Raw(field, inner.ToArray());
    }

    public void Raw(int field, ReadOnlySpan<byte> content)
    {
        Start(field, content.Length);
        bytes.AddRange(content);
    }

    /// <summary>The head of a field whose content is written elsewhere.</summary>
    public void Start(int field, long length)
    {
        Varint((ulong)field << 3 | Bytes);
        Varint((ulong)length);
    }

    void Varint(ulong value)
    {
        for (; value >= 0x80; value >>= 7) bytes.Add((byte)(value | 0x80));
        bytes.Add((byte)value);
    }
}
