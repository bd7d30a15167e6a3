namespace ResNetSharp.Formats;

/// <summary>The chunk index of data sets that cannot grow: an array, in pages if it is long.</summary>
internal sealed class Hdf5FixedArray
{
    readonly Hdf5Source file;
    readonly bool isFiltered;
    readonly int elementSize, pageBits;
    readonly long count, address;

    public Hdf5FixedArray(Hdf5Source file, long headerAddress, bool isFiltered)
    {
        (this.file, this.isFiltered) = (file, isFiltered);
        var header = file.Read(headerAddress, 4 + 4 + file.LengthSize + file.OffsetSize + 4, "a chunk index").Verified("a chunk index");
        header.Expect("FAHD"u8);
        header.ExpectVersion(0, "a chunk index");
        if (header.U8() != (isFiltered ? 1 : 0)) throw header.Fail("a chunk index does not fit the filters of its data set");
        elementSize = header.U8();
        pageBits = header.U8();
        count = header.Size();
        address = header.Address();
        if (elementSize < file.OffsetSize || pageBits > 30 || count > file.Bytes.Length) throw header.Fail("a chunk index has impossible sizes");
    }

    public IEnumerable<Hdf5Chunk?> Elements()
    {
        if (address == Hdf5Source.Undefined) yield break;
        long page = 1L << pageBits;
        var isPaged = count > page;
        var pages = isPaged ? (count + page - 1) / page : 0;
        var prefix = 6 + file.OffsetSize + (pages + 7) / 8;
        var block = file.Read(address, prefix + (isPaged ? 0 : count * elementSize) + 4, "a chunk index").Verified("a chunk index");
        block.Expect("FADB"u8);
        block.Position = 6 + file.OffsetSize;
        if (!isPaged)
        {
            for (long i = 0; i < count; i++) yield return Hdf5ChunkElement.Parse(block, isFiltered, elementSize);
            yield break;
        }
        var written = block.Part((pages + 7) / 8);
        for (long p = 0; p < pages; p++)
        {
            var length = Math.Min(page, count - p * page);
            if (!Hdf5ChunkElement.IsSet(written.Rest(), p))
            {
                for (long i = 0; i < length; i++) yield return null;
                continue;
            }
            var body = file.Read(address + prefix + 4 + p * (page * elementSize + 4), length * elementSize + 4, "a page of a chunk index").Verified("a page of a chunk index");
            for (long i = 0; i < length; i++) yield return Hdf5ChunkElement.Parse(body, isFiltered, elementSize);
        }
    }
}
