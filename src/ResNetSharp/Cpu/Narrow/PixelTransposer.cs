using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace ResNetSharp.Cpu;

/// <summary>Rearranges rows of 16-bit numbers so that two neighbouring rows meet in each 32-bit word. Needs AVX-512.</summary>
internal static unsafe class PixelTransposer
{
    /// <summary>Rows, and numbers of a row, that are rearranged at once.</summary>
    public const int Side = 32;

    static readonly Vector512<ushort> lowPairs = Vector512.Create([.. Enumerable.Range(0, Side).Select(i => (ushort)(i / 2 + i % 2 * Side))]);
    static readonly Vector512<ushort> highPairs = lowPairs + Vector512.Create((ushort)(Side / 2));

    /// <summary>Transposes 32 rows of 32 numbers, and asks for the same numbers of the 32 rows after them.</summary>
    /// <param name="from">The first row.</param>
    /// <param name="fromPitch">Bytes to the next.</param>
    /// <param name="to">The result's first row.</param>
    /// <param name="toPitch">Bytes to the next.</param>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Transpose(byte* from, long fromPitch, byte* to, long toPitch)
    {
        const int Quads = 4;
        var low = stackalloc Vector512<int>[Quads * Quads];
        var high = stackalloc Vector512<int>[Quads * Quads];
        for (var i = 0; i < Quads; i++, from += 8 * fromPitch)
        {
            var (low0, high0) = Pair(from, fromPitch);
            var (low1, high1) = Pair(from + 2 * fromPitch, fromPitch);
            var (low2, high2) = Pair(from + 4 * fromPitch, fromPitch);
            var (low3, high3) = Pair(from + 6 * fromPitch, fromPitch);
            Columns(low0, low1, low2, low3, low + i);
            Columns(high0, high1, high2, high3, high + i);
        }
        // Interleaving works within quarters of a register: the low halves hold the numbers 0-3, 8-11, 16-19 and 24-27.
        for (var c = 0; c < Quads; c++)
        {
            Quarters(low + c * Quads, to + c * toPitch, 8 * toPitch);
            Quarters(high + c * Quads, to + (4 + c) * toPitch, 8 * toPitch);
        }
    }

    /// <summary>Interleaves pairs of rows: the numbers of a pair's first sixteen columns go to one place, the others to another.</summary>
    /// <param name="first">The first row of the pair: 32 numbers.</param>
    /// <param name="second">The second.</param>
    /// <param name="low">Where the first sixteen columns go.</param>
    /// <param name="high">Where the others go.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Interleave(byte* first, byte* second, byte* low, byte* high)
    {
        var (a, b) = (Vector512.Load((ushort*)first), Vector512.Load((ushort*)second));
        Avx512BW.PermuteVar32x16x2(a, lowPairs, b).Store((ushort*)low);
        Avx512BW.PermuteVar32x16x2(a, highPairs, b).Store((ushort*)high);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static (Vector512<int> Low, Vector512<int> High) Pair(byte* from, long pitch)
    {
        var (a, b) = (Vector512.Load((ushort*)from), Vector512.Load((ushort*)(from + pitch)));
        Sse.Prefetch1(from + Side * pitch);
        Sse.Prefetch1(from + (Side + 1) * pitch);
        return (Avx512BW.UnpackLow(a, b).AsInt32(), Avx512BW.UnpackHigh(a, b).AsInt32());
    }

    /// <summary>Within quarters, four rows of four words become four columns.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Columns(Vector512<int> a, Vector512<int> b, Vector512<int> c, Vector512<int> d, Vector512<int>* to)
    {
        var (ab0, ab1) = (Avx512F.UnpackLow(a, b).AsInt64(), Avx512F.UnpackHigh(a, b).AsInt64());
        var (cd0, cd1) = (Avx512F.UnpackLow(c, d).AsInt64(), Avx512F.UnpackHigh(c, d).AsInt64());
        to[0] = Avx512F.UnpackLow(ab0, cd0).AsInt32();
        to[4] = Avx512F.UnpackHigh(ab0, cd0).AsInt32();
        to[8] = Avx512F.UnpackLow(ab1, cd1).AsInt32();
        to[12] = Avx512F.UnpackHigh(ab1, cd1).AsInt32();
    }

    /// <summary>Four registers of four quarters are transposed by quarters.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Quarters(Vector512<int>* from, byte* to, long pitch)
    {
        const byte FirstTwo = 0x44, LastTwo = 0xEE, Even = 0x88, Odd = 0xDD;
        var (a, b) = (Avx512F.Shuffle4x128(from[0], from[1], FirstTwo), Avx512F.Shuffle4x128(from[2], from[3], FirstTwo));
        var (c, d) = (Avx512F.Shuffle4x128(from[0], from[1], LastTwo), Avx512F.Shuffle4x128(from[2], from[3], LastTwo));
        Avx512F.Shuffle4x128(a, b, Even).Store((int*)to);
        Avx512F.Shuffle4x128(a, b, Odd).Store((int*)(to + pitch));
        Avx512F.Shuffle4x128(c, d, Even).Store((int*)(to + 2 * pitch));
        Avx512F.Shuffle4x128(c, d, Odd).Store((int*)(to + 3 * pitch));
    }
}
