namespace ResNetSharp.Cpu;

/// <summary>How a batch of channels-last images lies in memory; pitches in numbers.</summary>
internal readonly record struct ImageLayout(int Height, int Width, long PixelPitch, long RowPitch, long ImagePitch)
{
    /// <summary>Images without gaps.</summary>
    public static ImageLayout Dense(int height, int width, int channels) =>
        new(height, width, channels, (long)width * channels, (long)height * width * channels);
}

/// <summary>One pixel of the source that goes into a pixel of the destination.</summary>
/// <param name="Row">Rows below the grid point's own source row.</param>
/// <param name="Column">Columns right of it.</param>
/// <param name="Kernel">The kernel position whose weights belong to it.</param>
internal readonly record struct Tap(int Row, int Column, int Kernel);

/// <summary>
/// A regular grid of destination pixels that are all computed from the same taps. A forward convolution has one; the gradient of a
/// strided one has several, for pixels in different places relative to the stride meet different weights.
/// </summary>
/// <param name="Rows">Grid points down.</param>
/// <param name="Columns">Grid points across.</param>
/// <param name="SourceStepRow">Source rows from one grid point to the next.</param>
/// <param name="SourceStepColumn">Source columns from one grid point to the next.</param>
/// <param name="FirstRow">Destination row of the first grid point.</param>
/// <param name="FirstColumn">Destination column of the first grid point.</param>
/// <param name="StepRow">Destination rows from one grid point to the next.</param>
/// <param name="StepColumn">Destination columns from one grid point to the next.</param>
/// <param name="Taps">The source pixels of each grid point.</param>
internal sealed record TileGrid(
    int Rows, int Columns, int SourceStepRow, int SourceStepColumn, int FirstRow, int FirstColumn, int StepRow, int StepColumn, Tap[] Taps)
{
    /// <summary>Grid points of one image.</summary>
    public int Points => Rows * Columns;

    /// <summary>The grid of a forward convolution.</summary>
    public static TileGrid[] Forward(ConvolutionGeometry g)
    {
        var taps = new Tap[g.Taps];
        for (var t = 0; t < taps.Length; t++)
        {
            taps[t] = new Tap(
                t / g.KernelWidth * g.DilationHeight - g.PadTop, t % g.KernelWidth * g.DilationWidth - g.PadLeft, t);
        }
        return [new TileGrid(g.OutHeight, g.OutWidth, g.StrideHeight, g.StrideWidth, 0, 0, 1, 1, taps)];
    }

    /// <summary>
    /// The grids of the input's gradient: input row y = a + stride i takes from output row (y + padding - k dilation) / stride for every
    /// kernel row k where that is a whole number, which depends on a alone. Columns alike.
    /// </summary>
    public static TileGrid[] Backward(ConvolutionGeometry g)
    {
        var grids = new List<TileGrid>();
        for (var a = 0; a < Math.Min(g.StrideHeight, g.InHeight); a++)
        {
            var rows = Shifts(a, g.PadTop, g.KernelHeight, g.DilationHeight, g.StrideHeight);
            for (var b = 0; b < Math.Min(g.StrideWidth, g.InWidth); b++)
            {
                var columns = Shifts(b, g.PadLeft, g.KernelWidth, g.DilationWidth, g.StrideWidth);
                var taps = from r in rows from c in columns select new Tap(r.Shift, c.Shift, r.Kernel * g.KernelWidth + c.Kernel);
                grids.Add(new TileGrid(
                    Count(g.InHeight, a, g.StrideHeight), Count(g.InWidth, b, g.StrideWidth), 1, 1,
                    a, b, g.StrideHeight, g.StrideWidth, [.. taps]));
            }
        }
        return [.. grids];
    }

    static int Count(int size, int first, int step) => (size - first + step - 1) / step;

    static List<(int Kernel, int Shift)> Shifts(int first, int padding, int kernel, int dilation, int stride)
    {
        var shifts = new List<(int, int)>();
        for (var k = 0; k < kernel; k++)
        {
            var position = first + padding - k * dilation;
            if (position % stride == 0) shifts.Add((k, position / stride));
        }
        return shifts;
    }
}
