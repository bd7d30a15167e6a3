using System.Buffers.Binary;
using System.Text;

namespace ResNetSharp.Data.Archives;

/// <summary>
/// Walks through a tar stream (POSIX.1-1988 ustar, with the long names of GNU and of POSIX.1-2001), entry by entry and without ever
/// taking more memory than a long name needs. The archive must have its end mark, so that a cut download is noticed.
/// </summary>
sealed class TarScanner(Stream stream, string location)
{
    const int BlockSize = 512;

    /// <summary>The largest block of names and attributes that is believed.</summary>
    const int MostMetadata = 1 << 20;

    readonly byte[] block = new byte[BlockSize];
    readonly byte[] scrap = new byte[1 << 16];
    long position;
    long left;

    /// <summary>The path of the current entry as it is written in the archive.</summary>
    public string Name { get; private set; } = "";

    /// <summary>The bytes of the current entry.</summary>
    public long Size { get; private set; }

    /// <summary>Where the bytes of the current entry begin.</summary>
    public long Offset { get; private set; }

    /// <summary>Whether the current entry is a plain file; links, devices and sparse files are not.</summary>
    public bool IsFile { get; private set; }

    /// <summary>Whether the current entry is a folder.</summary>
    public bool IsFolder { get; private set; }

    /// <summary>Goes to the next entry; false at the end of the archive.</summary>
    /// <exception cref="InvalidDataException">The archive is damaged or cut short; the message says where.</exception>
    public bool MoveNext()
    {
        string? longName = null;
        long? longSize = null;
        while (true)
        {
            SkipRest();
            var start = position;
            ReadExactly(block);
            if (!block.AsSpan().ContainsAnyExcept((byte)0)) return false;
            CheckSum(start);
            var size = ReadNumber(block.AsSpan(124, 12), start);
            left = RoundUp(size);
            var type = block[156];
            switch (type)
            {
                case (byte)'L':
                    longName = Text(ReadMetadata(size, start));
                    continue;
                case (byte)'x':
                    (longName, longSize) = PaxAttributes(ReadMetadata(size, start), longName, longSize, start);
                    continue;
                case (byte)'g' or (byte)'K':
                    continue;
            }
            Name = longName ?? HeaderName();
            IsFolder = type == '5' || (type is (byte)'0' or 0 && Name.EndsWith('/'));
            IsFile = !IsFolder && type is (byte)'0' or 0 or (byte)'7';
            Size = longSize ?? size;
            Offset = position;
            left = RoundUp(Size);
            // What follows is in the file already when it can be sought, so a promise can be checked at once.
            if (stream.CanSeek && Size > stream.Length - Offset) throw CutShort();
            return true;
        }
    }

    /// <summary>Reads the whole current entry.</summary>
    public void Read(Span<byte> destination)
    {
        ReadExactly(destination);
        left -= destination.Length;
    }

    byte[] ReadMetadata(long size, long start)
    {
        if (size > MostMetadata) throw Damaged(start, $"a name of {size} bytes");
        var bytes = new byte[size];
        Read(bytes);
        return bytes;
    }

    void SkipRest()
    {
        if (stream.CanSeek)
        {
            if (left > stream.Length - position) throw CutShort();
            stream.Position = position += left;
        }
        else
        {
            for (var rest = left; rest > 0; rest -= Math.Min(rest, scrap.Length))
                ReadExactly(scrap.AsSpan(0, (int)Math.Min(rest, scrap.Length)));
        }
        left = 0;
    }

    void ReadExactly(Span<byte> destination)
    {
        if (stream.ReadAtLeast(destination, destination.Length, throwOnEndOfStream: false) < destination.Length) throw CutShort();
        position += destination.Length;
    }

    // The field itself counts as spaces; some old writers summed signed bytes.
    void CheckSum(long start)
    {
        var stored = ReadNumber(block.AsSpan(148, 8), start);
        var unsigned = 8 * ' ';
        var signed = 8 * ' ';
        for (var i = 0; i < BlockSize; i++)
        {
            if (i is >= 148 and < 156) continue;
            unsigned += block[i];
            signed += (sbyte)block[i];
        }
        if (stored != unsigned && stored != signed) throw Damaged(start, "a header whose check sum is wrong");
    }

    // Octal digits between spaces and zeros, or, with the top bit set, a big-endian number.
    long ReadNumber(ReadOnlySpan<byte> field, long start)
    {
        if ((field[0] & 0x80) != 0)
        {
            var value = BinaryPrimitives.ReadInt64BigEndian(field[^8..]);
            var isSmall = field.Length > 8 && field[0] == 0x80 && !field[1..^8].ContainsAnyExcept((byte)0);
            return isSmall && value is >= 0 and <= long.MaxValue - BlockSize ? value : throw Damaged(start, "an impossible number");
        }
        var digits = field.Trim(" \0"u8);
        long number = 0;
        foreach (var digit in digits)
        {
            if (digit is < (byte)'0' or > (byte)'7') throw Damaged(start, "a number that is not octal");
            number = number * 8 + digit - '0';
        }
        return number;
    }

    string HeaderName()
    {
        var name = Text(block.AsSpan(0, 100));
        var isUstar = block.AsSpan(257, 6).SequenceEqual("ustar\0"u8);
        var prefix = isUstar ? Text(block.AsSpan(345, 155)) : "";
        return prefix.Length > 0 ? prefix + "/" + name : name;
    }

    // Records of the form "LENGTH KEY=VALUE\n", where LENGTH counts the whole record.
    (string? Name, long? Size) PaxAttributes(ReadOnlySpan<byte> rest, string? name, long? size, long start)
    {
        while (!rest.IsEmpty && rest[0] != 0)
        {
            var space = rest.IndexOf((byte)' ');
            if (space < 1 || !int.TryParse(rest[..space], out var length) || length <= space + 1 || length > rest.Length)
                throw Damaged(start, "an extended header that is not well formed");
            var record = rest[(space + 1)..(length - 1)];
            rest = rest[length..];
            var equals = record.IndexOf((byte)'=');
            if (equals < 0) throw Damaged(start, "an extended header that is not well formed");
            var value = Encoding.UTF8.GetString(record[(equals + 1)..]);
            if (record[..equals].SequenceEqual("path"u8)) name = value;
            if (record[..equals].SequenceEqual("size"u8))
                size = long.TryParse(value, out var given) && given is >= 0 and < long.MaxValue - BlockSize ? given : throw Damaged(start, "an impossible size");
        }
        return (name, size);
    }

    static string Text(ReadOnlySpan<byte> field)
    {
        var end = field.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? field : field[..end]);
    }

    static long RoundUp(long size) => (size + BlockSize - 1) / BlockSize * BlockSize;

    InvalidDataException Damaged(long start, string what) => new($"{location} is not a sound tar archive: it has {what} at byte {start}");

    InvalidDataException CutShort() => new($"{location} is cut short: it ends inside an entry or before its end mark, after byte {position}");
}
