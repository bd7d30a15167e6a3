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

    static readonly Vector512<int> firstChannels = Vector512.Create(0, 1, 2, 3, 16, 17, 18, 19, 4, 5, 6, 7, 20, 21, 22, 23);
    static readonly Vector512<int> lastChannels = firstChannels + Vector512.Create(8);
    static readonly Vector512<int> halfChannels = Vector512.Create(0, 1, 2, 3, 8, 9, 10, 11, 4, 5, 6, 7, 12, 13, 14, 15);

    /// <summary>Eight channels of 32 pixels become eight rows of 32 numbers.</summary>
    /// <param name="pixels">Where the pixels are.</param>
    /// <param name="offset">Bytes from there to the first channel.</param>
    /// <param name="to">The rows, one after the other.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Transpose(byte** pixels, long offset, byte* to)
    {
        // Quarter q of register i holds pixel 8 q + i; within quarters, eight by eight numbers are transposed.
        var (a, b) = (Quarters(pixels, offset), Quarters(pixels + 1, offset));
        var (c, d) = (Quarters(pixels + 2, offset), Quarters(pixels + 3, offset));
        var (e, f) = (Quarters(pixels + 4, offset), Quarters(pixels + 5, offset));
        var (g, h) = (Quarters(pixels + 6, offset), Quarters(pixels + 7, offset));
        var (ab0, ab4) = (Avx512BW.UnpackLow(a, b).AsUInt32(), Avx512BW.UnpackHigh(a, b).AsUInt32());
        var (cd0, cd4) = (Avx512BW.UnpackLow(c, d).AsUInt32(), Avx512BW.UnpackHigh(c, d).AsUInt32());
        var (ef0, ef4) = (Avx512BW.UnpackLow(e, f).AsUInt32(), Avx512BW.UnpackHigh(e, f).AsUInt32());
        var (gh0, gh4) = (Avx512BW.UnpackLow(g, h).AsUInt32(), Avx512BW.UnpackHigh(g, h).AsUInt32());
        FourChannels(ab0, cd0, ef0, gh0, to);
        FourChannels(ab4, cd4, ef4, gh4, to + 4 * RowBytes);
    }

    /// <summary>
    /// Interleaves pixels 0 and 1, 2 and 3 and so on, and pixels 1 and 2, 3 and 4 and so on. Sixteen channels each have a place of their own,
    /// with a row of sixteen pairs for each two pixels. <see cref="InOrder"/> undoes the order that channels get.
    /// </summary>
    /// <param name="pixels">Where the pixels are; what is read are whole sixteens of channels.</param>
    /// <param name="rows">Rows to make.</param>
    /// <param name="channels">Channels.</param>
    /// <param name="even">Where pairs that begin with an even pixel go; null if not wanted.</param>
    /// <param name="odd">Where pairs that begin with an odd pixel go; null if not wanted.</param>
    /// <param name="toPitch">Bytes from a place to that of the next sixteen channels.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Interleave(byte** pixels, long rows, int channels, byte* even, byte* odd, long toPitch)
    {
        for (var i = 0L; i < rows; i++, pixels += 2)
        {
            if (even != null) InterleaveRow(pixels[0], pixels[1], channels, even + i * RowBytes, toPitch);
            if (odd != null) InterleaveRow(pixels[1], pixels[2], channels, odd + i * RowBytes, toPitch);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void InterleaveRow(byte* first, byte* second, int channels, byte* to, long toPitch)
    {
        const int Half = 16;
        for (; channels > Half; channels -= 2 * Half, first += RowBytes, second += RowBytes, to += 2 * toPitch)
        {
            var (a, b) = (Vector512.Load((ushort*)first), Vector512.Load((ushort*)second));
            Avx512BW.UnpackLow(a, b).Store((ushort*)to);
            Avx512BW.UnpackHigh(a, b).Store((ushort*)(to + toPitch));
        }
        if (channels <= 0) return;
        var (c, d) = (Vector256.Load((ushort*)first), Vector256.Load((ushort*)second));
        Avx2.UnpackLow(c, d).Store((ushort*)to);
        Avx2.UnpackHigh(c, d).Store((ushort*)(to + RowBytes / 2));
    }

    /// <summary>The channel at a place of those that <see cref="Interleave"/> has taken apart.</summary>
    /// <param name="sixteen">The number of the sixteen places.</param>
    /// <param name="place">The place in them.</param>
    /// <param name="channels">All channels.</param>
    public static int Channel(int sixteen, int place, int channels)
    {
        const int Half = 16, Run = 4;
        var (whole, second) = Math.DivRem(sixteen, 2);
        if (channels - 2 * Half * whole > Half) return 2 * Half * whole + place / Run * 2 * Run + second * Run + place % Run;
        // Sixteen channels that stand alone.
        var (half, rest) = Math.DivRem(place, Half / 2);
        return sixteen * Half + rest / Run * 2 * Run + half * Run + rest % Run;
    }

    /// <summary>The sums of 32 channels in their order; interleaving takes the halves of each eight channels apart.</summary>
    /// <param name="low">The first sixteen columns.</param>
    /// <param name="high">The others.</param>
    /// <param name="to">32 numbers.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void InOrder(float* low, float* high, float* to)
    {
        var (a, b) = (Vector512.Load(low), Vector512.Load(high));
        Avx512F.PermuteVar16x32x2(a, firstChannels, b).Store(to);
        Avx512F.PermuteVar16x32x2(a, lastChannels, b).Store(to + 16);
    }

    /// <summary>As <see cref="InOrder"/>, of sixteen channels that stand alone.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void HalfInOrder(float* columns, float* to) => Avx512F.PermuteVar16x32(Vector512.Load(columns), halfChannels).Store(to);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<ushort> Quarters(byte** pixels, long offset)
    {
        var quarters = Vector128.Load((ushort*)(pixels[0] + offset)).ToVector256Unsafe().ToVector512Unsafe();
        quarters = Avx512F.InsertVector128(quarters, Vector128.Load((ushort*)(pixels[8] + offset)), 1);
        quarters = Avx512F.InsertVector128(quarters, Vector128.Load((ushort*)(pixels[16] + offset)), 2);
        return Avx512F.InsertVector128(quarters, Vector128.Load((ushort*)(pixels[24] + offset)), 3);
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
