using System.Runtime.CompilerServices;

namespace ResNetSharp.Cpu;

/// <summary>Copies images of bfloat16 pixels so that each consists of whole words of two numbers; a zero follows an odd number of channels.</summary>
internal sealed unsafe class PairedPixels(ConvolutionGeometry geometry) : IParallelBody
{
    const long PartPixels = 2048;

    readonly long pixels = (long)geometry.Batch * geometry.InHeight * geometry.InWidth;
    readonly long pitch = geometry.InputLayout.PixelPitch;
    readonly int channels = geometry.InChannels;
    ushort* from;
    uint* to;

    int Words => (channels + 1) / 2;

    /// <summary>Bytes of the copy.</summary>
    public long Bytes => NativeBuffer.Lines(pixels * Words * sizeof(uint));

    /// <summary>The rows of weights that become one of words; the second is -1 for zeros.</summary>
    /// <param name="groupChannels">Channels of a group.</param>
    /// <param name="row">The number of the row of words: that of the tap, then that of the word in its group.</param>
    public static (int First, int Second) WeightRows(int groupChannels, int row)
    {
        var (tap, word) = Math.DivRem(row, (groupChannels + 1) / 2);
        var first = tap * groupChannels + 2 * word;
        return (first, 2 * word + 1 < groupChannels ? first + 1 : -1);
    }

    /// <summary>Copies.</summary>
    public void Run(Workers workers, ushort* from, uint* to)
    {
        this.from = from;
        this.to = to;
        workers.Run(this, checked((int)((pixels + PartPixels - 1) / PartPixels)));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void IParallelBody.Execute(int part, int worker)
    {
        var first = part * PartPixels;
        var (pairs, words, step) = (channels / 2, Words, pitch);
        var pixel = from + first * step;
        var copy = to + first * words;
        for (var count = Math.Min(PartPixels, pixels - first); count > 0; count--, pixel += step, copy += words)
        {
            for (var i = 0; i < pairs; i++) copy[i] = *(uint*)(pixel + 2 * i);
            if (words > pairs) copy[pairs] = pixel[2 * pairs];
        }
    }
}
