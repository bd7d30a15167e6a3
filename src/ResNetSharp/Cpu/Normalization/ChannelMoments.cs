using System.Runtime.CompilerServices;

namespace ResNetSharp.Cpu;

/// <summary>
/// Mean and variance of each channel of a (rows, channels) matrix: partial sums per tile in fp32, joined in double precision in a fixed
/// order (Chan, Golub and LeVeque, "Algorithms for computing the sample variance", 1983).
/// </summary>
internal readonly unsafe struct ChannelMoments(ChannelGrid grid)
{
    /// <summary>Channels whose partial sums are joined by one part of a parallel loop.</summary>
    public const int ChannelsPerPart = 64;

    readonly ChannelGrid grid = grid;

    /// <summary>Scratch floats for the partial sums.</summary>
    public long Scratch => 2L * grid.RowBlocks * grid.Period;

    /// <summary>The parts of the second step.</summary>
    public int JoinParts => (grid.Channels + ChannelsPerPart - 1) / ChannelsPerPart;

    /// <summary>First step: one tile's sums.</summary>
    public void Partial<T>(T* x, int tile, float* scratch) where T : unmanaged
    {
        var t = grid[tile];
        var sums = scratch + 2L * t.Block * grid.Period + t.Column;
        MomentLoops.ShiftedMoments(x, grid.Period, t, sums, sums + grid.Period);
    }

    /// <summary>Second step: the means of some channels and their sums of squared differences from the mean.</summary>
    /// <param name="x">The matrix.</param>
    /// <param name="first">The first channel.</param>
    /// <param name="count">How many, up to <see cref="ChannelsPerPart"/>.</param>
    /// <param name="scratch">What the first step left.</param>
    /// <param name="means">Out.</param>
    /// <param name="squares">Out.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Join<T>(T* x, int first, int count, float* scratch, double* means, double* squares) where T : unmanaged
    {
        new Span<double>(means, count).Clear();
        new Span<double>(squares, count).Clear();
        for (var block = 0; block < grid.RowBlocks; block++)
            for (var column = first; column < grid.Period && grid.Count(block, column) is > 0 and var rows; column += grid.Channels)
            {
                DoubleLanes.AddScaled(means, x + grid.First(block, column), rows, count);
                DoubleLanes.Add(means, scratch + 2L * block * grid.Period + column, count);
            }
        for (var c = 0; c < count; c++) means[c] /= grid.Rows;
        for (var block = 0; block < grid.RowBlocks; block++)
            for (var column = first; column < grid.Period && grid.Count(block, column) is > 0 and var rows; column += grid.Channels)
            {
                var partial = scratch + 2L * block * grid.Period + column;
                DoubleLanes.AddMoved(squares, partial, partial + grid.Period, x + grid.First(block, column), means, rows, count);
            }
        for (var c = 0; c < count; c++) squares[c] = Math.Max(squares[c], 0);
    }

    /// <summary>Both steps at once for some channels, slowly: element after element, in double precision.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Exact<T>(T* x, int first, int count, double* means, double* squares) where T : unmanaged
    {
        new Span<double>(means, count).Clear();
        new Span<double>(squares, count).Clear();
        x += first;
        for (var row = 0L; row < grid.Rows; row++) DoubleLanes.AddScaled(means, x + row * grid.Channels, 1, count);
        for (var c = 0; c < count; c++) means[c] /= grid.Rows;
        for (var row = 0L; row < grid.Rows; row++)
        {
            for (var c = 0; c < count; c++)
            {
                var difference = Lanes.Number(x[row * grid.Channels + c]) - means[c];
                squares[c] += difference * difference;
            }
        }
    }
}
