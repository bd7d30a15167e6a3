namespace ResNetSharp.Formats;

/// <summary>How the index of a data set's chunks is kept.</summary>
internal enum Hdf5ChunkIndexKind
{
    BTree1 = 0,
    Single = 1,
    Implicit = 2,
    FixedArray = 3,
    ExtensibleArray = 4,
    BTree2 = 5,
}

/// <summary>Where the elements of a data set are: in the header, in one piece, or in chunks.</summary>
internal abstract record Hdf5Layout
{
    const int Compact = 0, Contiguous = 1, Chunked = 2;

    public sealed record InHeader(Hdf5Block Data) : Hdf5Layout;

    public sealed record InOnePiece(long Address, long Length) : Hdf5Layout;

    /// <param name="ChunkExtents">The extents of a chunk, in elements.</param>
    /// <param name="Kind">The index.</param>
    /// <param name="Address">Of the index, or of the chunk if there is one alone.</param>
    /// <param name="SingleLength">The stored length of a single filtered chunk; -1 if it is not filtered.</param>
    /// <param name="SingleMask">The filters that were not applied to it.</param>
    /// <param name="LeavesEdgesUnfiltered">Whether chunks that reach over the edge are stored unfiltered.</param>
    public sealed record InChunks(long[] ChunkExtents, Hdf5ChunkIndexKind Kind, long Address, long SingleLength = -1, uint SingleMask = 0, bool LeavesEdgesUnfiltered = false) : Hdf5Layout;

    public static Hdf5Layout Parse(Hdf5Block block)
    {
        var version = block.U8();
        return version switch
        {
            1 or 2 => ParseOld(block),
            3 or 4 => ParseNew(block, version),
            _ => throw block.Fail($"a data layout has version {version}; 1 to 4 are known"),
        };
    }

    static Hdf5Layout ParseOld(Hdf5Block block)
    {
        int dimensions = block.U8(), kind = block.U8();
        block.Skip(5);
        var address = kind == Compact ? Hdf5Source.Undefined : block.Address();
        var extents = Extents(block, dimensions, 4);
        return kind switch
        {
            Compact => new InHeader(block.Part(block.U32())),
            Contiguous => new InOnePiece(address, -1),
            Chunked when dimensions > 1 => new InChunks(extents[..^1], Hdf5ChunkIndexKind.BTree1, address),
            _ => throw block.Fail($"a data layout has class {kind}"),
        };
    }

    static Hdf5Layout ParseNew(Hdf5Block block, int version)
    {
        const int Virtual = 3;
        var kind = block.U8();
        switch (kind)
        {
            case Compact:
                return new InHeader(block.Part(block.U16()));
            case Contiguous:
                var address = block.Address();
                return new InOnePiece(address, block.Size());
            case Chunked when version == 3:
                var dimensions = block.U8();
                var tree = block.Address();
                return dimensions > 1 ? new InChunks(Extents(block, dimensions, 4)[..^1], Hdf5ChunkIndexKind.BTree1, tree) : throw block.Fail("chunks have no dimensions");
            case Chunked:
                return ParseIndexed(block);
            case Virtual:
                throw block.Fail("the data is a view of data sets in other files (a virtual data set), which is not followed");
            default:
                throw block.Fail($"a data layout has class {kind}");
        }
    }

    static InChunks ParseIndexed(Hdf5Block block)
    {
        const int EdgesUnfiltered = 1, SingleFiltered = 2;
        int flags = block.U8(), dimensions = block.U8(), encoded = block.U8();
        if (dimensions < 2 || encoded is < 1 or > 8) throw block.Fail("a chunk description is malformed");
        var extents = Extents(block, dimensions, encoded)[..^1];
        var kind = (Hdf5ChunkIndexKind)block.U8();
        long length = -1, mask = 0;
        switch (kind)
        {
            case Hdf5ChunkIndexKind.Single when (flags & SingleFiltered) != 0: (length, mask) = (block.Size(), block.U32()); break;
            case Hdf5ChunkIndexKind.Single or Hdf5ChunkIndexKind.Implicit: break;
            case Hdf5ChunkIndexKind.FixedArray: block.Skip(1); break;
            case Hdf5ChunkIndexKind.ExtensibleArray: block.Skip(5); break;
            case Hdf5ChunkIndexKind.BTree2: block.Skip(6); break;
            default: throw block.Fail($"a chunk index has kind {(int)kind}; 1 to 5 are known");
        }
        return new InChunks(extents, kind, block.Address(), length, (uint)mask, (flags & EdgesUnfiltered) != 0);
    }

    static long[] Extents(Hdf5Block block, int dimensions, int size)
    {
        var extents = new long[dimensions];
        for (int i = 0; i < dimensions; i++)
        {
            extents[i] = block.Number(size);
            if (extents[i] is 0 or > uint.MaxValue && size > 4) throw block.Fail($"a chunk has extent {extents[i]}");
        }
        return extents;
    }
}
