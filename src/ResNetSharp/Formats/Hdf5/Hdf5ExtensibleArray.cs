using System.Numerics;

namespace ResNetSharp.Formats;

/// <summary>
/// The chunk index of data sets that grow along one axis: an index block with the first elements, then data blocks of doubling length, listed
/// in the index block at first and in secondary blocks later.
/// </summary>
internal sealed class Hdf5ExtensibleArray
{
    readonly Hdf5Source file;
    readonly bool isFiltered;
    readonly int elementSize, maxBits, inIndexBlock, minElements, minPointers, offsetBytes;
    readonly long pageElements, count, indexAddress;

    public Hdf5ExtensibleArray(Hdf5Source file, long headerAddress, bool isFiltered)
    {
        (this.file, this.isFiltered) = (file, isFiltered);
        var header = file.Read(headerAddress, 12 + 6 * file.LengthSize + file.OffsetSize + 4, "a chunk index").Verified("a chunk index");
        header.Expect("EAHD"u8);
        header.ExpectVersion(0, "a chunk index");
        if (header.U8() != (isFiltered ? 1 : 0)) throw header.Fail("a chunk index does not fit the filters of its data set");
        elementSize = header.U8();
        maxBits = header.U8();
        inIndexBlock = header.U8();
        minElements = header.U8();
        minPointers = header.U8();
        var pageBits = header.U8();
        header.Skip(4 * file.LengthSize);
        count = header.Size();
        header.Skip(file.LengthSize);
        indexAddress = header.Address();
        if (elementSize < file.OffsetSize || maxBits is 0 or > 64 || !BitOperations.IsPow2(minElements) || !BitOperations.IsPow2(minPointers) || pageBits > 30
            || BitOperations.Log2((uint)minElements) > maxBits || count > file.Bytes.Length)
            throw header.Fail("a chunk index has impossible sizes");
        pageElements = 1L << pageBits;
        offsetBytes = (maxBits + 7) / 8;
    }

    /// <summary>All elements up to the highest that was ever set.</summary>
    public IEnumerable<Hdf5Chunk?> Elements() => AllElements().Take((int)Math.Min(count, int.MaxValue));

    // Super block s has 2^(s/2) data blocks of 2^((s+1)/2) times the smallest length.
    static long BlockCount(int super) => 1L << (super / 2);

    long BlockLength(int super) => minElements * (1L << ((super + 1) / 2));

    IEnumerable<Hdf5Chunk?> AllElements()
    {
        if (indexAddress == Hdf5Source.Undefined) yield break;
        var supers = 1 + maxBits - BitOperations.Log2((uint)minElements);
        var directSupers = Math.Min(supers, 2 * BitOperations.Log2((uint)minPointers));
        var blockPointers = 2 * (minPointers - 1);
        var superPointers = Math.Max(0, supers - directSupers);
        var length = 6 + file.OffsetSize + (long)inIndexBlock * elementSize + (blockPointers + superPointers) * (long)file.OffsetSize + 4;
        var index = file.Read(indexAddress, length, "a chunk index").Verified("a chunk index");
        index.Expect("EAIB"u8);
        index.Position = 6 + file.OffsetSize;
        for (int i = 0; i < inIndexBlock; i++) yield return Hdf5ChunkElement.Parse(index, isFiltered, elementSize);
        for (int super = 0; super < supers; super++)
        {
            var blocks = super < directSupers ? DirectBlocks(index, super) : SecondaryBlocks(index.Address(), super);
            foreach (var (address, written) in blocks)
                foreach (var element in DataBlock(address, BlockLength(super), written)) yield return element;
        }
    }

    static IEnumerable<(long Address, Hdf5Block? Written)> DirectBlocks(Hdf5Block index, int super)
    {
        for (long i = 0; i < BlockCount(super); i++) yield return (index.Address(), null);
    }

    IEnumerable<(long Address, Hdf5Block? Written)> SecondaryBlocks(long address, int super)
    {
        long blocks = BlockCount(super), length = BlockLength(super);
        if (address == Hdf5Source.Undefined)
        {
            for (long i = 0; i < blocks; i++) yield return (Hdf5Source.Undefined, null);
            yield break;
        }
        var mapBytes = length > pageElements ? (length / pageElements + 7) / 8 : 0;
        var bytes = 6 + file.OffsetSize + offsetBytes + (Int128)blocks * (mapBytes + file.OffsetSize) + 4;
        if (bytes > file.Bytes.Length) throw file.Bytes.Fail(address, "a chunk index claims more than the file holds");
        var block = file.Read(address, (long)bytes, "a chunk index").Verified("a chunk index");
        block.Expect("EASB"u8);
        block.Position = 6 + file.OffsetSize + offsetBytes;
        var maps = block.Part(blocks * mapBytes);
        for (long i = 0; i < blocks; i++) yield return (block.Address(), mapBytes > 0 ? maps.Part(mapBytes) : null);
    }

    IEnumerable<Hdf5Chunk?> DataBlock(long address, long length, Hdf5Block? written)
    {
        if (address == Hdf5Source.Undefined)
        {
            for (long i = 0; i < length; i++) yield return null;
            yield break;
        }
        var prefix = 6 + file.OffsetSize + offsetBytes;
        if (length <= pageElements)
        {
            var block = file.Read(address, prefix + length * elementSize + 4, "a chunk index").Verified("a chunk index");
            block.Expect("EADB"u8);
            block.Position = prefix;
            for (long i = 0; i < length; i++) yield return Hdf5ChunkElement.Parse(block, isFiltered, elementSize);
            yield break;
        }
        for (long page = 0; page < length / pageElements; page++)
        {
            if (written is not null && !Hdf5ChunkElement.IsSet(written.Rest(), page))
            {
                for (long i = 0; i < pageElements; i++) yield return null;
                continue;
            }
            var pageBytes = pageElements * elementSize + 4;
            var body = file.Read(address + prefix + 4 + page * pageBytes, pageBytes, "a page of a chunk index").Verified("a page of a chunk index");
            for (long i = 0; i < pageElements; i++) yield return Hdf5ChunkElement.Parse(body, isFiltered, elementSize);
        }
    }
}
