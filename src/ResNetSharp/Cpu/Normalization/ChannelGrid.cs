using System.Numerics;

namespace ResNetSharp.Cpu;

/// <summary>
/// A matrix of (rows, channels), cut by shape alone into tiles that fit a second-level cache. So that every loop runs over whole
/// vectors whatever the number of channels, a few rows are taken together as one <em>wide row</em>: its width, the <see cref="Period"/>,
/// is a multiple of both the channels and the vector, and a per-channel coefficient is repeated along it. What is left of the rows
/// after the last wide row is one incomplete wide row of <see cref="LastLength"/> elements.
/// </summary>
internal readonly struct ChannelGrid
{
    /// <summary>The most columns that a tile has: a page of memory, which the prefetcher follows without a break.</summary>
    public const int TileColumns = 1024;

    /// <summary>
    /// Rows that are added up in fp32 before their sum is added to that of the rows above: two short sums round less than a long one.
    /// </summary>
    public const int RowsPerSum = 16;

    const int LeastPeriod = 128;
    const int TileElements = 1 << 15;

    readonly int columnBlocks;
    readonly int rowsPerTile;

    public ChannelGrid(long rows, int channels)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rows, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        Rows = rows;
        Channels = channels;
        Fold = 1;
        while (channels * (long)Fold < LeastPeriod || channels * (long)Fold % Vector<float>.Count != 0) Fold *= 2;
        Period = checked(channels * Fold);
        WideRows = rows / Fold;
        LastLength = (int)(rows % Fold) * channels;
        columnBlocks = (Period + TileColumns - 1) / TileColumns;
        rowsPerTile = Math.Max(4, TileElements / Math.Min(Period, TileColumns));
        RowBlocks = checked((int)Math.Max(1, (WideRows + rowsPerTile - 1) / rowsPerTile));
    }

    public long Rows { get; }

    public int Channels { get; }

    /// <summary>Rows in a wide row, a power of two.</summary>
    public int Fold { get; }

    /// <summary>Elements in a wide row.</summary>
    public int Period { get; }

    /// <summary>The number of complete wide rows.</summary>
    public long WideRows { get; }

    /// <summary>The elements after the last complete wide row.</summary>
    public int LastLength { get; }

    /// <summary>Tiles one above the other.</summary>
    public int RowBlocks { get; }

    /// <summary>All tiles.</summary>
    public int Tiles => checked(columnBlocks * RowBlocks);

    /// <summary>The tile of a number; neighbours in number are side by side.</summary>
    public ChannelTile this[int tile]
    {
        get
        {
            var block = tile / columnBlocks;
            var column = tile % columnBlocks * TileColumns;
            var columns = Math.Min(TileColumns, Period - column);
            var row = (long)block * rowsPerTile;
            var extra = block == RowBlocks - 1 ? Math.Clamp(LastLength - column, 0, columns) : 0;
            return new ChannelTile(block, row, (int)Math.Min(rowsPerTile, WideRows - row), column, columns, extra);
        }
    }

    /// <summary>How many elements of one column of the wide rows are in a block of rows.</summary>
    public int Count(int block, int column)
    {
        var row = (long)block * rowsPerTile;
        var last = block == RowBlocks - 1 && column < LastLength ? 1 : 0;
        return (int)Math.Min(rowsPerTile, WideRows - row) + last;
    }

    /// <summary>The index of the first element of a block of rows in one column.</summary>
    public long First(int block, int column) => (long)block * rowsPerTile * Period + column;

    /// <summary>Repeats what stands in the first channels along the whole wide row.</summary>
    public unsafe void Repeat(float* values)
    {
        var source = new ReadOnlySpan<float>(values, Channels);
        for (var i = 1; i < Fold; i++) source.CopyTo(new Span<float>(values + (long)i * Channels, Channels));
    }
}

/// <summary>A piece of a <see cref="ChannelGrid"/>.</summary>
/// <param name="Block">Its place from top to bottom.</param>
/// <param name="Row">The first wide row.</param>
/// <param name="Rows">The number of complete wide rows.</param>
/// <param name="Column">The first column.</param>
/// <param name="Columns">The number of columns, a multiple of the vector.</param>
/// <param name="Extra">The number of columns that the incomplete wide row after the last has in this tile.</param>
internal readonly record struct ChannelTile(int Block, long Row, int Rows, int Column, int Columns, int Extra);
