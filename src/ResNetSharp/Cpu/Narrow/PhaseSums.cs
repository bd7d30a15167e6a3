using System.Runtime.CompilerServices;

namespace ResNetSharp.Cpu;

/// <summary>The products of the pixels of a phase with what its taps meet.</summary>
internal sealed unsafe class PhaseSums
{
    /// <summary>Cycles that a product of tiles takes, and until its sums can be added to again.</summary>
    const int Throughput = 16, Latency = 52;

    readonly bool hasTiles;
    readonly PixelSumsKernel[] single;
    readonly PixelSumsKernel[] twofold;
    readonly NativeBuffer distances;

    /// <summary>Fixes what is met.</summary>
    /// <param name="hasTiles">Whether matrix tiles are used.</param>
    /// <param name="firstBlock">The number of the first block of sums.</param>
    /// <param name="taps">Taps of the phase.</param>
    /// <param name="distances">For each sixteen results, and each tap, where its pairs begin.</param>
    public PhaseSums(bool hasTiles, int firstBlock, int taps, int[] distances)
    {
        this.hasTiles = hasTiles;
        FirstBlock = firstBlock;
        Taps = taps;
        RowBlocks = distances.Length;
        single = Kernels(1);
        twofold = hasTiles ? Kernels(2) : [];
        this.distances = new NativeBuffer(distances.Length * sizeof(int));
        distances.CopyTo(new Span<int>(this.distances.Pointer, distances.Length));
    }

    /// <summary>The number of the first block of sums.</summary>
    public int FirstBlock { get; }

    /// <summary>Taps.</summary>
    public int Taps { get; }

    /// <summary>Blocks of sums for sixteen rows.</summary>
    public int RowBlocks { get; }

    /// <summary>Multiplies some sixteens of rows with all taps of some sixteens of results, and asks for what is wanted next.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Multiply(PixelSumsArguments arguments, int rowTiles, int resultTiles, ref Prefetch next)
    {
        arguments.SumsPitch = (long)RowBlocks * PixelSumsKernel.BlockBytes;
        arguments.Sums += (long)FirstBlock * PixelSumsKernel.BlockBytes;
        var columns = resultTiles * Taps;
        for (var tile = 0; tile < rowTiles;)
        {
            var rows = hasTiles ? Math.Min(2, rowTiles - tile) : 1;
            var kernels = rows == 2 ? twofold : single;
            var together = ColumnsTogether(kernels.Length, columns);
            var whole = columns / together;
            var done = arguments;
            done.Distances = (int*)distances.Pointer;
            if (whole > 0) Run(kernels[together - 1], ref done, whole, together, ref next);
            if (columns > whole * together) Run(kernels[columns - whole * together - 1], ref done, 1, 0, ref next);
            arguments.Rows += rows * arguments.RowsPitch;
            arguments.Sums += rows * arguments.SumsPitch;
            tile += rows;
        }
    }

    static void Run(PixelSumsKernel kernel, ref PixelSumsArguments arguments, int blocks, int together, ref Prefetch next)
    {
        arguments.Blocks = blocks;
        arguments.Ahead = next.Take(kernel.LinesAhead(arguments));
        var copy = arguments;
        kernel.Run(&copy);
        arguments.Distances += blocks * together;
        arguments.Sums += (long)blocks * together * PixelSumsKernel.BlockBytes;
    }

    PixelSumsKernel[] Kernels(int rows) =>
        [.. Enumerable.Range(1, PixelSumsShape.MostColumns(hasTiles, rows)).Select(columns => new PixelSumsKernel(new PixelSumsShape(hasTiles, rows, columns)))];

    /// <summary>The columns that are taken together so that all take the least time: few wait for their sums, many may leave a rest.</summary>
    static int ColumnsTogether(int most, int columns)
    {
        var (best, bestTime) = (1, int.MaxValue);
        for (var n = 1; n <= most; n++)
        {
            var time = columns / n * Time(n) + (columns % n > 0 ? Time(columns % n) : 0);
            if (time < bestTime) (best, bestTime) = (n, time);
        }
        return best;
    }

    static int Time(int columns) => Math.Max(columns * Throughput, Latency);
}
