using System.Runtime.CompilerServices;

namespace ResNetSharp.Cpu;

/// <summary>
/// Rows for few channels: in a padded copy of the source all pixels that a row of taps sees lie side by side, so that a row overlaps the next
/// one and nothing is copied twice. What is read beyond the taps meets weights of zero. Source rows that a strided grid passes over form
/// copies of their own.
/// </summary>
internal sealed unsafe class BandSource : TileSource
{
    readonly byte fill;
    readonly int[] phases;
    readonly Band[] bands;
    readonly int firstColumn;
    readonly int columns;
    readonly int[] taps;
    readonly int bandSteps;
    readonly int firstShift;
    readonly int moreRows;
    readonly int rowPixels;

    public BandSource(TileGrid grid, ImageLayout layout, int channels, int numberBytes, byte fill)
        : base(grid, layout, channels, numberBytes, TapRows(grid).Length * StepsOf((long)Span(grid) * channels * numberBytes))
    {
        this.fill = fill;
        var rows = TapRows(grid);
        firstColumn = grid.Taps.Min(t => t.Column);
        columns = Span(grid);
        bandSteps = StepsOf((long)columns * GroupBytes);
        taps = [.. rows.SelectMany(row => Enumerable.Range(firstColumn, columns), (row, column) => Array.FindIndex(grid.Taps, t => t.Row == row && t.Column == column))];
        var shifts = rows.Select(row => (int)Math.Floor((double)row / grid.SourceStepRow)).ToArray();
        firstShift = shifts.Min();
        moreRows = shifts.Max() - firstShift;
        phases = [.. rows.Select((row, i) => row - shifts[i] * grid.SourceStepRow).Distinct()];
        bands = [.. rows.Select((row, i) => new Band(Array.IndexOf(phases, row - shifts[i] * grid.SourceStepRow), shifts[i] - firstShift))];
        // A row's padding on the left serves as that on the right of the one before.
        var (left, step) = (Math.Max(0, -firstColumn), grid.SourceStepColumn);
        var last = (grid.Columns - 1) * step + columns;
        var pixels = Math.Max(Math.Max(grid.Columns * step, last - left), left + Math.Min(layout.Width, firstColumn + last) - Math.Max(0, firstColumn));
        RowPitch = (pixels + step - 1) / step;
        rowPixels = RowPitch * step;
    }

    public override int RowPitch { get; }

    public override long RowBytes => (long)PositionBytes * phases.Length;

    public override int MostRows => 1024;

    public override int ImageRows(int rows) => rows + moreRows;

    public override long BufferBytes(int images, int rows) => PhaseBytes(images, rows) * phases.Length;

    public override (int Tap, int Channel) Number(int place)
    {
        var (band, inBand) = Math.DivRem(place, bandSteps * TileProductKernel.StepBytes / NumberBytes);
        var (column, channel) = Math.DivRem(inBand, Channels);
        return (column < columns ? taps[band * columns + column] : -1, channel);
    }

    public override void WriteStepOffsets(int images, int rows, int* offsets)
    {
        foreach (var (phase, shift) in bands)
        {
            var first = phase * PhaseBytes(images, rows) + (long)shift * RowPitch * PositionBytes;
            for (var i = 0; i < bandSteps; i++) *offsets++ = checked((int)(first + i * TileProductKernel.StepBytes));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override byte* Prepare(TilePart part, byte* source, int group, byte* buffer, out long pitch)
    {
        pitch = PositionBytes;
        var rowBytes = (long)rowPixels * GroupBytes;
        for (var phase = 0; phase < phases.Length; phase++)
        {
            var to = buffer + phase * PhaseBytes(part.Images, part.Rows);
            var end = to + PhaseBytes(part.Images, part.Rows);
            for (var image = part.FirstImage; image < part.FirstImage + part.Images; image++)
            {
                for (var row = part.FirstRow + firstShift; row < part.FirstRow + firstShift + ImageRows(part.Rows); row++, to += rowBytes)
                {
                    CopyRow(source + image * Layout.ImagePitch * NumberBytes, row * Grid.SourceStepRow + phases[phase], to);
                }
            }
            new Span<byte>(to, checked((int)(end - to))).Fill(fill);
        }
        return buffer;
    }

    /// <summary>Whether pixels hold the channels of one group and no others.</summary>
    public static bool Suits(TileGrid grid, ImageLayout layout, int channels) => channels == layout.PixelPitch && grid.Taps.Length > 0;

    static int[] TapRows(TileGrid grid) => [.. grid.Taps.Select(t => t.Row).Distinct()];

    static int Span(TileGrid grid) => grid.Taps.Max(t => t.Column) - grid.Taps.Min(t => t.Column) + 1;

    /// <summary>Bytes from one grid point to the next.</summary>
    int PositionBytes => Grid.SourceStepColumn * GroupBytes;

    /// <summary>Bytes of a phase, with all that its last tile may read.</summary>
    long PhaseBytes(int images, int rows) => NativeBuffer.Lines(
        ((long)images * ImageRows(rows) * RowPitch + TileProductKernel.BlockRows) * PositionBytes + (bandSteps + 1) * TileProductKernel.StepBytes);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void CopyRow(byte* image, int row, byte* to)
    {
        var left = 0;
        var used = 0;
        if ((uint)row < (uint)Layout.Height)
        {
            left = Math.Clamp(-firstColumn, 0, rowPixels);
            used = Math.Clamp(Layout.Width - Math.Max(0, firstColumn), 0, rowPixels - left);
        }
        new Span<byte>(to, left * GroupBytes).Fill(fill);
        to += left * GroupBytes;
        if (used > 0)
        {
            var from = image + (row * Layout.RowPitch + Math.Max(0, firstColumn) * Layout.PixelPitch) * NumberBytes;
            new Span<byte>(from, used * GroupBytes).CopyTo(new Span<byte>(to, used * GroupBytes));
        }
        new Span<byte>(to + used * GroupBytes, (rowPixels - left - used) * GroupBytes).Fill(fill);
    }

    /// <summary>A row of taps: the phase that it reads, and how many of its rows further down.</summary>
    readonly record struct Band(int Phase, int Shift);
}
