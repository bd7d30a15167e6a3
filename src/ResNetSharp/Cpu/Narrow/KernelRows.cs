using System.Runtime.CompilerServices;

namespace ResNetSharp.Cpu;

/// <summary>
/// Images of few channels as rows of 16-bit numbers with their padding, so that all that a row of the kernel sees of them is one run of memory: a
/// kernel of 7x7 taps with 3 channels each becomes one of 7 taps with 11 words.
/// </summary>
/// <typeparam name="TNumber">What the images consist of: 8-bit numbers, which are widened, or bfloat16 as <see cref="ushort"/>.</typeparam>
internal sealed unsafe class KernelRows<TNumber> : IParallelBody where TNumber : unmanaged
{
    const int MostChannels = 4;

    readonly ConvolutionGeometry geometry;
    readonly int zero;
    readonly int channels;
    readonly int rowNumbers;
    readonly long pixelPitch;
    TNumber* from;
    short* to;

    /// <param name="geometry">The convolution.</param>
    /// <param name="zero">What is subtracted from each 8-bit number.</param>
    public KernelRows(ConvolutionGeometry geometry, int zero = 0)
    {
        (this.geometry, this.zero) = (geometry, zero);
        pixelPitch = geometry.InputLayout.PixelPitch;
        // Runs have to begin with a word.
        channels = geometry.StrideWidth * geometry.InChannels % 2 == 0 ? geometry.InChannels : geometry.InChannels + 1;
        var taps = geometry.KernelWidth * channels;
        // An odd run is read with one number more, which meets a weight of zero.
        var numbers = (geometry.InWidth + geometry.PadLeft + geometry.PadRight) * channels + taps % 2;
        rowNumbers = numbers + numbers % 2;
        Words = geometry.OfKernelRows((taps + 1) / 2);
        var (step, row) = (geometry.StrideWidth * channels / 2, rowNumbers / 2);
        Layout = new ImageLayout(Words.InHeight, Words.InWidth, step, row, (long)Words.InHeight * row);
    }

    /// <summary>The convolution of such rows, whose channels are words.</summary>
    public ConvolutionGeometry Words { get; }

    /// <summary>How they lie; the pixels of neighbouring results overlap.</summary>
    public ImageLayout Layout { get; }

    /// <summary>Whether a convolution has few channels and a kernel with rows.</summary>
    public static bool Suits(ConvolutionGeometry g) => g is { Groups: 1, DilationWidth: 1, KernelWidth: > 1, InChannels: <= MostChannels };

    /// <summary>Bytes of all rows.</summary>
    public long Bytes => NativeBuffer.Lines(geometry.Batch * Layout.ImagePitch * sizeof(float));

    /// <summary>Makes the rows of all images.</summary>
    public void Run(Workers workers, TNumber* images, float* rows)
    {
        from = images;
        to = (short*)rows;
        workers.Run(this, geometry.Batch * Words.InHeight);
    }

    /// <summary>See <see cref="WidenedPixels.WeightRows"/>; what counts as a tap is a row of the kernel.</summary>
    public (int First, int Second) WeightRows(int row)
    {
        var (kernelRow, word) = Math.DivRem(row, Words.InChannels);
        return (Number(2 * word), Number(2 * word + 1));

        int Number(int place)
        {
            var (column, channel) = Math.DivRem(place, channels);
            return column < geometry.KernelWidth && channel < geometry.InChannels ? (kernelRow * geometry.KernelWidth + column) * geometry.InChannels + channel : -1;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void IParallelBody.Execute(int part, int worker)
    {
        var (image, row) = Math.DivRem(part, Words.InHeight);
        var y = row - geometry.PadTop;
        var result = to + (long)part * rowNumbers;
        var left = geometry.PadLeft * channels;
        if ((uint)y >= (uint)geometry.InHeight)
        {
            new Span<short>(result, rowNumbers).Clear();
            return;
        }
        var pixels = from + ((long)image * geometry.InHeight + y) * geometry.InWidth * pixelPitch;
        new Span<short>(result, left).Clear();
        if (channels != geometry.InChannels || channels != pixelPitch) MoveApart(pixels, result + left);
        else if (typeof(TNumber) == typeof(byte)) WidenedPixels.Widen((byte*)pixels, geometry.InWidth * channels, zero, result + left);
        else new Span<short>(pixels, geometry.InWidth * channels).CopyTo(new Span<short>(result + left, geometry.InWidth * channels));
        var end = left + geometry.InWidth * channels;
        new Span<short>(result + end, rowNumbers - end).Clear();
    }

    /// <summary>Pixel by pixel, with a zero behind those of an odd number of channels.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    void MoveApart(TNumber* pixel, short* result)
    {
        for (var x = 0; x < geometry.InWidth; x++, pixel += pixelPitch)
        {
            for (var c = 0; c < geometry.InChannels; c++) *result++ = typeof(TNumber) == typeof(byte) ? (short)(((byte*)pixel)[c] - zero) : ((short*)pixel)[c];
            if (channels > geometry.InChannels) *result++ = 0;
        }
    }
}
