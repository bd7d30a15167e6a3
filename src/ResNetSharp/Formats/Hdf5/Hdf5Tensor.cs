namespace ResNetSharp.Formats;

/// <summary>A data set in one piece.</summary>
internal sealed class Hdf5Tensor(string name, Shape shape, TensorType type, bool isBigEndian, ByteSource elements) : StoredTensor(name, shape, type)
{
    internal override string Origin => elements.Name + ": ";

    internal override void ReadChecked(long offset, Span<byte> destination)
    {
        elements.Read(offset, destination);
        if (isBigEndian) TensorTypes.ReverseElements(destination, Type.Bytes());
    }
}

/// <summary>A data set in chunks, which may be compressed; chunks that were never written have the fill value.</summary>
internal sealed class Hdf5ChunkedTensor : StoredTensor
{
    const long BestRatio = 1032;

    readonly Hdf5Source file;
    readonly bool isBigEndian;
    readonly Hdf5Layout.InChunks layout;
    readonly Hdf5Filters filters;
    readonly byte[] fill;
    readonly int elementSize;
    readonly long chunkBytes;
    readonly Lazy<Hdf5ChunkIndex> index;

    public Hdf5ChunkedTensor(string name, Shape shape, TensorType type, bool isBigEndian, Hdf5Source file, Hdf5Layout.InChunks layout, Hdf5Dataspace space, Hdf5Filters filters, byte[] fill)
        : base(name, shape, type)
    {
        (this.file, this.isBigEndian, this.layout, this.filters, this.fill) = (file, isBigEndian, layout, filters, fill);
        if (layout.ChunkExtents.Length != shape.Rank) throw file.Bytes.Fail($"data set '{name}' of shape {shape} has chunks of {layout.ChunkExtents.Length} dimensions");
        elementSize = type.Bytes();
        Int128 bytes = elementSize;
        foreach (var extent in layout.ChunkExtents)
        {
            if (extent < 1) throw file.Bytes.Fail($"data set '{name}' has chunks of extent {extent}");
            bytes *= extent;
            if (bytes > int.MaxValue) throw file.Bytes.Fail($"data set '{name}' has chunks of more than {int.MaxValue} bytes");
        }
        chunkBytes = (long)bytes;
        index = new Lazy<Hdf5ChunkIndex>(() => new Hdf5ChunkIndex(file, layout, space, chunkBytes, !filters.IsEmpty));
    }

    internal override string Origin => file.Bytes.Name + ": ";

    internal override bool PrefersWholeReads => true;

    internal override void ReadChecked(long offset, Span<byte> destination)
    {
        for (int i = 0; i < destination.Length; i += fill.Length) fill.CopyTo(destination[i..]);
        if (!destination.IsEmpty) Visit(offset / elementSize, destination);
        if (isBigEndian) TensorTypes.ReverseElements(destination, elementSize);
    }

    // Goes through the chunks that can hold elements of the run, which are those in a range of the slowest axis.
    void Visit(long start, Span<byte> destination)
    {
        var grid = index.Value.Grid;
        if (Shape.Rank == 0)
        {
            if (index.Value.TryGet(0, out var only)) CopyChunk(only, [], start, destination);
            return;
        }
        long slice = Shape.Size / Shape[0], perRow = 1;
        for (int axis = 1; axis < grid.Length; axis++) perRow *= grid[axis];
        long first = start / slice / layout.ChunkExtents[0], last = (start + destination.Length / elementSize - 1) / slice / layout.ChunkExtents[0];
        var origin = new long[Shape.Rank];
        for (long place = first * perRow; place < (last + 1) * perRow; place++)
        {
            if (!index.Value.TryGet(place, out var chunk)) continue;
            var rest = place;
            for (int axis = Shape.Rank - 1; axis >= 0; axis--)
            {
                origin[axis] = rest % grid[axis] * layout.ChunkExtents[axis];
                rest /= grid[axis];
            }
            CopyChunk(chunk, origin, start, destination);
        }
    }

    void CopyChunk(Hdf5Chunk chunk, long[] origin, long start, Span<byte> destination)
    {
        var stored = file.Bytes.Slice(chunk.Address, chunk.Length, $"a chunk of data set '{Name}'");
        if (chunkBytes / BestRatio > chunk.Length) throw stored.Fail(0, $"a chunk of data set '{Name}' has {chunk.Length} bytes, too few for {chunkBytes} unpacked ones");
        var reachesOver = false;
        for (int axis = 0; axis < origin.Length; axis++) reachesOver |= origin[axis] + layout.ChunkExtents[axis] > Shape[axis];
        var skipped = layout.LeavesEdgesUnfiltered && reachesOver ? uint.MaxValue : chunk.SkippedFilters;
        if (destination.Length == chunkBytes && ByteLength == chunkBytes && !reachesOver)
        {
            filters.Decode(stored, skipped, elementSize, destination); // the chunk is the whole data set
            return;
        }
        using var elements = new Scratch((int)chunkBytes);
        filters.Decode(stored, skipped, elementSize, elements.Bytes);
        CopyRows(elements.Bytes, origin, start, destination);
    }

    // Copies row by row what of a chunk lies both inside the data set and in the run.
    void CopyRows(ReadOnlySpan<byte> chunk, long[] origin, long start, Span<byte> destination)
    {
        int rank = origin.Length;
        if (rank == 0)
        {
            chunk[..elementSize].CopyTo(destination);
            return;
        }
        long end = start + destination.Length / elementSize;
        var rowLength = Math.Min(layout.ChunkExtents[rank - 1], Shape[rank - 1] - origin[rank - 1]);
        var row = new long[rank - 1];
        for (long source = 0; source < chunk.Length / elementSize; source += layout.ChunkExtents[rank - 1])
        {
            long target = 0;
            var isInside = true;
            for (int axis = 0; axis < rank - 1; axis++)
            {
                isInside &= origin[axis] + row[axis] < Shape[axis];
                target = target * Shape[axis] + origin[axis] + row[axis];
            }
            target = target * Shape[rank - 1] + origin[rank - 1];
            long from = Math.Max(target, start), to = Math.Min(target + rowLength, end);
            if (isInside && from < to)
                chunk.Slice((int)(source + from - target) * elementSize, (int)(to - from) * elementSize).CopyTo(destination[((int)(from - start) * elementSize)..]);
            for (int axis = rank - 2; axis >= 0 && ++row[axis] == layout.ChunkExtents[axis]; axis--) row[axis] = 0;
        }
    }
}
