using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace ResNetSharp.Cpu;

/// <summary>
/// The transforms of F(4x4, 3x3) at the points 0, 1, -1, 2, -2 and infinity in integers, without any rounding (for those in single precision see
/// <see cref="WinogradTransforms"/>). Rows of G are taken times 4, -6, -6, 24, 24 and 1, so that they are whole, and the columns of A' times 24 by as much;
/// what comes out is 576 times the result, modulo 2^32. Of 8-bit numbers the transformed source stays below 25,500 and the
/// transformed weights below 6,273, so both fit into 16 bits.
/// </summary>
internal static unsafe class Int8WinogradTransforms
{
    /// <summary>Rows of a patch.</summary>
    public const int Patch = 6;

    /// <summary>Rows of a tile of results.</summary>
    public const int Tile = 4;

    /// <summary>Products of a tile.</summary>
    public const int Points = Patch * Patch;

    /// <summary>Channels of the source, or results, that are transformed at once.</summary>
    public const int SourceLanes = 16, ResultLanes = 8;

    /// <summary>Results are right while they are smaller than this: 64 times as much fits into 32 bits.</summary>
    public const long Limit = 1L << 25;

    /// <summary>One over 9, modulo 2^32.</summary>
    const int NinthInverse = 954437177;

    /// <summary>576 = 9 * 2^6.</summary>
    const int Halvings = 6;

    /// <summary>B' d B.</summary>
    /// <param name="patch">36 pixels of bytes.</param>
    /// <param name="channel">The first of 16 channels.</param>
    /// <param name="zero">What is subtracted from each.</param>
    /// <param name="to">The first of 36 results.</param>
    /// <param name="pitch">Numbers between them.</param>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Input(byte** patch, int channel, Vector256<short> zero, short* to, long pitch)
    {
        var columns = stackalloc short[Points * SourceLanes];
        for (var x = 0; x < Patch; x++)
        {
            Input(
                Avx2.ConvertToVector256Int16(patch[x] + channel) - zero, Avx2.ConvertToVector256Int16(patch[6 + x] + channel) - zero,
                Avx2.ConvertToVector256Int16(patch[12 + x] + channel) - zero, Avx2.ConvertToVector256Int16(patch[18 + x] + channel) - zero,
                Avx2.ConvertToVector256Int16(patch[24 + x] + channel) - zero, Avx2.ConvertToVector256Int16(patch[30 + x] + channel) - zero,
                columns + x * SourceLanes, Patch * SourceLanes);
        }
        for (var y = 0; y < Patch; y++, to += Patch * pitch)
        {
            var row = columns + y * Patch * SourceLanes;
            Input(
                Vector256.Load(row), Vector256.Load(row + SourceLanes), Vector256.Load(row + 2 * SourceLanes),
                Vector256.Load(row + 3 * SourceLanes), Vector256.Load(row + 4 * SourceLanes), Vector256.Load(row + 5 * SourceLanes), to, pitch);
        }
    }

    /// <summary>G g G' for sixteen results.</summary>
    /// <param name="kernel">The nine weights, in the order of their places.</param>
    /// <param name="to">36 results.</param>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Weights(sbyte** kernel, Vector256<short>* to)
    {
        var columns = stackalloc Vector256<short>[Patch * 3];
        for (var x = 0; x < 3; x++)
        {
            Weights(
                Avx2.ConvertToVector256Int16(kernel[x]), Avx2.ConvertToVector256Int16(kernel[3 + x]), Avx2.ConvertToVector256Int16(kernel[6 + x]), columns + x, 3);
        }
        for (var y = 0; y < Patch; y++) Weights(columns[3 * y], columns[3 * y + 1], columns[3 * y + 2], to + Patch * y, 1);
    }

    /// <summary>A' m A for eight results.</summary>
    /// <param name="from">The first of 36 sums.</param>
    /// <param name="pitch">Numbers between them.</param>
    /// <param name="tile">16 results.</param>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Output(int* from, long pitch, Vector256<int>* tile)
    {
        var columns = stackalloc Vector256<int>[Tile * Patch];
        for (var x = 0; x < Patch; x++)
        {
            var place = from + x * pitch;
            Output(
                Vector256.Load(place), Vector256.Load(place + 6 * pitch), Vector256.Load(place + 12 * pitch),
                Vector256.Load(place + 18 * pitch), Vector256.Load(place + 24 * pitch), Vector256.Load(place + 30 * pitch), columns + x, Patch);
        }
        for (var y = 0; y < Tile; y++)
        {
            var row = columns + y * Patch;
            Output(row[0], row[1], row[2], row[3], row[4], row[5], tile + y * Tile, 1);
        }
        for (var i = 0; i < Tile * Tile; i++) tile[i] = tile[i] * NinthInverse >> Halvings;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Input(
        Vector256<short> d0, Vector256<short> d1, Vector256<short> d2, Vector256<short> d3, Vector256<short> d4, Vector256<short> d5, short* to, long pitch)
    {
        var (even1, odd1) = (d4 - (d2 << 2), d3 - (d1 << 2));
        var (even2, odd2) = (d4 - d2, d3 - d1 << 1);
        ((d0 - d2 << 2) + even2).Store(to);
        (even1 + odd1).Store(to + pitch);
        (even1 - odd1).Store(to + 2 * pitch);
        (even2 + odd2).Store(to + 3 * pitch);
        (even2 - odd2).Store(to + 4 * pitch);
        ((d1 - d3 << 2) + d5 - d3).Store(to + 5 * pitch);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Weights(Vector256<short> g0, Vector256<short> g1, Vector256<short> g2, Vector256<short>* to, int pitch)
    {
        var (even1, even2, odd2) = (g0 + g2, g0 + (g2 << 2), g1 << 1);
        to[0] = g0;
        to[pitch] = even1 + g1;
        to[2 * pitch] = even1 - g1;
        to[3 * pitch] = even2 + odd2;
        to[4 * pitch] = even2 - odd2;
        to[5 * pitch] = g2;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Output(
        Vector256<int> m0, Vector256<int> m1, Vector256<int> m2, Vector256<int> m3, Vector256<int> m4, Vector256<int> m5, Vector256<int>* to, int pitch)
    {
        var (sum1, difference1) = (m1 + m2 << 2, m1 - m2 << 2);
        var (sum2, difference2) = (m3 + m4, m3 - m4 << 1);
        to[0] = (m0 << 2) + (m0 << 1) - sum1 + sum2;
        to[pitch] = difference2 - difference1;
        to[2 * pitch] = (sum2 << 2) - sum1;
        to[3 * pitch] = (difference2 << 2) - difference1 + (m5 << 4) + (m5 << 3);
    }
}
