using System.Numerics;
using System.Runtime.CompilerServices;

namespace ResNetSharp.Cpu;

/// <summary>Weights as words of two bfloat16 numbers, for neighbours among the numbers that are summed.</summary>
internal sealed unsafe class BFloat16Words : IParallelBody
{
    /// <summary>Words that a part makes, about.</summary>
    const long PartWords = 1 << 14;

    readonly Func<int, (int First, int Second)>? weightRows;
    readonly int rowLength;
    readonly int rows;
    readonly int rowsOfPart;
    float* weights;
    uint* words;

    /// <param name="words">The convolution of words.</param>
    /// <param name="weightRows">
    /// The two rows of weights that become a row of words, the second -1 for zeros; null for the gradient of the input, whose sums run over
    /// output channels, so that pairs are neighbours in memory.
    /// </param>
    public BFloat16Words(ConvolutionGeometry words, Func<int, (int First, int Second)>? weightRows)
    {
        this.weightRows = weightRows;
        rowLength = words.OutChannels;
        rows = checked((int)(words.WeightLength / rowLength));
        rowsOfPart = (int)Math.Max(1, PartWords / rowLength);
    }

    /// <summary>Bytes of all words.</summary>
    public long Bytes => (long)rows * rowLength * sizeof(uint);

    /// <summary>Rounds all weights.</summary>
    public void Make(Workers workers, float* weights, uint* words)
    {
        this.weights = weights;
        this.words = words;
        workers.Run(this, (rows + rowsOfPart - 1) / rowsOfPart);
    }

    void IParallelBody.Execute(int part, int worker)
    {
        var first = part * rowsOfPart;
        var count = Math.Min(rowsOfPart, rows - first);
        var to = words + (long)first * rowLength;
        if (weightRows is null)
        {
            BFloat16.FromFloat(weights + 2L * first * rowLength, (ushort*)to, 2L * count * rowLength);
            return;
        }
        for (var row = first; row < first + count; row++, to += rowLength)
        {
            var (even, odd) = weightRows(row);
            Join(Row(even), Row(odd), to);
        }
    }

    float* Row(int number) => number < 0 ? null : weights + (long)number * rowLength;

    /// <summary>Makes a row of words; null stands for zeros.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Join(float* even, float* odd, uint* to)
    {
        const int HalfBits = 16;
        var k = 0;
        if (even != null && odd != null)
        {
            for (; k <= rowLength - Vector<uint>.Count; k += Vector<uint>.Count)
                (BFloat16.Upper(Vector.Load((uint*)even + k)) | BFloat16.Upper(Vector.Load((uint*)odd + k)) << HalfBits).Store(to + k);
        }
        for (; k < rowLength; k++)
            to[k] = (even == null ? 0u : BFloat16.FromFloat(even[k])) | (odd == null ? 0u : BFloat16.FromFloat(odd[k])) << HalfBits;
    }
}
