using System.Buffers.Binary;
using System.Text;

namespace ResNetSharp.Formats;

/// <summary>A piece of an HDF5 file's metadata, read from front to back; running past its end is an error that names the place.</summary>
internal sealed class Hdf5Block(Hdf5Source file, long address, ReadOnlyMemory<byte> bytes)
{
    public Hdf5Source File => file;

    public int Position { get; set; }

    public int Length => bytes.Length;

    public int Left => bytes.Length - Position;

    public InvalidDataException Fail(string reason) => file.Bytes.Fail(address + Math.Min(Position, bytes.Length), reason);

    public int U8() => Take(1)[0];

    public int U16() => BinaryPrimitives.ReadUInt16LittleEndian(Take(2));

    public long U32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(4));

    /// <summary>An unsigned number of some bytes; one beyond a long is an error.</summary>
    public long Number(int size)
    {
        var bits = Bits(size);
        return bits <= long.MaxValue ? (long)bits : throw Fail($"a number ({bits}) is too large");
    }

    /// <summary>A size in bytes or elements.</summary>
    public long Size() => Number(file.LengthSize);

    /// <summary>An address, or <see cref="Hdf5Source.Undefined"/>.</summary>
    public long Address() => NumberOrAllOnes(file.OffsetSize);

    /// <summary>A number of some bytes, -1 where all bits are set.</summary>
    public long NumberOrAllOnes(int size)
    {
        var bits = Bits(size);
        if (bits == ulong.MaxValue >> (64 - 8 * size)) return -1;
        return bits <= long.MaxValue ? (long)bits : throw Fail($"a number ({bits}) is too large");
    }

    public void Skip(int count) => Take(count);

    public ReadOnlySpan<byte> Take(int count)
    {
        if (count < 0 || count > Left) throw Fail($"{count} bytes are needed here, but the structure ends after {Left}");
        var taken = bytes.Span.Slice(Position, count);
        Position += count;
        return taken;
    }

    /// <summary>The next bytes as a block of their own.</summary>
    public Hdf5Block Part(long count)
    {
        if (count < 0 || count > Left) throw Fail($"{count} bytes are needed here, but the structure ends after {Left}");
        var part = new Hdf5Block(file, address + Position, bytes.Slice(Position, (int)count));
        Position += (int)count;
        return part;
    }

    /// <summary>Everything that is left.</summary>
    public ReadOnlySpan<byte> Rest() => bytes.Span[Position..];

    /// <summary>The text up to a zero byte, or to the end.</summary>
    public string ZeroEndedText()
    {
        var rest = Rest();
        var end = rest.IndexOf((byte)0);
        var text = rest[..(end < 0 ? rest.Length : end)];
        Position += Math.Min(text.Length + 1, rest.Length);
        return Encoding.UTF8.GetString(text);
    }

    public string Text(int count) => Encoding.UTF8.GetString(Take(count));

    /// <summary>Checks the four letters that most structures begin with.</summary>
    public void Expect(ReadOnlySpan<byte> signature)
    {
        if (Left < signature.Length || !Rest().StartsWith(signature)) throw Fail($"the signature '{Encoding.ASCII.GetString(signature)}' is missing");
        Position += signature.Length;
    }

    /// <summary>Checks a version byte.</summary>
    public void ExpectVersion(int version, string what)
    {
        var found = U8();
        if (found != version) throw Fail($"{what} has version {found}; only {version} is known");
    }

    /// <summary>Checks the checksum in the last four bytes of the block and takes them off.</summary>
    public Hdf5Block Verified(string what)
    {
        if (bytes.Length < 4) throw Fail($"{what} is too short");
        var body = bytes[..^4];
        if (Hdf5Checksums.Lookup3(body.Span) != BinaryPrimitives.ReadUInt32LittleEndian(bytes.Span[^4..])) throw Fail($"the checksum of {what} is wrong: the file is damaged");
        return new Hdf5Block(file, address, body);
    }

    ulong Bits(int size)
    {
        ulong value = 0;
        var taken = Take(size);
        for (int i = size - 1; i >= 0; i--) value = (value << 8) | taken[i];
        return value;
    }
}
