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

    /// <summary>Brings weights into pairs.</summary>
    /// <param name="weights">(taps, input channels / groups, output channels).</param>
    /// <param name="geometry">The convolution of words.</param>
    /// <param name="pairs">(taps, words / groups, output channels) words, cleared before.</param>
    public void Pair(sbyte* weights, ConvolutionGeometry geometry, short* pairs)
    {
        var results = geometry.OutChannels;
        for (var word = 0L; word < (long)geometry.Taps * GroupWords; word++, pairs += 2L * results)
        {
            for (var half = 0; half < 2 && 2 * (word % GroupWords) + half < groupChannels; half++, weights += results)
                for (var k = 0; k < results; k++) pairs[2 * k + half] = weights[k];
        }
    }

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
            if (groups == 1 || groupChannels % 2 == 0) Widen(pixel, channels, (short*)to);
            else for (var g = 0; g < groups; g++) Widen(pixel + g * groupChannels, groupChannels, (short*)(to + g * GroupWords));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    void Widen(byte* from, int channels, short* to)
    {
        var c = 0;
        if (Avx2.IsSupported)
        {
            var zeros = Vector256.Create((short)zero);
            for (; c <= channels - Vector256<short>.Count; c += Vector256<short>.Count) (Avx2.ConvertToVector256Int16(from + c) - zeros).Store(to + c);
        }
        for (; c < channels; c++) to[c] = (short)(from[c] - zero);
        if (channels % 2 != 0) to[c] = 0;
    }
}
