using System.Runtime.CompilerServices;

namespace ResNetSharp.Cpu;

/// <summary>Tiles of one size: where their rows lie in the source and in the destination.</summary>
internal sealed unsafe class TileRun(NativeBuffer memory, TileGrid grid, int gridIndex, int rows, int tiles, long firstSource, long firstDestination)
{
    /// <summary>The grid whose points are the rows.</summary>
    public TileGrid Grid { get; } = grid;

    /// <summary>The place of <see cref="Grid"/> among the grids.</summary>
    public int GridIndex { get; } = gridIndex;

    /// <summary>Rows of a tile.</summary>
    public int Rows { get; } = rows;

    /// <summary>Number of tiles.</summary>
    public int Tiles { get; } = tiles;

    /// <summary>Whether any row is outside its image.</summary>
    public bool Padding { get; set; }

    /// <summary>See <see cref="TileArguments.SourceOffsets"/>.</summary>
    public int* SourceOffsets => (int*)memory.Pointer + firstSource;

    /// <summary>See <see cref="TileArguments.DestinationOffsets"/>.</summary>
    public int* DestinationOffsets => (int*)memory.Pointer + firstDestination;
}

/// <summary>
/// Cuts the grids of a group of images into tiles of nearly equal size: at most two sizes a grid, which wastes less than full tiles and
/// a small remainder. All groups of one size share the table, since distances count from a group's first image.
/// </summary>
internal static unsafe class TileTable
{
    /// <summary>How many images to cut together so that small ones still fill their tiles.</summary>
    public static int GroupSize(IReadOnlyList<TileGrid> grids, int batch, int maxRows)
    {
        const double GoodEnough = 0.96;
        const int Largest = 16;
        var (best, bestFill) = (1, 0.0);
        for (var images = 1; images <= Math.Min(batch, Largest); images++)
        {
            var points = grids.Sum(g => (double)g.Points * images);
            var room = grids.Sum(g => Math.Ceiling((double)g.Points * images / maxRows) * maxRows);
            if (points / room > bestFill) (best, bestFill) = (images, points / room);
            if (bestFill >= GoodEnough) break;
        }
        return best;
    }

    /// <summary>The tiles of a group of images.</summary>
    /// <param name="grids">The grids to cut.</param>
    /// <param name="images">Images of the group.</param>
    /// <param name="source">How the source's words lie.</param>
    /// <param name="destination">How the results lie.</param>
    /// <param name="resultBytes">Bytes of a result.</param>
    /// <param name="maxRows">Pixels in the largest tile.</param>
    /// <exception cref="ArgumentException">The group is larger than two gibibytes.</exception>
    public static TileRun[] Make(TileGrid[] grids, int images, ImageLayout source, ImageLayout destination, int resultBytes, int maxRows)
    {
        if (Math.Max(source.ImagePitch, destination.ImagePitch) * images * sizeof(float) > int.MaxValue)
        {
            throw new ArgumentException($"An image of {source.Height} x {source.Width} pixels with {source.PixelPitch} channels is too large: over 2 GiB.");
        }
        var memory = new NativeBuffer(grids.Sum(g => (long)g.Points * images * (g.Taps.Length + 1)) * sizeof(int));
        var runs = new List<TileRun>();
        var used = 0L;
        for (var i = 0; i < grids.Length; i++)
        {
            var points = grids[i].Points * images;
            if (points == 0) continue;
            var tiles = (points + maxRows - 1) / maxRows;
            var (rows, larger) = Math.DivRem(points, tiles);
            var first = 0;
            foreach (var (size, count) in new[] { (rows + 1, larger), (rows, tiles - larger) })
            {
                if (count == 0) continue;
                var sources = (long)size * count * grids[i].Taps.Length;
                var run = new TileRun(memory, grids[i], i, size, count, used, used + sources);
                Fill(run, first, source, destination, resultBytes);
                runs.Add(run);
                used += sources + (long)size * count;
                first += size * count;
            }
        }
        return [.. runs];
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Fill(TileRun run, int first, ImageLayout source, ImageLayout destination, int resultBytes)
    {
        var taps = run.Grid.Taps;
        for (var tile = 0; tile < run.Tiles; tile++)
        {
            for (var row = 0; row < run.Rows; row++)
            {
                var (image, point) = Math.DivRem(first + tile * run.Rows + row, run.Grid.Points);
                var (y, x) = Math.DivRem(point, run.Grid.Columns);
                for (var t = 0; t < taps.Length; t++)
                {
                    var offset = SourceOffset(run.Grid, taps[t], image, y, x, source);
                    run.Padding |= offset < 0;
                    run.SourceOffsets[((long)tile * taps.Length + t) * run.Rows + row] = offset;
                }
                run.DestinationOffsets[(long)tile * run.Rows + row] = Bytes(
                    destination, resultBytes, image, run.Grid.FirstRow + y * run.Grid.StepRow, run.Grid.FirstColumn + x * run.Grid.StepColumn);
            }
        }
    }

    static int SourceOffset(TileGrid grid, Tap tap, int image, int y, int x, ImageLayout source)
    {
        var row = y * grid.SourceStepRow + tap.Row;
        var column = x * grid.SourceStepColumn + tap.Column;
        var inside = (uint)row < (uint)source.Height && (uint)column < (uint)source.Width;
        return inside ? Bytes(source, sizeof(float), image, row, column) : -1;
    }

    static int Bytes(ImageLayout layout, int size, int image, int row, int column) =>
        (int)((image * layout.ImagePitch + row * layout.RowPitch + column * layout.PixelPitch) * size);
}
