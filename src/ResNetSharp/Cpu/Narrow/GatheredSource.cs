using System.Runtime.CompilerServices;

namespace ResNetSharp.Cpu;

/// <summary>Rows that hold copies of all that a grid point needs, tap after tap: no row is wasted, and few channels fill their steps.</summary>
internal sealed unsafe class GatheredSource : TileSource
{
    readonly byte fill;
    readonly Run[] runs;

    public GatheredSource(TileGrid grid, ImageLayout layout, int channels, int numberBytes, byte fill)
        : base(grid, layout, channels, numberBytes, StepsOf((long)grid.Taps.Length * channels * numberBytes))
    {
        this.fill = fill;
        runs = [.. MakeRuns(grid, contiguous: channels == layout.PixelPitch)];
    }

    public override (int Tap, int Channel) Number(int place)
    {
        var (tap, channel) = Math.DivRem(place, Channels);
        return (tap < Grid.Taps.Length ? tap : -1, channel);
    }

    /// <summary>Pieces that are copied for a row.</summary>
    public int Runs => runs.Length;

    public override long RowBytes => (long)Steps * TileProductKernel.StepBytes;

    public override long BufferBytes(int images, int rows) => WholeTiles((long)images * rows * Grid.Columns) * RowBytes;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override byte* Prepare(TilePart part, byte* source, int group, byte* buffer, out long pitch)
    {
        pitch = RowBytes;
        var to = buffer;
        var used = Grid.Taps.Length * GroupBytes;
        for (var image = part.FirstImage; image < part.FirstImage + part.Images; image++)
        {
            var from = source + image * Layout.ImagePitch * NumberBytes + group * GroupBytes;
            for (var row = part.FirstRow; row < part.FirstRow + part.Rows; row++)
            {
                for (var column = 0; column < Grid.Columns; column++, to += pitch)
                {
                    foreach (var run in runs) Gather(run, from, row, column, to);
                    new Span<byte>(to + used, (int)pitch - used).Clear();
                }
            }
        }
        return buffer;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    void Gather(Run run, byte* image, int row, int column, byte* to)
    {
        to += run.Start * GroupBytes;
        row = row * Grid.SourceStepRow + run.Row;
        column = column * Grid.SourceStepColumn + run.Column;
        if ((uint)row >= (uint)Layout.Height)
        {
            new Span<byte>(to, run.Taps * GroupBytes).Fill(fill);
            return;
        }
        var first = Math.Clamp(-column, 0, run.Taps);
        var last = Math.Clamp(Layout.Width - column, first, run.Taps);
        if (first > 0) new Span<byte>(to, first * GroupBytes).Fill(fill);
        if (last < run.Taps) new Span<byte>(to + last * GroupBytes, (run.Taps - last) * GroupBytes).Fill(fill);
        if (last > first)
        {
            Copy(image + (row * Layout.RowPitch + (column + first) * Layout.PixelPitch) * NumberBytes, to + first * GroupBytes, (long)(last - first) * GroupBytes);
        }
    }

    /// <summary>Taps that lie side by side in the image, and in the sum, are copied together.</summary>
    static IEnumerable<Run> MakeRuns(TileGrid grid, bool contiguous)
    {
        for (var t = 0; t < grid.Taps.Length;)
        {
            var count = 1;
            while (contiguous && t + count < grid.Taps.Length && grid.Taps[t + count].Row == grid.Taps[t].Row
                && grid.Taps[t + count].Column == grid.Taps[t].Column + count)
            {
                count++;
            }
            yield return new Run(grid.Taps[t].Row, grid.Taps[t].Column, count, t);
            t += count;
        }
    }

    readonly record struct Run(int Row, int Column, int Taps, int Start);
}
