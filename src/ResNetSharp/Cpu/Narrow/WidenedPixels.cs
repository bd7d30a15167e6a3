using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace ResNetSharp.Cpu;

/// <summary>
/// Pixels of unsigned 8-bit numbers as words of two 16-bit ones, their zero point subtracted. A group of an odd number of channels gets a
/// zero behind it.
/// </summary>
internal sealed unsafe class WidenedPixels(int groups, int groupChannels, int zero) : PixelPreparation, IParallelBody
{
    const int PartPixels = 512;

    /// <summary>Words of a group.</summary>
    public int GroupWords { get; } = (groupChannels + 1) / 2;

    /// <summary>Words of a pixel.</summary>
    public int Words => groups * GroupWords;

    byte* from;
    float* to;
    long pitch;
    long pixels;

    /// <summary>Widens whole images.</summary>
    public void Run(Workers workers, byte* images, long pixels, float* to, long pitch)
    {
        from = images;
        this.to = to;
        this.pitch = pitch;
        this.pixels = pixels;
        workers.Run(this, checked((int)((pixels + PartPixels - 1) / PartPixels)));
    }

    /// <summary>The rows of weights that become the words of one of the rows of words.</summary>
    /// <param name="row">The number of the row: that of the tap, then that of the word in its group.</param>
    /// <returns>The numbers of both rows of weights, or -1 for zeros: that of the tap, then that of the channel in its group.</returns>
    public (int First, int Second) WeightRows(int row) => PairedPixels.WeightRows(groupChannels, row);

    void IParallelBody.Execute(int part, int worker)
    {
        var first = (long)part * PartPixels;
        Apply(from, first, Math.Min(PartPixels, pixels - first), to + first * pitch, pitch);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Apply(void* images, long first, long count, float* to, long pitch)
    {
        var channels = groups * groupChannels;
        var pixel = (byte*)images + first * channels;
        for (; count > 0; count--, pixel += channels, to += pitch)
        {
            if (groups == 1 || groupChannels % 2 == 0) Widen(pixel, channels, zero, (short*)to);
            else for (var g = 0; g < groups; g++) Widen(pixel + g * groupChannels, groupChannels, zero, (short*)(to + g * GroupWords));
        }
    }

    /// <summary>Widens a run of numbers to whole words.</summary>
    /// <param name="from">The first.</param>
    /// <param name="count">How many.</param>
    /// <param name="zero">What is subtracted from each.</param>
    /// <param name="to">Where they go; a zero follows an odd count.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Widen(byte* from, int count, int zero, short* to)
    {
        var i = 0;
        if (Avx2.IsSupported)
        {
            var zeros = Vector256.Create((short)zero);
            for (; i <= count - Vector256<short>.Count; i += Vector256<short>.Count) (Avx2.ConvertToVector256Int16(from + i) - zeros).Store(to + i);
        }
        for (; i < count; i++) to[i] = (short)(from[i] - zero);
        if (count % 2 != 0) to[i] = 0;
    }
}
