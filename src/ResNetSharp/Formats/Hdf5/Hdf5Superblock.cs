namespace ResNetSharp.Formats;

/// <summary>Finds and reads the first structure of an HDF5 file (versions 0 to 3 of it).</summary>
internal static class Hdf5Superblock
{
    static ReadOnlySpan<byte> Signature => [0x89, (byte)'H', (byte)'D', (byte)'F', (byte)'\r', (byte)'\n', 0x1A, (byte)'\n'];

    /// <summary>Where the superblock is: at 0, or at 512, 1024, 2048 ... behind a user's own data; -1 if nowhere.</summary>
    public static long Find(ByteSource source)
    {
        Span<byte> start = stackalloc byte[8];
        for (long position = 0; position + start.Length <= source.Length; position = position == 0 ? 512 : position * 2)
        {
            source.Read(position, start);
            if (start.SequenceEqual(Signature)) return position;
        }
        return -1;
    }

    /// <summary>Reads it: the file from the base address on, and the address of the root group.</summary>
    public static (Hdf5Source File, long Root) Read(ByteSource source)
    {
        var position = Find(source);
        if (position < 0) throw source.Fail("the signature of an HDF5 file is missing");
        var whole = new Hdf5Source(source, 8, 8);
        var block = whole.Read(position, Math.Min(source.Length - position, 128), "the superblock");
        block.Skip(Signature.Length);
        var version = block.U8();
        if (version > 3) throw block.Fail($"the superblock has version {version}; 0 to 3 are known");
        if (version <= 1) block.Skip(4);
        int offsetSize = block.U8(), lengthSize = block.U8();
        if (offsetSize is not (2 or 4 or 8) || lengthSize is not (2 or 4 or 8)) throw block.Fail($"addresses of {offsetSize} and lengths of {lengthSize} bytes are not possible");
        if (version >= 2) whole.Read(position, 16 + 4 * offsetSize, "the superblock").Verified("the superblock");
        block.Skip(version switch { 0 => 9, 1 => 13, _ => 1 });

        long baseAddress = block.Number(offsetSize);
        block.Skip(offsetSize);
        long end = block.Number(offsetSize);
        // The stored end counts from the start of the file, as its base address once did.
        if (end - baseAddress > source.Length - position) throw source.Fail($"the file should have {end - baseAddress + position} bytes, but has {source.Length}: it is cut short");
        if (version <= 1) block.Skip(2 * offsetSize); // driver, and the root's name
        var file = new Hdf5Source(source.Slice(position, source.Length - position, "the file"), offsetSize, lengthSize);
        return (file, block.Number(offsetSize));
    }
}
