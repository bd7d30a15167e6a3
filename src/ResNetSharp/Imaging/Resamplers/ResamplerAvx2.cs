using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace ResNetSharp.Imaging.Resamplers;

/// <summary>
/// The passes of <see cref="Resampler"/> with multipliers of 16 bits: a weight w is 2^11 high + low, and both sums are exact modulo 2^32,
/// so the result is that of 32-bit multiplication.
/// </summary>
internal static unsafe class ResamplerAvx2
{
    const int Half = 1 << (ResampleWeights.FractionBits - 1);

    /// <summary>Computes the new pixels of a row, two times two source pixels at a step.</summary>
    /// <param name="row">The source row.</param>
    /// <param name="end">The end of the source picture, beyond which nothing may be read.</param>
    /// <param name="weights">The weights.</param>
    /// <param name="target">The new row.</param>
    /// <param name="width">New pixels.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Across(byte* row, byte* end, ResampleWeights weights, byte* target, int width)
    {
        // Words of neighbouring pixels side by side, red, green and blue: pixels 0 and 1 in the lower half, 2 and 3 in the upper one.
        const byte no = 0x80;
        var spread = Vector256.Create(
            0, no, 3, no, 1, no, 4, no, 2, no, 5, no, no, no, no, no, 6, no, 9, no, 7, no, 10, no, 8, no, 11, no, no, no, no, no);
        var pairs = Vector256.Create(0, 0, 0, 0, 1, 1, 1, 1);
        var gather = Vector128.Create(0, 4, 8, no, no, no, no, no, no, no, no, no, no, no, no, no);
        fixed (short* highs = weights.High, lows = weights.Low)
        {
            for (var x = 0; x < width; x++)
            {
                var pixel = row + weights.First[x] * 3L;
                var groups = (weights.Count[x] + ResampleWeights.Group - 1) / ResampleWeights.Group;
                if (pixel + groups * 12L + 4 > end)
                {
                    Resampler.AcrossRow(row, weights, target, x, x + 1);
                    continue;
                }
                var high = Vector256<int>.Zero;
                var low = Vector256.Create(Vector128.Create(Half), Vector128<int>.Zero);
                var highWeights = highs + x * weights.Stride;
                var lowWeights = lows + x * weights.Stride;
                for (var group = 0; group < groups; group++)
                {
                    var words = Avx2.Shuffle(Vector256.Create(Vector128.Load(pixel), Vector128.Load(pixel)), spread).AsInt16();
                    var highPairs = Avx2.PermuteVar8x32(Vector256.CreateScalarUnsafe(*(long*)highWeights).AsInt32(), pairs).AsInt16();
                    var lowPairs = Avx2.PermuteVar8x32(Vector256.CreateScalarUnsafe(*(long*)lowWeights).AsInt32(), pairs).AsInt16();
                    high += Avx2.MultiplyAddAdjacent(words, highPairs);
                    low += Avx2.MultiplyAddAdjacent(words, lowPairs);
                    pixel += 12;
                    highWeights += ResampleWeights.Group;
                    lowWeights += ResampleWeights.Group;
                }
                var both = (high << ResampleWeights.LowBits) + low;
                var sum = (both.GetLower() + both.GetUpper()) >> ResampleWeights.FractionBits;
                var clamped = Vector128.Min(Vector128.Max(sum, Vector128<int>.Zero), Vector128.Create(255));
                var rgb = Ssse3.Shuffle(clamped.AsByte(), gather).AsUInt32().ToScalar();
                *(ushort*)(target + 3 * x) = (ushort)rgb;
                target[3 * x + 2] = (byte)(rgb >> 16);
            }
        }
    }

    /// <summary>Computes a new row, sixteen samples at a step, and says how many samples that were.</summary>
    /// <param name="rows">The first source row.</param>
    /// <param name="rowBytes">Samples of a row.</param>
    /// <param name="weights">The weights.</param>
    /// <param name="y">The new row's number.</param>
    /// <param name="target">The new row.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int Down(byte* rows, int rowBytes, ResampleWeights weights, int y, byte* target)
    {
        var count = weights.Count[y];
        var i = 0;
        fixed (short* highs = &weights.High[y * weights.Stride], lows = &weights.Low[y * weights.Stride])
        {
            for (; i + 16 <= rowBytes; i += 16)
            {
                var (highA, highB) = (Vector256<int>.Zero, Vector256<int>.Zero);
                var (lowA, lowB) = (Vector256.Create(Half), Vector256.Create(Half));
                var sample = rows + i;
                for (var k = 0; k < count; k += 2)
                {
                    var first = Avx2.ConvertToVector256Int16(sample);
                    // Behind the last row the weight is zero, and so is what stands for the row.
                    var second = k + 1 < count ? Avx2.ConvertToVector256Int16(sample + rowBytes) : Vector256<short>.Zero;
                    var (a, b) = (Avx2.UnpackLow(first, second), Avx2.UnpackHigh(first, second));
                    var high = Vector256.Create(*(int*)(highs + k)).AsInt16();
                    var low = Vector256.Create(*(int*)(lows + k)).AsInt16();
                    highA += Avx2.MultiplyAddAdjacent(a, high);
                    highB += Avx2.MultiplyAddAdjacent(b, high);
                    lowA += Avx2.MultiplyAddAdjacent(a, low);
                    lowB += Avx2.MultiplyAddAdjacent(b, low);
                    sample += 2L * rowBytes;
                }
                var words = Avx2.PackSignedSaturate(Sum(highA, lowA), Sum(highB, lowB));
                Sse2.PackUnsignedSaturate(words.GetLower(), words.GetUpper()).Store(target + i);
            }
        }
        return i;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<int> Sum(Vector256<int> high, Vector256<int> low) =>
        ((high << ResampleWeights.LowBits) + low) >> ResampleWeights.FractionBits;
}
