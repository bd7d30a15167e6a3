namespace ResNetSharp.Cpu;

/// <summary>A part of a grid, and where its results are.</summary>
/// <param name="Grid">Which grid.</param>
/// <param name="Part">Which of its points.</param>
/// <param name="FirstResult">Where the first point's results are, in numbers.</param>
/// <param name="Shape">What parts of one size share.</param>
internal sealed record TileChunk(int Grid, TilePart Part, long FirstResult, TileChunkShape Shape)
{
    /// <summary>Cuts a grid into parts whose rows fill their tiles as well as may be.</summary>
    /// <param name="index">Which grid it is.</param>
    /// <param name="grid">The grid.</param>
    /// <param name="source">How its rows are made.</param>
    /// <param name="destination">How the results lie in memory.</param>
    /// <param name="batch">Images.</param>
    /// <param name="wantedRows">Rows of a part, about.</param>
    public static List<TileChunk> Make(int index, TileGrid grid, TileSource source, ImageLayout destination, int batch, int wantedRows)
    {
        var chunks = new List<TileChunk>();
        var shapes = new Dictionary<(int, int), TileChunkShape>();
        var imagePositions = source.ImageRows(grid.Rows) * source.RowPitch;
        if (2 * imagePositions <= wantedRows)
        {
            var size = BestCount(Math.Min(wantedRows / imagePositions, batch), n => n * imagePositions);
            for (var image = 0; image < batch; image += size) Add(new TilePart(image, Math.Min(size, batch - image), 0, grid.Rows));
            return chunks;
        }
        var rows = BestCount(Math.Clamp(wantedRows / source.RowPitch, 1, grid.Rows), n => n * source.RowPitch);
        for (var image = 0; image < batch; image++)
        {
            for (var row = 0; row < grid.Rows; row += rows) Add(new TilePart(image, 1, row, Math.Min(rows, grid.Rows - row)));
        }
        return chunks;

        void Add(TilePart part)
        {
            if (!shapes.TryGetValue((part.Images, part.Rows), out var shape))
            {
                shape = new TileChunkShape(grid, source, destination, part.Images, part.Rows);
                shapes.Add((part.Images, part.Rows), shape);
            }
            var first = part.FirstImage * destination.ImagePitch + (grid.FirstRow + part.FirstRow * grid.StepRow) * destination.RowPitch
                + grid.FirstColumn * destination.PixelPitch;
            chunks.Add(new TileChunk(index, part, first, shape));
        }
    }

    /// <summary>The number up to a limit, and from half of it, that fills tiles of 16 rows best.</summary>
    static int BestCount(int limit, Func<int, int> rows)
    {
        var (best, bestFill) = (limit, 0.0);
        for (var n = limit; n > limit / 2; n--)
        {
            var fill = (double)rows(n) / ((rows(n) + TileProductKernel.Side - 1) / TileProductKernel.Side * TileProductKernel.Side);
            if (fill > bestFill) (best, bestFill) = (n, fill);
        }
        return best;
    }
}

/// <summary>The tables that parts of one size share.</summary>
internal sealed unsafe class TileChunkShape
{
    readonly NativeBuffer memory;

    public TileChunkShape(TileGrid grid, TileSource source, ImageLayout destination, int images, int rows)
    {
        var imageRows = source.ImageRows(rows);
        Rows = ((images - 1) * imageRows + rows - 1) * source.RowPitch + grid.Columns;
        // The code that fetches ahead looks one block further.
        memory = new NativeBuffer((long)(Rows + 2 * TileProductKernel.BlockRows + source.Steps) * sizeof(int));
        for (var i = 0; i < Rows; i++)
        {
            var (y, column) = Math.DivRem(i, source.RowPitch);
            var (image, row) = Math.DivRem(y, imageRows);
            var exists = row < rows && column < grid.Columns;
            var place = image * destination.ImagePitch + row * grid.StepRow * destination.RowPitch + column * grid.StepColumn * destination.PixelPitch;
            DestinationOffsets[i] = exists ? checked((int)place) : -1;
        }
        source.WriteStepOffsets(images, rows, StepOffsets);
    }

    /// <summary>Rows, dropped ones included.</summary>
    public int Rows { get; }

    /// <summary>See <see cref="TileProductArguments.DestinationOffsets"/>.</summary>
    public int* DestinationOffsets => (int*)memory.Pointer;

    /// <summary>See <see cref="TileProductArguments.StepOffsets"/>.</summary>
    public int* StepOffsets => DestinationOffsets + Rows + 2 * TileProductKernel.BlockRows;
}
