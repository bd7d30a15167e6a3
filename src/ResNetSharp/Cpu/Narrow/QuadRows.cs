using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace ResNetSharp.Cpu;

/// <summary>
/// 8-bit images of up to four channels as rows of words, one for each pixel, with their padding, so that all that a row of the kernel sees of them is
/// one run of memory: a kernel of 7x7 taps with 3 channels each becomes one of 7 taps with 7 words.
/// </summary>
internal sealed unsafe class QuadRows : IParallelBody
{
    const int Quad = 4;

    readonly ConvolutionGeometry geometry;
    readonly uint outside;
    byte* from;
    uint* to;

    /// <param name="geometry">The convolution.</param>
    /// <param name="zero">What stands for zero, and lies beyond the edges.</param>
    public QuadRows(ConvolutionGeometry geometry, int zero)
    {
        this.geometry = geometry;
        outside = (uint)zero * 0x01010101;
        Words = geometry.OfKernelRows(geometry.KernelWidth);
        Layout = new ImageLayout(Words.InHeight, Words.InWidth, geometry.StrideWidth, RowWords, (long)Words.InHeight * RowWords);
    }

    /// <summary>The convolution of such rows, whose channels are words.</summary>
    public ConvolutionGeometry Words { get; }

    /// <summary>How they lie; the pixels of neighbouring results overlap.</summary>
    public ImageLayout Layout { get; }

    /// <summary>Bytes of all rows.</summary>
    public long Bytes => NativeBuffer.Lines(geometry.Batch * Layout.ImagePitch * sizeof(uint));

    int RowWords => geometry.PadLeft + geometry.InWidth + geometry.PadRight;

    /// <summary>Whether a convolution has few channels and a kernel with rows.</summary>
    public static bool Suits(ConvolutionGeometry g) => g is { Groups: 1, DilationWidth: 1, KernelWidth: > 1, InChannels: <= Quad };

    /// <summary>Makes the rows of all images.</summary>
    public void Run(Workers workers, byte* images, byte* rows)
    {
        from = images;
        to = (uint*)rows;
        workers.Run(this, geometry.Batch * Words.InHeight);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void IParallelBody.Execute(int part, int worker)
    {
        var (image, row) = Math.DivRem(part, Words.InHeight);
        var y = row - geometry.PadTop;
        var result = new Span<uint>(to + (long)part * RowWords, RowWords);
        if ((uint)y >= (uint)geometry.InHeight)
        {
            result.Fill(outside);
            return;
        }
        result[..geometry.PadLeft].Fill(outside);
        result[(geometry.PadLeft + geometry.InWidth)..].Fill(outside);
        var pixels = from + ((long)image * geometry.InHeight + y) * geometry.InWidth * geometry.InChannels;
        MoveApart(pixels, to + (long)part * RowWords + geometry.PadLeft);
    }

    /// <summary>What is behind the channels of a pixel meets weights of zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    void MoveApart(byte* pixel, uint* result)
    {
        const int Together = 4;
        var channels = geometry.InChannels;
        var places = Vector128.Create((byte)0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3)
            + Vector128.Create(0u, 0x01010101, 0x02020202, 0x03030303).AsByte() * (byte)channels;
        var x = 0;
        // A register is read for four pixels, whatever they have of it.
        for (; (geometry.InWidth - x) * channels >= Vector128<byte>.Count; x += Together, pixel += Together * channels)
            Vector128.Shuffle(Vector128.Load(pixel), places).AsUInt32().Store(result + x);
        for (; x < geometry.InWidth; x++, pixel += channels)
        {
            var word = 0u;
            for (var c = 0; c < channels; c++) word |= (uint)pixel[c] << 8 * c;
            result[x] = word;
        }
    }
}
