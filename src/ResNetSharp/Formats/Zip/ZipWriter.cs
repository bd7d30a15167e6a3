using System.Buffers.Binary;
using System.Text;

namespace ResNetSharp.Formats;

/// <summary>Writes zip archives of stored files whose content begins at multiples of 64 bytes, with 64-bit sizes where they are needed.</summary>
internal sealed class ZipWriter(Stream stream)
{
    const int Alignment = 64, LocalLength = 30, PaddingKind = 0x4246;
    const uint Large = uint.MaxValue;

    // 1 January 1980, the first day that the format knows: the same content gives the same file.
    const int FirstDay = 1 << 5 | 1;

    readonly List<(byte[] Name, uint Crc, long Length, long Offset)> entries = [];

    public void Add(string name, ReadOnlyMemory<byte> content) => Add(name, content.Length, output => output.Write(content.Span));

    /// <summary>Adds a file.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="length">The exact number of bytes.</param>
    /// <param name="write">Writes them.</param>
    public void Add(string name, long length, Action<Stream> write)
    {
        var nameBytes = Encoding.UTF8.GetBytes(name);
        var offset = stream.Position;
        var sizes = length >= Large ? Extra64(length, length) : [];
        var unpadded = offset + LocalLength + nameBytes.Length + sizes.Length + 4;
        var padding = (int)(-unpadded & (Alignment - 1));
        var header = new byte[LocalLength];
        WriteCommon(header, "PK\x03\x04"u8, 4, length, length >= Large);
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(26), checked((ushort)nameBytes.Length));
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(28), (ushort)(sizes.Length + 4 + padding));
        stream.Write(header);
        stream.Write(nameBytes);
        stream.Write(sizes);
        stream.Write([PaddingKind & 0xFF, PaddingKind >> 8, (byte)padding, 0]);
        stream.Write(new byte[padding]);

        var start = stream.Position;
        var output = new ChecksumStream(stream);
        write(output);
        if (stream.Position - start != length) throw new InvalidOperationException($"'{name}' was announced with {length} bytes, but {stream.Position - start} were written");
        // The checksum is known only now.
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(14), output.Crc);
        var end = stream.Position;
        stream.Position = offset;
        stream.Write(header);
        stream.Position = end;
        entries.Add((nameBytes, output.Crc, length, offset));
    }

    /// <summary>Writes the directory.</summary>
    public void Finish()
    {
        var start = stream.Position;
        foreach (var (name, crc, length, offset) in entries)
        {
            var isLarge = length >= Large || offset >= Large;
            var extra = isLarge ? Extra64(length, length, offset) : [];
            var header = new byte[46];
            WriteCommon(header, "PK\x01\x02"u8, 6, length, isLarge);
            BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(4), 45);
            BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(16), crc);
            BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(28), (ushort)name.Length);
            BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(30), (ushort)extra.Length);
            BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(42), isLarge ? Large : (uint)offset);
            stream.Write(header);
            stream.Write(name);
            stream.Write(extra);
        }
        var size = stream.Position - start;
        if (start >= Large || size >= Large || entries.Count >= ushort.MaxValue) WriteEnd64(start, size);
        var end = new byte[22];
        "PK\x05\x06"u8.CopyTo(end);
        BinaryPrimitives.WriteUInt16LittleEndian(end.AsSpan(8), (ushort)Math.Min(entries.Count, ushort.MaxValue));
        BinaryPrimitives.WriteUInt16LittleEndian(end.AsSpan(10), (ushort)Math.Min(entries.Count, ushort.MaxValue));
        BinaryPrimitives.WriteUInt32LittleEndian(end.AsSpan(12), (uint)Math.Min(size, Large));
        BinaryPrimitives.WriteUInt32LittleEndian(end.AsSpan(16), (uint)Math.Min(start, Large));
        stream.Write(end);
    }

    void WriteEnd64(long start, long size)
    {
        var at = stream.Position;
        var end = new byte[56 + 20];
        "PK\x06\x06"u8.CopyTo(end);
        BinaryPrimitives.WriteInt64LittleEndian(end.AsSpan(4), 44);
        BinaryPrimitives.WriteInt32LittleEndian(end.AsSpan(12), 45 << 16 | 45);
        BinaryPrimitives.WriteInt64LittleEndian(end.AsSpan(24), entries.Count);
        BinaryPrimitives.WriteInt64LittleEndian(end.AsSpan(32), entries.Count);
        BinaryPrimitives.WriteInt64LittleEndian(end.AsSpan(40), size);
        BinaryPrimitives.WriteInt64LittleEndian(end.AsSpan(48), start);
        "PK\x06\x07"u8.CopyTo(end.AsSpan(56));
        BinaryPrimitives.WriteInt64LittleEndian(end.AsSpan(64), at);
        BinaryPrimitives.WriteInt32LittleEndian(end.AsSpan(72), 1);
        stream.Write(end);
    }

    // The fields that local headers and directory entries share, the directory's two bytes later.
    static void WriteCommon(byte[] header, ReadOnlySpan<byte> signature, int at, long length, bool isLarge)
    {
        const int Utf8Names = 0x800;
        signature.CopyTo(header);
        var size = isLarge ? Large : (uint)length;
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(at), (ushort)(isLarge ? 45 : 20));
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(at + 2), Utf8Names);
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(at + 8), FirstDay);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(at + 14), size);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(at + 18), size);
    }

    static byte[] Extra64(params ReadOnlySpan<long> numbers)
    {
        var extra = new byte[4 + 8 * numbers.Length];
        BinaryPrimitives.WriteUInt16LittleEndian(extra, 1);
        BinaryPrimitives.WriteUInt16LittleEndian(extra.AsSpan(2), (ushort)(8 * numbers.Length));
        for (int i = 0; i < numbers.Length; i++) BinaryPrimitives.WriteInt64LittleEndian(extra.AsSpan(4 + 8 * i), numbers[i]);
        return extra;
    }

    sealed class ChecksumStream(Stream target) : Stream
    {
        public uint Crc { get; private set; }

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            Crc = Crc32.Append(Crc, buffer);
            target.Write(buffer);
        }

        public override void Flush() => target.Flush();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
