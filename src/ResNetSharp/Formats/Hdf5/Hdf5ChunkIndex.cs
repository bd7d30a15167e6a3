namespace ResNetSharp.Formats;

/// <summary>One stored chunk: its bytes in the file and the filters that were not applied to it.</summary>
internal readonly record struct Hdf5Chunk(long Address, long Length, uint SkippedFilters);

/// <summary>The chunks of a data set by their place in the grid of chunks, whatever index the file keeps.</summary>
internal sealed class Hdf5ChunkIndex
{
    const int MaxChunks = 1 << 24;

    readonly Hdf5Source file;
    readonly Hdf5Layout.InChunks layout;
    readonly Hdf5Dataspace space;
    readonly long chunkBytes;
    readonly bool isFiltered;
    readonly int rank;
    readonly Dictionary<long, Hdf5Chunk> chunks = [];

    public Hdf5ChunkIndex(Hdf5Source file, Hdf5Layout.InChunks layout, Hdf5Dataspace space, long chunkBytes, bool isFiltered)
    {
        (this.file, this.layout, this.space, this.chunkBytes, this.isFiltered) = (file, layout, space, chunkBytes, isFiltered);
        rank = layout.ChunkExtents.Length;
        Grid = [.. space.Extents.Select((extent, axis) => Chunks(extent, axis))];
        if (layout.Address == Hdf5Source.Undefined) return; // nothing was ever written
        switch (layout.Kind)
        {
            case Hdf5ChunkIndexKind.BTree1: ReadBTree1(); break;
            case Hdf5ChunkIndexKind.Single: chunks.Add(0, new Hdf5Chunk(layout.Address, layout.SingleLength < 0 ? chunkBytes : layout.SingleLength, layout.SingleMask)); break;
            case Hdf5ChunkIndexKind.Implicit: ReadImplicit(); break;
            case Hdf5ChunkIndexKind.FixedArray: ReadArray(new Hdf5FixedArray(file, layout.Address, isFiltered).Elements()); break;
            case Hdf5ChunkIndexKind.ExtensibleArray: ReadArray(new Hdf5ExtensibleArray(file, layout.Address, isFiltered).Elements()); break;
            default: ReadBTree2(); break;
        }
    }

    /// <summary>The number of chunks along each axis.</summary>
    public long[] Grid { get; }

    /// <summary>The chunk at a place of the grid, counted row by row; false where none was written.</summary>
    public bool TryGet(long place, out Hdf5Chunk chunk) => chunks.TryGetValue(place, out chunk);

    long Chunks(long extent, int axis) => (extent + layout.ChunkExtents[axis] - 1) / layout.ChunkExtents[axis];

    void Add(ReadOnlySpan<long> gridPlace, Hdf5Chunk chunk)
    {
        if (chunk.Address == Hdf5Source.Undefined) return;
        long place = 0;
        for (int axis = 0; axis < rank; axis++)
        {
            if (gridPlace[axis] < 0 || gridPlace[axis] >= Grid[axis]) return; // left over from before the data set shrank
            place = place * Grid[axis] + gridPlace[axis];
        }
        if (chunks.Count == MaxChunks) throw file.Bytes.Fail("a data set has too many chunks");
        chunks[place] = chunk;
    }

    void ReadBTree1()
    {
        var place = new long[rank];
        foreach (var (key, child) in Hdf5BTree1.DataChunks(file, layout.Address, rank))
        {
            var (length, mask) = (key.U32(), (uint)key.U32());
            for (int axis = 0; axis < rank; axis++) place[axis] = key.Number(8) / layout.ChunkExtents[axis];
            Add(place, new Hdf5Chunk(child, length, mask));
        }
    }

    void ReadBTree2()
    {
        var place = new long[rank];
        var type = isFiltered ? Hdf5BTree2.FilteredChunks : Hdf5BTree2.Chunks;
        foreach (var record in Hdf5BTree2.Records(file, layout.Address, type))
        {
            var address = record.Address();
            var length = isFiltered ? record.Number(Math.Clamp(record.Left - 4 - 8 * rank, 1, 8)) : chunkBytes;
            var mask = isFiltered ? (uint)record.U32() : 0;
            for (int axis = 0; axis < rank; axis++) place[axis] = record.Number(8);
            Add(place, new Hdf5Chunk(address, length, mask));
        }
    }

    void ReadImplicit()
    {
        long count = 1;
        foreach (var chunksOnAxis in ArrayGrid(out _)) count = checked(count * chunksOnAxis);
        file.Bytes.Check(layout.Address, checked(count * chunkBytes), "a data set's chunks");
        ReadArray(Enumerable.Range(0, (int)Math.Min(count, MaxChunks)).Select(i => (Hdf5Chunk?)new Hdf5Chunk(layout.Address + i * chunkBytes, chunkBytes, 0)));
    }

    // Arrays count chunks in the grid of the largest extents, a growing axis as the slowest.
    void ReadArray(IEnumerable<Hdf5Chunk?> elements)
    {
        var grid = ArrayGrid(out var growing);
        var place = new long[rank];
        long index = 0;
        foreach (var element in elements)
        {
            var rest = index++;
            if (element is not { } chunk) continue;
            for (int axis = rank - 1; axis >= 0; axis--)
            {
                if (axis == growing) continue;
                place[axis] = rest % grid[axis];
                rest /= grid[axis];
            }
            if (growing >= 0) place[growing] = rest;
            Add(place, chunk.Length < 0 ? chunk with { Length = chunkBytes } : chunk);
        }
    }

    long[] ArrayGrid(out int growing)
    {
        growing = Array.IndexOf(space.MaxExtents, Hdf5Dataspace.Unlimited);
        var grid = new long[rank];
        for (int axis = 0; axis < rank; axis++) grid[axis] = axis == growing ? 1 : Math.Max(1, Chunks(space.MaxExtents[axis], axis));
        return grid;
    }
}

/// <summary>Reads the elements of chunk arrays.</summary>
internal static class Hdf5ChunkElement
{
    /// <summary>One element: an address, and for filtered chunks a length and a mask. The length is -1 where it is that of every chunk.</summary>
    public static Hdf5Chunk? Parse(Hdf5Block block, bool isFiltered, int elementSize)
    {
        var element = block.Part(elementSize);
        var address = element.Address();
        if (address == Hdf5Source.Undefined) return null;
        return isFiltered ? new Hdf5Chunk(address, element.Number(Math.Clamp(element.Left - 4, 1, 8)), (uint)element.U32()) : new Hdf5Chunk(address, -1, 0);
    }

    /// <summary>The bits of a page map, the highest of each byte first.</summary>
    public static bool IsSet(ReadOnlySpan<byte> bits, long index) => (bits[(int)(index / 8)] & (0x80 >> (int)(index % 8))) != 0;
}
