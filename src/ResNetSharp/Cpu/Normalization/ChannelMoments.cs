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
    public void Partial(float* x, int tile, float* scratch)
    {
        var t = grid[tile];
        var sums = scratch + 2L * t.Block * grid.Period + t.Column;
        MomentLoops.ShiftedMoments(x, grid.Period, t, sums, sums + grid.Period);
    }

    /// <summary>Second step: the mean of one channel and its sum of squared differences from the mean.</summary>
    public void Join(float* x, int channel, float* scratch, out double mean, out double squares)
    {
        var total = 0.0;
        for (var block = 0; block < grid.RowBlocks; block++)
            for (var column = channel; column < grid.Period; column += grid.Channels)
            {
                var count = grid.Count(block, column);
                if (count > 0) total += count * (double)x[grid.First(block, column)] + scratch[2L * block * grid.Period + column];
            }
        mean = total / grid.Rows;
        squares = 0;
        for (var block = 0; block < grid.RowBlocks; block++)
            for (var column = channel; column < grid.Period; column += grid.Channels)
            {
                var count = grid.Count(block, column);
                if (count == 0) continue;
                var partial = scratch + 2L * block * grid.Period + column;
                // Around another centre: sum (d + delta)² with d the differences from the tile's first element.
                var delta = x[grid.First(block, column)] - mean;
                squares += partial[grid.Period] + delta * (2 * (double)partial[0] + count * delta);
            }
        squares = Math.Max(squares, 0);
    }
}
