using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace ResNetSharp.Cpu;

/// <summary>
/// Rearranges pixels, rows of 16-bit numbers, so that the numbers of neighbouring pixels meet; see <see cref="PixelSumsKernel"/>. Needs AVX-512.
/// </summary>
internal static unsafe class PixelTransposer
{
    /// <summary>Channels that are rearranged at once.</summary>
    public const int TransposedChannels = 8;

    const int RowBytes = 64;

    /// <summary>Eight channels of 32 pixels become eight rows of 32 numbers.</summary>
    /// <param name="from">The first pixel.</param>
    /// <param name="pitch">Bytes to the next.</param>
    /// <param name="to">The rows, one after the other.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Transpose(byte* from, long pitch, byte* to)
    {
        // Quarter q of register i holds pixel 8 q + i; within quarters, eight by eight numbers are transposed.
        var (a, b) = (Quarters(from, pitch), Quarters(from + pitch, pitch));
        var (c, d) = (Quarters(from + 2 * pitch, pitch), Quarters(from + 3 * pitch, pitch));
        var (e, f) = (Quarters(from + 4 * pitch, pitch), Quarters(from + 5 * pitch, pitch));
        var (g, h) = (Quarters(from + 6 * pitch, pitch), Quarters(from + 7 * pitch, pitch));
        var (ab0, ab4) = (Avx512BW.UnpackLow(a, b).AsUInt32(), Avx512BW.UnpackHigh(a, b).AsUInt32());
        var (cd0, cd4) = (Avx512BW.UnpackLow(c, d).AsUInt32(), Avx512BW.UnpackHigh(c, d).AsUInt32());
        var (ef0, ef4) = (Avx512BW.UnpackLow(e, f).AsUInt32(), Avx512BW.UnpackHigh(e, f).AsUInt32());
        var (gh0, gh4) = (Avx512BW.UnpackLow(g, h).AsUInt32(), Avx512BW.UnpackHigh(g, h).AsUInt32());
        FourChannels(ab0, cd0, ef0, gh0, to);
        FourChannels(ab4, cd4, ef4, gh4, to + 4 * RowBytes);
    }

    /// <summary>
    /// Interleaves pixels 0 and 1, 2 and 3 and so on, and pixels 1 and 2, 3 and 4 and so on, 32 channels wide. Each place gets a row of
    /// sixteen pairs for each two pixels. <see cref="InOrder"/> undoes the order that channels get.
    /// </summary>
    /// <param name="from">The first pixel.</param>
    /// <param name="pitch">Bytes to the next.</param>
    /// <param name="rows">Rows to make.</param>
    /// <param name="even">Where pairs that begin with an even pixel go; null if not wanted.</param>
    /// <param name="odd">Where pairs that begin with an odd pixel go; null if not wanted.</param>
    /// <param name="toPitch">Bytes from a place to that of the next sixteen columns.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Interleave(byte* from, long pitch, long rows, byte* even, byte* odd, long toPitch)
    {
        for (var i = 0L; i < rows; i++, from += 2 * pitch)
        {
            var middle = Vector512.Load((ushort*)(from + pitch));
            if (even != null) Pair(Vector512.Load((ushort*)from), middle, even + i * RowBytes, toPitch);
            if (odd != null) Pair(middle, Vector512.Load((ushort*)(from + 2 * pitch)), odd + i * RowBytes, toPitch);
        }
    }

    /// <summary>As <see cref="Interleave"/>, sixteen channels wide. <see cref="HalfInOrder"/> undoes the order that channels get.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void InterleaveHalf(byte* from, long pitch, long rows, byte* even, byte* odd)
    {
        for (var i = 0L; i < rows; i++, from += 2 * pitch)
        {
            var middle = Vector256.Load((ushort*)(from + pitch));
            if (even != null) HalfPair(Vector256.Load((ushort*)from), middle, even + i * RowBytes);
            if (odd != null) HalfPair(middle, Vector256.Load((ushort*)(from + 2 * pitch)), odd + i * RowBytes);
        }
    }

    /// <summary>The sums of 32 columns, in the order of the channels. Interleaving takes the halves of each quarter of a pixel apart.</summary>
    /// <param name="low">The first sixteen columns.</param>
    /// <param name="high">The others.</param>
    /// <param name="to">32 numbers.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void InOrder(float* low, float* high, float* to)
    {
        for (var i = 0; i < 4; i++)
        {
            Vector128.Load(low + 4 * i).Store(to + 8 * i);
            Vector128.Load(high + 4 * i).Store(to + 8 * i + 4);
        }
    }

    /// <summary>As <see cref="InOrder"/>, of sixteen columns that stand alone.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void HalfInOrder(float* columns, float* to)
    {
        for (var i = 0; i < 2; i++)
        {
            Vector128.Load(columns + 4 * i).Store(to + 8 * i);
            Vector128.Load(columns + 8 + 4 * i).Store(to + 8 * i + 4);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Pair(Vector512<ushort> first, Vector512<ushort> second, byte* to, long toPitch)
    {
        Avx512BW.UnpackLow(first, second).Store((ushort*)to);
        Avx512BW.UnpackHigh(first, second).Store((ushort*)(to + toPitch));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void HalfPair(Vector256<ushort> first, Vector256<ushort> second, byte* to)
    {
        Avx2.UnpackLow(first, second).Store((ushort*)to);
        Avx2.UnpackHigh(first, second).Store((ushort*)(to + RowBytes / 2));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<ushort> Quarters(byte* from, long pitch)
    {
        var quarters = Vector128.Load((ushort*)from).ToVector256Unsafe().ToVector512Unsafe();
        quarters = Avx512F.InsertVector128(quarters, Vector128.Load((ushort*)(from + 8 * pitch)), 1);
        quarters = Avx512F.InsertVector128(quarters, Vector128.Load((ushort*)(from + 16 * pitch)), 2);
        return Avx512F.InsertVector128(quarters, Vector128.Load((ushort*)(from + 24 * pitch)), 3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void FourChannels(Vector512<uint> ab, Vector512<uint> cd, Vector512<uint> ef, Vector512<uint> gh, byte* to)
    {
        var (abcd0, abcd2) = (Avx512F.UnpackLow(ab, cd).AsUInt64(), Avx512F.UnpackHigh(ab, cd).AsUInt64());
        var (efgh0, efgh2) = (Avx512F.UnpackLow(ef, gh).AsUInt64(), Avx512F.UnpackHigh(ef, gh).AsUInt64());
        Avx512F.UnpackLow(abcd0, efgh0).Store((ulong*)to);
        Avx512F.UnpackHigh(abcd0, efgh0).Store((ulong*)(to + RowBytes));
        Avx512F.UnpackLow(abcd2, efgh2).Store((ulong*)(to + 2 * RowBytes));
        Avx512F.UnpackHigh(abcd2, efgh2).Store((ulong*)(to + 3 * RowBytes));
    }
}
