using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace ResNetSharp.Cpu;

/// <summary>Rows from a copy of the source with padding around it; see <see cref="PhaseLayout"/>. The rows in the gaps are dropped.</summary>
internal sealed unsafe class PaddedSource : TileSource
{
    readonly PhaseLayout phases;
    readonly byte fill;
    readonly int pixelBytes;

    public PaddedSource(TileGrid grid, ImageLayout layout, int channels, int numberBytes, byte fill)
        : base(grid, layout, channels, numberBytes, grid.Taps.Length * StepsOf(channels * numberBytes))
    {
        this.fill = fill;
        pixelBytes = StepsOf(channels * numberBytes) * TileProductKernel.StepBytes;
        phases = new PhaseLayout(grid, layout);
    }

    public override int ChannelPitch => pixelBytes / NumberBytes;

    public override int RowPitch => phases.Pitch;

    public override long RowBytes => (long)pixelBytes * phases.Phases.Length;

    /// <summary>Copies of a quarter of the image, and the like.</summary>
    public int Phases => phases.Phases.Length;

    public override int ImageRows(int rows) => rows == Grid.Rows ? phases.ImageRows : rows + phases.MoreRows;

    public override long BufferBytes(int images, int rows) => PhaseBytes(images, rows) * Phases;

    long PhaseBytes(int images, int rows) => phases.Positions(images, ImageRows(rows), TileProductKernel.BlockRows) * pixelBytes;

    public override void WriteStepOffsets(int images, int rows, int* offsets)
    {
        var steps = pixelBytes / TileProductKernel.StepBytes;
        foreach (var (phase, positions) in phases.Shifts)
        {
            for (var i = 0; i < steps; i++) *offsets++ = checked((int)(phase * PhaseBytes(images, rows) + (long)positions * pixelBytes + i * TileProductKernel.StepBytes));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override byte* Prepare(TilePart part, byte* source, int group, byte* buffer, out long pitch)
    {
        pitch = pixelBytes;
        for (var phase = 0; phase < Phases; phase++)
        {
            var to = buffer + phase * PhaseBytes(part.Images, part.Rows);
            Fill(to, phases.Gap);
            to += phases.Gap * pixelBytes;
            for (var image = part.FirstImage; image < part.FirstImage + part.Images; image++)
            {
                var from = source + image * Layout.ImagePitch * NumberBytes + group * GroupBytes;
                for (var row = 0; row < ImageRows(part.Rows); row++, to += phases.Pitch * pixelBytes)
                {
                    CopyRow(phase, from, phases.SourceRow(phase, part.FirstRow + phases.FirstShift + row), to);
                }
            }
            // The last row's right padding, where a tap reads on beyond it, and all that a last tile may read.
            Fill(to, (int)((buffer + (phase + 1) * PhaseBytes(part.Images, part.Rows) - to) / pixelBytes));
        }
        return buffer;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void CopyRow(int phase, byte* image, int row, byte* to)
    {
        var width = row < 0 ? 0 : phases.Widths[phase];
        if (width > 0)
        {
            var from = image + (row * Layout.RowPitch + phases.Phases[phase].Column * Layout.PixelPitch) * NumberBytes;
            var step = Grid.SourceStepColumn * Layout.PixelPitch * NumberBytes;
            if (step == pixelBytes) Buffer.MemoryCopy(from, to, (long)width * pixelBytes, (long)width * pixelBytes);
            else CopyPixels(from, step, to, width);
        }
        Fill(to + (long)width * pixelBytes, phases.Pitch - width);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void CopyPixels(byte* from, long step, byte* to, int count)
    {
        var rest = pixelBytes > GroupBytes;
        for (var i = 0; i < count; i++, from += step, to += pixelBytes)
        {
            if (rest) Vector512<byte>.Zero.Store(to + pixelBytes - TileProductKernel.StepBytes);
            Copy(from, to, GroupBytes);
        }
    }

    void Fill(byte* to, int pixels) => new Span<byte>(to, checked(pixels * pixelBytes)).Fill(fill);
}
