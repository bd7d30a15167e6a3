using System.Buffers.Binary;
using System.Text;

namespace ResNetSharp.Formats;

/// <summary>Reads a source from front to back.</summary>
internal sealed class ByteCursor(ByteSource source, long position = 0)
{
    const int MaxLine = 1 << 16;

    readonly byte[] window = new byte[(int)Math.Clamp(source.Length - position, 1, 1 << 14)];
    long windowStart;
    int windowLength;

    public ByteSource Source => source;

    /// <summary>The next byte's place.</summary>
    public long Position { get; private set; } = position;

    /// <summary>An error that names file and place.</summary>
    public InvalidDataException Fail(string reason) => source.Fail(Math.Min(Position, source.Length), reason);

    public byte Byte() => Take(1)[0];

    public int UInt16() => BinaryPrimitives.ReadUInt16LittleEndian(Take(2));

    public int Int32() => BinaryPrimitives.ReadInt32LittleEndian(Take(4));

    public long UInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(4));

    public long Int64() => BinaryPrimitives.ReadInt64LittleEndian(Take(8));

    public double BigEndianDouble() => BinaryPrimitives.ReadDoubleBigEndian(Take(8));

    /// <summary>A copy of the next bytes; checked against the source's length before memory is taken.</summary>
    public byte[] Bytes(long count)
    {
        var bytes = source.ReadArray(Position, count, "a piece of data");
        Position += count;
        return bytes;
    }

    public string Utf8(long count) => Text(Bytes(count));

    /// <summary>The text up to the next line feed.</summary>
    public string Line()
    {
        var bytes = new List<byte>();
        for (var b = Byte(); b != '\n'; b = Byte())
        {
            if (bytes.Count == MaxLine) throw Fail($"a line is longer than {MaxLine} bytes");
            bytes.Add(b);
        }
        if (bytes is [.., (byte)'\r']) bytes.RemoveAt(bytes.Count - 1);
        return Text([.. bytes]);
    }

    /// <summary>The next bytes as a source of their own.</summary>
    public ByteSource Slice(long count, string what)
    {
        var slice = source.Slice(Position, count, what);
        Position += count;
        return slice;
    }

    string Text(byte[] bytes)
    {
        try
        {
            return StrictUtf8.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            throw Fail("a text is not valid UTF-8");
        }
    }

    ReadOnlySpan<byte> Take(int count)
    {
        if (Position < windowStart || Position + count > windowStart + windowLength) Fill(count);
        var bytes = window.AsSpan((int)(Position - windowStart), count);
        Position += count;
        return bytes;
    }

    void Fill(int count)
    {
        windowLength = (int)Math.Min(window.Length, source.Length - Position);
        if (windowLength < count) throw Fail("the data ends in the middle: it is cut short");
        windowStart = Position;
        source.Read(Position, window.AsSpan(0, windowLength));
    }

    static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);
}
