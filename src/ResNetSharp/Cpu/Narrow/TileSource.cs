using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace ResNetSharp.Cpu;

/// <summary>
/// How the pixels of a grid become rows that a <see cref="TileProductKernel"/> can read: rows at a constant pitch, with one step of 64 bytes
/// at the same distance from the start of every row.
/// </summary>
internal abstract unsafe class TileSource(TileGrid grid, ImageLayout layout, int channels, int numberBytes, int numberOfSteps)
{
    /// <summary>Steps of a row.</summary>
    public int Steps { get; } = numberOfSteps;

    /// <summary>Writes the <see cref="TileProductArguments.StepOffsets"/> of parts with some grid rows of some images.</summary>
    public virtual void WriteStepOffsets(int images, int rows, int* offsets)
    {
        for (var i = 0; i < Steps; i++) offsets[i] = i * TileProductKernel.StepBytes;
    }

    /// <summary>Rows of a part, at most.</summary>
    public virtual int MostRows => 512;

    /// <summary>Whether <see cref="Prepare"/> copies.</summary>
    public virtual bool Copies => true;

    /// <summary>Which channel of which tap stands at a place of a row. Where there is none the tap is -1, or the channel is beyond the group's.</summary>
    public abstract (int Tap, int Channel) Number(int place);

    /// <summary>Rows from a grid row to the next, some of which may be dropped.</summary>
    public virtual int RowPitch => Grid.Columns;

    /// <summary>Bytes of a row that are read or copied, to choose how many rows to take at once.</summary>
    public abstract long RowBytes { get; }

    /// <summary>Whether bringing rows into form takes so long that it must not be done for each block of panels.</summary>
    public virtual bool IsComputed => false;

    protected TileGrid Grid { get; } = grid;

    protected ImageLayout Layout { get; } = layout;

    /// <summary>Channels of a group.</summary>
    protected int Channels { get; } = channels;

    protected int NumberBytes { get; } = numberBytes;

    protected int GroupBytes => Channels * NumberBytes;

    /// <summary>Grid rows from one image to the next, where rows of several images are taken together.</summary>
    public virtual int ImageRows(int rows) => rows;

    /// <summary>Bytes of the buffer for <see cref="Prepare"/>.</summary>
    public abstract long BufferBytes(int images, int rows);

    /// <summary>Brings a part of the source into form.</summary>
    /// <param name="part">Which grid rows of which images.</param>
    /// <param name="source">The source's first image.</param>
    /// <param name="group">The group of channels.</param>
    /// <param name="buffer">Memory to put rows into.</param>
    /// <param name="pitch">Bytes from one row to the next.</param>
    /// <returns>The first row.</returns>
    public abstract byte* Prepare(TilePart part, byte* source, int group, byte* buffer, out long pitch);

    /// <summary>The best way for a grid.</summary>
    /// <param name="grid">The grid.</param>
    /// <param name="batch">Images.</param>
    /// <param name="layout">How the source lies in memory.</param>
    /// <param name="channels">Channels of a group.</param>
    /// <param name="numberBytes">Bytes of a number.</param>
    /// <param name="fill">The byte that numbers beyond the edges consist of.</param>
    /// <param name="panels">Panels of a group that each row meets.</param>
    public static TileSource Create(TileGrid grid, int batch, ImageLayout layout, int channels, int numberBytes, byte fill, int panels)
    {
        var bytes = channels * numberBytes;
        var whole = bytes % TileProductKernel.StepBytes == 0;
        if (grid.Taps.Length == 0 || (whole && DirectSource.Suits(grid, layout))) return new DirectSource(grid, batch, layout, channels, numberBytes);
        // Costs of a row, in units of a load or store of 64 bytes: two for each step and panel, and copying, which for short runs costs calls.
        var gatheredSteps = StepsOf((long)grid.Taps.Length * bytes);
        var paddedSteps = grid.Taps.Length * StepsOf(bytes);
        var padded = new PaddedSource(grid, layout, channels, numberBytes, fill, tapsTogether: true);
        var gathered = new GatheredSource(grid, layout, channels, numberBytes, fill);
        var gatheredCost = gatheredSteps * (2.0 * panels + 2) + CallCost * gathered.Runs;
        var paddedCost = 2.0 * paddedSteps * panels * padded.RowPitch / grid.Columns + 2.0 * padded.Phases * StepsOf(bytes);
        if (!whole && BandSource.Suits(grid, layout, channels))
        {
            var band = new BandSource(grid, layout, channels, numberBytes, fill);
            // Rows that start anywhere touch a line more.
            var bandCost = 3.0 * band.Steps * panels * band.RowPitch / grid.Columns + 2;
            if (bandCost < Math.Min(gatheredCost, paddedCost)) return band;
        }
        return gatheredCost < paddedCost ? gathered : padded;
    }

    /// <summary>What it costs to copy a short run.</summary>
    const double CallCost = 20;

    protected static int StepsOf(long bytes) => (int)((bytes + TileProductKernel.StepBytes - 1) / TileProductKernel.StepBytes);

    /// <summary>Rows rounded up to whole tiles.</summary>
    protected static long WholeTiles(long rows) => (rows + TileProductKernel.Side - 1) / TileProductKernel.Side * TileProductKernel.Side;

    /// <summary>Copies a run of bytes that is too short for a call.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    protected static void Copy(byte* from, byte* to, long count)
    {
        if (count >= 32)
        {
            for (var i = 0L; i <= count - 32; i += 32) Vector256.Load(from + i).Store(to + i);
            Vector256.Load(from + count - 32).Store(to + count - 32);
            return;
        }
        if (count >= 16)
        {
            var last = Vector128.Load(from + count - 16);
            Vector128.Load(from).Store(to);
            last.Store(to + count - 16);
            return;
        }
        for (var i = 0L; i < count; i++) to[i] = from[i];
    }
}

/// <summary>Grid rows of one or more images that are computed together.</summary>
internal readonly record struct TilePart(int FirstImage, int Images, int FirstRow, int Rows);

/// <summary>Rows straight from the image, for kernels of one tap that move over it pixel by pixel.</summary>
internal sealed unsafe class DirectSource : TileSource
{
    readonly long pixels;

    public DirectSource(TileGrid grid, int batch, ImageLayout layout, int channels, int numberBytes)
        : base(grid, layout, channels, numberBytes, grid.Taps.Length * StepsOf(channels * numberBytes))
    {
        pixels = (long)batch * layout.Height * layout.Width;
    }

    public override long RowBytes => GroupBytes;

    public override bool Copies => false;

    public override (int Tap, int Channel) Number(int place) => (0, place);

    public static bool Suits(TileGrid grid, ImageLayout layout) =>
        grid.Taps is [{ Row: 0, Column: 0 }] && grid.SourceStepRow == 1 && grid.SourceStepColumn == 1
        && grid.Rows == layout.Height && grid.Columns == layout.Width;

    public override long BufferBytes(int images, int rows) => WholeTiles((long)images * rows * Grid.Columns) * GroupBytes;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override byte* Prepare(TilePart part, byte* source, int group, byte* buffer, out long pitch)
    {
        pitch = Layout.PixelPitch * NumberBytes;
        if (Steps == 0) return source;
        var first = ((long)part.FirstImage * Layout.Height + part.FirstRow) * Layout.Width;
        var count = (long)part.Images * part.Rows * Layout.Width;
        var from = source + first * pitch + group * GroupBytes;
        if (first + WholeTiles(count) <= pixels) return from;
        // The last tile would read beyond the end of the source.
        for (var i = 0L; i < count; i++) Copy(from + i * pitch, buffer + i * GroupBytes, GroupBytes);
        pitch = GroupBytes;
        return buffer;
    }
}
