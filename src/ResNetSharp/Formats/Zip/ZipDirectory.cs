using System.Buffers.Binary;
using System.Text;

namespace ResNetSharp.Formats;

/// <summary>One file in a zip archive.</summary>
internal readonly record struct ZipEntry(string Name, int Method, uint Crc, long CompressedLength, long Length, long HeaderOffset, bool IsEncrypted);

/// <summary>
/// The table of contents of a zip archive (PKWARE's APPNOTE, with 64-bit sizes). Unlike the framework's reader it tells where a stored file
/// lies, so that its bytes need not be copied, and it verifies checksums of what is read.
/// </summary>
internal sealed class ZipDirectory
{
    const int EndLength = 22, MaxComment = 65535, End64Length = 56, LocatorLength = 20, CentralLength = 46, LocalLength = 30;
    const int Stored = 0, Deflated = 8;

    // Deflate cannot do better than this.
    const long BestRatio = 1032;

    readonly ByteSource source;
    readonly Dictionary<string, ZipEntry> entries = [];

    public ZipDirectory(ByteSource source)
    {
        this.source = source;
        var (offset, length, count) = FindDirectory();
        // An entry takes 46 bytes at least, so a count that lies is noticed by the end of the directory.
        var directory = source.ReadArray(offset, length, "the zip archive's directory");
        var position = 0;
        for (long i = 0; i < count; i++)
        {
            var entry = ReadEntry(directory, ref position, offset);
            if (!entries.TryAdd(entry.Name, entry)) throw source.Fail($"the zip archive has '{entry.Name}' twice");
        }
    }

    /// <summary>The names, in the order of the directory.</summary>
    public IEnumerable<string> Names => entries.Keys;

    public bool Contains(string name) => entries.ContainsKey(name);

    public static bool Recognizes(ReadOnlySpan<byte> start) => start.StartsWith("PK\x03\x04"u8) || start.StartsWith("PK\x05\x06"u8);

    /// <summary>The content of a file. A stored one is read where it lies, a compressed one is unpacked into memory when first read.</summary>
    public ByteSource Open(string name, long maxLength = long.MaxValue)
    {
        if (!entries.TryGetValue(name, out var entry)) throw source.Fail($"the zip archive lacks '{name}'");
        if (entry.IsEncrypted) throw source.Fail($"'{name}' in the zip archive is encrypted");
        if (entry.Length > maxLength) throw source.Fail($"'{name}' in the zip archive has {entry.Length} bytes; at most {maxLength} are expected");
        var packed = source.Slice(DataOffset(entry), entry.CompressedLength, $"'{name}' in the zip archive");
        if (entry.Method == Stored)
        {
            if (entry.Length != entry.CompressedLength) throw source.Fail($"'{name}' in the zip archive is stored with two different lengths");
            return new StoredZipBytes(packed, entry);
        }
        if (entry.Method != Deflated) throw source.Fail($"'{name}' in the zip archive is compressed by method {entry.Method}; only deflate is known here");
        if (entry.Length / BestRatio > entry.CompressedLength || entry.Length > Array.MaxLength)
            throw source.Fail($"'{name}' in the zip archive claims {entry.Length} bytes from {entry.CompressedLength} compressed ones, which cannot be");
        return new InflatedZipBytes(packed, entry);
    }

    long DataOffset(ZipEntry entry)
    {
        Span<byte> header = stackalloc byte[LocalLength];
        source.Read(entry.HeaderOffset, header);
        if (!header.StartsWith("PK\x03\x04"u8)) throw source.Fail(entry.HeaderOffset, $"the zip archive's header of '{entry.Name}' is not there");
        return entry.HeaderOffset + LocalLength + U16(header, 26) + U16(header, 28);
    }

    (long Offset, long Length, long Count) FindDirectory()
    {
        var tailLength = (int)Math.Min(source.Length, EndLength + MaxComment);
        var tail = source.ReadArray(source.Length - tailLength, tailLength, "the end of the zip archive");
        for (int at = tailLength - EndLength; at >= 0; at--)
        {
            var end = tail.AsSpan(at);
            if (!end.StartsWith("PK\x05\x06"u8) || U16(end, 20) != end.Length - EndLength) continue;
            var position = source.Length - tailLength + at;
            var (offset, length, count) = (U32(end, 16), U32(end, 12), (long)U16(end, 10));
            return offset == uint.MaxValue || length == uint.MaxValue || count == ushort.MaxValue
                ? FindDirectory64(position, (offset, length, count)) : (offset, length, count);
        }
        throw source.Fail("the zip archive's directory is missing: the file is cut short or damaged");
    }

    (long Offset, long Length, long Count) FindDirectory64(long endPosition, (long, long, long) small)
    {
        Span<byte> locator = stackalloc byte[LocatorLength];
        if (endPosition < LocatorLength) return small;
        source.Read(endPosition - LocatorLength, locator);
        if (!locator.StartsWith("PK\x06\x07"u8)) return small;
        var position = I64(locator, 8);
        Span<byte> end = stackalloc byte[End64Length];
        source.Read(position, end);
        if (!end.StartsWith("PK\x06\x06"u8)) throw source.Fail(position, "the zip archive's 64-bit directory end is not there");
        return (I64(end, 48), I64(end, 40), I64(end, 32));
    }

    ZipEntry ReadEntry(byte[] directory, ref int position, long directoryOffset)
    {
        var rest = directory.AsSpan(position);
        if (rest.Length < CentralLength || !rest.StartsWith("PK\x01\x02"u8)) throw source.Fail(directoryOffset + position, "the zip archive's directory is damaged");
        int nameLength = U16(rest, 28), extraLength = U16(rest, 30), commentLength = U16(rest, 32);
        if (rest.Length - CentralLength < nameLength + extraLength + commentLength) throw source.Fail(directoryOffset + position, "the zip archive's directory is cut short");
        var name = Encoding.UTF8.GetString(rest.Slice(CentralLength, nameLength));
        long compressed = U32(rest, 20), length = U32(rest, 24), header = U32(rest, 42);
        ReadExtra64(rest.Slice(CentralLength + nameLength, extraLength), ref length, ref compressed, ref header);
        if (length < 0 || compressed < 0 || header < 0) throw source.Fail(directoryOffset + position, $"'{name}' in the zip archive has a negative size");
        position += CentralLength + nameLength + extraLength + commentLength;
        return new ZipEntry(name, U16(rest, 10), U32(rest, 16), compressed, length, header, (U16(rest, 8) & 1) != 0);
    }

    // The 64-bit numbers stand, in this order, for those that are all ones in the entry.
    static void ReadExtra64(ReadOnlySpan<byte> extra, ref long length, ref long compressed, ref long header)
    {
        while (extra.Length >= 4)
        {
            int kind = U16(extra, 0), size = Math.Min(U16(extra, 2), extra.Length - 4);
            var field = extra.Slice(4, size);
            if (kind == 1)
            {
                Take(ref field, ref length);
                Take(ref field, ref compressed);
                Take(ref field, ref header);
                return;
            }
            extra = extra[(4 + size)..];
        }

        static void Take(ref ReadOnlySpan<byte> field, ref long value)
        {
            if (value != uint.MaxValue || field.Length < 8) return;
            value = I64(field, 0);
            field = field[8..];
        }
    }

    static int U16(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt16LittleEndian(bytes[at..]);

    static uint U32(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]);

    static long I64(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadInt64LittleEndian(bytes[at..]);
}
