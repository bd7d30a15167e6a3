using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace ResNetSharp.Cpu;

/// <summary>8-bit weights as words of two 16-bit numbers, for an <see cref="Int8PairEngine"/>.</summary>
/// <param name="weights">(taps, input channels / groups, output channels).</param>
/// <param name="words">The convolution of words.</param>
/// <param name="weightRows">The two rows of weights that become a row of words, or -1 for zeros.</param>
internal sealed unsafe class PairedWeights(sbyte* weights, ConvolutionGeometry words, Func<int, (int First, int Second)> weightRows) : IParallelBody
{
    readonly NativeBuffer result = new(words.WeightLength * sizeof(int));
    readonly NativeBuffer zeros = new(words.OutChannels);

    /// <summary>(taps, words / groups, output channels) words; they live as long as this object.</summary>
    public NativeBuffer Make(Workers workers)
    {
        workers.Run(this, checked((int)(words.WeightLength / words.OutChannels)));
        return result;
    }

    /// <summary>Writes sixteen words.</summary>
    /// <param name="first">The first number of each.</param>
    /// <param name="second">The second one.</param>
    /// <param name="to">Where they go.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector256<short> first, Vector256<short> second, short* to)
    {
        // Words 0 to 3 and 8 to 11, and the others.
        var (low, high) = (Avx2.UnpackLow(first, second), Avx2.UnpackHigh(first, second));
        Vector256.Create(low.GetLower(), high.GetLower()).Store(to);
        Vector256.Create(low.GetUpper(), high.GetUpper()).Store(to + Vector256<short>.Count);
    }

    void IParallelBody.Execute(int part, int worker)
    {
        var (first, second) = weightRows(part);
        Join(Row(first), Row(second), (short*)result.Pointer + 2L * part * words.OutChannels);
    }

    sbyte* Row(int number) => number < 0 ? (sbyte*)zeros.Pointer : weights + (long)number * words.OutChannels;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Join(sbyte* first, sbyte* second, short* to)
    {
        var k = 0;
        for (; k <= words.OutChannels - Vector128<sbyte>.Count; k += Vector128<sbyte>.Count, to += Vector256<sbyte>.Count)
            Store(Avx2.ConvertToVector256Int16(first + k), Avx2.ConvertToVector256Int16(second + k), to);
        for (; k < words.OutChannels; k++)
        {
            *to++ = first[k];
            *to++ = second[k];
        }
    }
}
