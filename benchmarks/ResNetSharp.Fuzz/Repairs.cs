using System.Buffers.Binary;
using ResNetSharp.Formats;

namespace ResNetSharp.Fuzz;

/// <summary>Makes the checksums of a damaged file right again, so that the damage reaches the parser behind them.</summary>
static class Repairs
{
    public static void Png(Span<byte> file)
    {
        const int frame = 12;
        for (var at = 8; at + frame <= file.Length;)
        {
            var length = BinaryPrimitives.ReadUInt32BigEndian(file[at..]);
            if (length > file.Length - at - frame) return;
            var content = file.Slice(at + 4, 4 + (int)length);
            BinaryPrimitives.WriteUInt32BigEndian(file[(at + 8 + (int)length)..], Crc32.Append(0, content));
            at += frame + (int)length;
        }
    }

    /// <summary>The directory's checksums of stored files.</summary>
    public static void Zip(Span<byte> file)
    {
        for (var at = file.IndexOf("PK\x01\x02"u8); at >= 0 && at + 46 <= file.Length;)
        {
            var entry = file[at..];
            var (method, size, offset) = (BinaryPrimitives.ReadUInt16LittleEndian(entry[10..]), BinaryPrimitives.ReadUInt32LittleEndian(entry[20..]), BinaryPrimitives.ReadUInt32LittleEndian(entry[42..]));
            if (method == 0 && offset <= file.Length - 30)
            {
                var local = file[(int)offset..];
                var start = offset + 30L + BinaryPrimitives.ReadUInt16LittleEndian(local[26..]) + BinaryPrimitives.ReadUInt16LittleEndian(local[28..]);
                if (start + size <= file.Length) BinaryPrimitives.WriteUInt32LittleEndian(entry[16..], Crc32.Append(0, file.Slice((int)start, (int)size)));
            }
            var next = file[(at + 4)..].IndexOf("PK\x01\x02"u8);
            at = next < 0 ? -1 : at + 4 + next;
        }
    }

    public static void Tar(Span<byte> file)
    {
        for (var at = 0; at + 512 <= file.Length; at += 512)
        {
            var header = file.Slice(at, 512);
            if (!header[257..].StartsWith("ustar"u8)) continue;
            header.Slice(148, 8).Fill((byte)' ');
            var sum = 0;
            foreach (var b in header) sum += b;
            System.Text.Encoding.ASCII.GetBytes(Convert.ToString(sum, 8).PadLeft(6, '0') + "\0 ", header[148..]);
        }
    }

    /// <summary>Newer superblocks and object headers.</summary>
    public static void Hdf5(Span<byte> file)
    {
        if (file.Length >= 48 && file[8] is 2 or 3) Seal(file[..48]);
        for (var at = file.IndexOf("OHDR"u8); at >= 0;)
        {
            var header = file[at..];
            if (header.Length > 32) Seal(header, ObjectHeaderLength(header));
            var next = file[(at + 4)..].IndexOf("OHDR"u8);
            at = next < 0 ? -1 : at + 4 + next;
        }
    }

    static long ObjectHeaderLength(ReadOnlySpan<byte> header)
    {
        var flags = header[5];
        var at = 6 + ((flags & 0x20) != 0 ? 16 : 0) + ((flags & 0x10) != 0 ? 4 : 0);
        var width = 1 << (flags & 3);
        long size = 0;
        for (var i = 0; i < Math.Min(width, 4); i++) size |= (long)header[at + i] << (8 * i);
        return at + width + size + 4;
    }

    static void Seal(Span<byte> block, long length)
    {
        if (length <= block.Length) Seal(block[..(int)length]);
    }

    static void Seal(Span<byte> block) => BinaryPrimitives.WriteUInt32LittleEndian(block[^4..], Hdf5Checksums.Lookup3(block[..^4]));
}
