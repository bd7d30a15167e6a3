using System.Runtime.CompilerServices;

namespace ResNetSharp.Cpu;

/// <summary>
/// Convolutions whose groups are so narrow that a register holds several. Lane l of the source, multiplied with a register of weights, is
/// added to sum number r as the part that belongs to lane l xor r of the result, for each r below the width of a group: every
/// multiplication counts, and lanes move but once, when the sums are finished. There is little arithmetic for each byte, so memory is
/// read and written in the order in which it lies, and bands of an image are brought into register-wide planes between.
/// </summary>
internal static unsafe class NarrowGroups
{
    const int MaxTaps = 25;

    /// <summary>Whether a convolution is one.</summary>
    public static bool Suits(ConvolutionGeometry g, InstructionSet set) => Suits(g, set, TileKernel.Lanes(set) / 2);

    /// <summary>Whether a convolution is one, or has groups that fill a register of AVX2, for which planes are faster than tables of distances too, but for weight gradients.</summary>
    public static bool SuitsPlanes(ConvolutionGeometry g, InstructionSet set) => Suits(g, set, set == InstructionSet.Avx2 ? TileKernel.Lanes(set) : TileKernel.Lanes(set) / 2);

    static bool Suits(ConvolutionGeometry g, InstructionSet set, int mostChannels) =>
        set != InstructionSet.Portable && g.Groups > 1 && g.InChannels == g.OutChannels && g.Taps <= MaxTaps
        && int.IsPow2(g.GroupInChannels) && g.GroupInChannels <= mostChannels;

    /// <summary>Brings a part of an image into planes of as many channels as a register has lanes; zeros stand for what is outside.</summary>
    /// <param name="image">The image.</param>
    /// <param name="layout">How it lies in memory.</param>
    /// <param name="window">The part.</param>
    /// <param name="channels">Channels of a pixel.</param>
    /// <param name="lanes">Lanes of a register.</param>
    /// <param name="planes">For each register of channels, row and column its lanes, in single precision.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Pack<TNumber>(TNumber* image, in ImageLayout layout, in PixelWindow window, int channels, int lanes, float* planes)
        where TNumber : unmanaged
    {
        var pitch = (long)window.Rows * window.Columns * lanes;
        var (first, end) = (Math.Clamp(-window.Left, 0, window.Columns), Math.Clamp(layout.Width - window.Left, 0, window.Columns));
        for (var y = 0; y < window.Rows; y++, planes += window.Columns * lanes)
        {
            var inside = (uint)(window.Top + y) < (uint)layout.Height && first < end;
            for (var plane = 0; plane * lanes < channels; plane++)
            {
                var row = planes + plane * pitch;
                new Span<float>(row, (inside ? first : window.Columns) * lanes).Clear();
                if (inside) new Span<float>(row + end * lanes, (window.Columns - end) * lanes).Clear();
            }
            if (!inside) continue;
            var pixel = image + (window.Top + y) * layout.RowPitch + (window.Left + first) * layout.PixelPitch;
            for (var x = first; x < end; x++, pixel += layout.PixelPitch)
            {
                if (lanes == Register512.Lanes) Split<Register512, TNumber>(pixel, channels, planes + x * lanes, pitch);
                else Split<Register256, TNumber>(pixel, channels, planes + x * lanes, pitch);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Split<T, TNumber>(TNumber* pixel, int channels, float* to, long pitch) where T : unmanaged, IRegister<T> where TNumber : unmanaged
    {
        var c = 0;
        for (; c <= channels - T.Lanes; c += T.Lanes, to += pitch) T.Load(pixel + c).Store(to);
        if (c == channels) return;
        for (var lane = 0; lane < T.Lanes; lane++) to[lane] = c + lane < channels ? Lanes.Number(pixel[c + lane]) : 0;
    }
}

/// <summary>A rectangle of pixels, parts of which may be outside the image.</summary>
internal readonly record struct PixelWindow(int Top, int Left, int Rows, int Columns);
