namespace ResNetSharp.Formats;

/// <summary>The bytes of an HDF5 file from its base address on, and the sizes that its numbers have.</summary>
internal sealed class Hdf5Source(ByteSource bytes, int offsetSize, int lengthSize)
{
    /// <summary>The address of something that does not exist.</summary>
    public const long Undefined = -1;

    public ByteSource Bytes { get; } = bytes;

    /// <summary>Bytes of an address.</summary>
    public int OffsetSize { get; } = offsetSize;

    /// <summary>Bytes of a length.</summary>
    public int LengthSize { get; } = lengthSize;

    /// <summary>A piece of metadata, read into memory.</summary>
    public Hdf5Block Read(long address, long length, string what)
    {
        if (address == Undefined) throw Bytes.Fail($"the file refers to {what} that does not exist");
        return new Hdf5Block(this, address, Bytes.ReadArray(address, length, what));
    }
}
