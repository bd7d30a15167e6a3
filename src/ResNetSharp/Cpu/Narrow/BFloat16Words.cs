using System.Numerics;
using System.Runtime.CompilerServices;

namespace ResNetSharp.Cpu;

/// <summary>
/// Weights as words of two bfloat16 numbers, for neighbours among the channels that are summed. An odd number of input channels gets zeros
/// behind it.
/// </summary>
internal sealed unsafe class BFloat16Words : IParallelBody
{
    /// <summary>Words that a part makes, about.</summary>
    const long PartWords = 1 << 14;

    readonly bool transposed;
    readonly int groupChannels;
    readonly int groupWords;
    readonly int rowLength;
    readonly long rows;
    readonly long rowsOfPart;
    float* weights;
    uint* words;

    /// <param name="geometry">The convolution.</param>
    /// <param name="transposed">Whether sums run over output channels, so that pairs are neighbours in memory, or over input channels.</param>
    public BFloat16Words(ConvolutionGeometry geometry, bool transposed)
    {
        this.transposed = transposed;
        Words = transposed
            ? geometry with { OutChannels = geometry.OutChannels / 2, OutputPitch = geometry.OutputPitch / 2 }
            : geometry with { InChannels = (geometry.GroupInChannels + 1) / 2 * geometry.Groups, InputPitch = geometry.InputPitch / 2 };
        (groupChannels, groupWords) = (geometry.GroupInChannels, Words.GroupInChannels);
        rowLength = Words.OutChannels;
        rows = Words.WeightLength / rowLength;
        rowsOfPart = Math.Max(1, PartWords / rowLength);
    }

    /// <summary>The convolution with words for channels that are summed.</summary>
    public ConvolutionGeometry Words { get; }

    /// <summary>Bytes of all words.</summary>
    public long Bytes => Words.WeightLength * sizeof(uint);

    /// <summary>Rounds all weights.</summary>
    public void Make(Workers workers, float* weights, uint* words)
    {
        this.weights = weights;
        this.words = words;
        workers.Run(this, (int)((rows + rowsOfPart - 1) / rowsOfPart));
    }

    void IParallelBody.Execute(int part, int worker)
    {
        var first = part * rowsOfPart;
        var count = Math.Min(rowsOfPart, rows - first);
        var to = words + first * rowLength;
        if (transposed)
        {
            BFloat16.FromFloat(weights + 2 * first * rowLength, (ushort*)to, 2 * count * rowLength);
            return;
        }
        for (var row = first; row < first + count; row++, to += rowLength)
        {
            var (tap, word) = Math.DivRem(row, groupWords);
            var even = weights + (tap * groupChannels + 2 * word) * rowLength;
            if (2 * word + 1 < groupChannels) Join(even, even + rowLength, to);
            else for (var k = 0; k < rowLength; k++) to[k] = BFloat16.FromFloat(even[k]);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Join(float* even, float* odd, uint* to)
    {
        const int HalfBits = 16;
        var k = 0;
        for (; k <= rowLength - Vector<uint>.Count; k += Vector<uint>.Count)
            (BFloat16.Upper(Vector.Load((uint*)even + k)) | BFloat16.Upper(Vector.Load((uint*)odd + k)) << HalfBits).Store(to + k);
        for (; k < rowLength; k++) to[k] = BFloat16.FromFloat(even[k]) | (uint)BFloat16.FromFloat(odd[k]) << HalfBits;
    }
}
