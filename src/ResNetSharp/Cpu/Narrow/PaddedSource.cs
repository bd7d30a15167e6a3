using System.Runtime.CompilerServices;

namespace ResNetSharp.Cpu;

/// <summary>Rows from a copy of the source with padding around it; see <see cref="PhaseLayout"/>. The rows in the gaps are dropped.</summary>
internal sealed unsafe class PaddedSource : TileSource
{
    /// <summary>Pixels of as many cache lines fall into too few sets of the cache.</summary>
    const int CrowdedSteps = 8;

    readonly PhaseLayout phases;
    readonly byte fill;
    readonly bool tapsTogether;
    readonly int pixelSteps;
    readonly int pixelBytes;

    /// <summary>Chooses the layout.</summary>
    /// <param name="grid">The grid.</param>
    /// <param name="layout">How the source lies in memory.</param>
    /// <param name="channels">Channels of a group.</param>
    /// <param name="numberBytes">Bytes of a number.</param>
    /// <param name="fill">The byte that the padding consists of.</param>
    /// <param name="tapsTogether">
    /// Whether a step's channels are taken from all taps, which overlap, before the next channels, so that they are in the first-level cache;
    /// pixels then lie at a distance that spreads them over its sets. Otherwise all channels of a tap come before the next tap, without gaps.
    /// </param>
    public PaddedSource(TileGrid grid, ImageLayout layout, int channels, int numberBytes, byte fill, bool tapsTogether = false)
        : base(grid, layout, channels, numberBytes, grid.Taps.Length * StepsOf(channels * numberBytes))
    {
        this.fill = fill;
        this.tapsTogether = tapsTogether;
        pixelSteps = StepsOf(channels * numberBytes);
        pixelBytes = (tapsTogether && pixelSteps >= CrowdedSteps ? pixelSteps | 1 : pixelSteps) * TileProductKernel.StepBytes;
        phases = new PhaseLayout(grid, layout);
    }

    public override (int Tap, int Channel) Number(int place)
    {
        var (step, number) = Math.DivRem(place, TileProductKernel.StepBytes / NumberBytes);
        var (tap, pixelStep) = tapsTogether ? (step % Grid.Taps.Length, step / Grid.Taps.Length) : Math.DivRem(step, pixelSteps);
        return (tap, pixelStep * TileProductKernel.StepBytes / NumberBytes + number);
    }

    public override int RowPitch => phases.Pitch;

    public override long RowBytes => (long)pixelBytes * phases.Phases.Length;

    /// <summary>Copies of a quarter of the image, and the like.</summary>
    public int Phases => phases.Phases.Length;

    public override int ImageRows(int rows) => rows == Grid.Rows ? phases.ImageRows : rows + phases.MoreRows;

    public override long BufferBytes(int images, int rows) => PhaseBytes(images, rows) * Phases;

    long PhaseBytes(int images, int rows) => phases.Positions(images, ImageRows(rows), TileProductKernel.BlockRows) * pixelBytes;

    public override void WriteStepOffsets(int images, int rows, int* offsets)
    {
        for (var step = 0; step < Steps; step++)
        {
            var (tap, channel) = Number(step * TileProductKernel.StepBytes / NumberBytes);
            var (phase, positions) = phases.Shifts[tap];
            offsets[step] = checked((int)(phase * PhaseBytes(images, rows) + (long)positions * pixelBytes + channel * NumberBytes));
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
        var rest = pixelSteps * TileProductKernel.StepBytes - GroupBytes;
        for (var i = 0; i < count; i++, from += step, to += pixelBytes)
        {
            Copy(from, to, GroupBytes);
            if (rest > 0) new Span<byte>(to + GroupBytes, rest).Clear();
        }
    }

    void Fill(byte* to, int pixels) => new Span<byte>(to, checked(pixels * pixelBytes)).Fill(fill);
}
