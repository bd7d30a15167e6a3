using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace ResNetSharp.Imaging.Jpeg;

/// <summary><see cref="InverseDct"/> of two blocks at once, one in each half of the registers.</summary>
internal static unsafe class InverseDctAvx2
{
    /// <summary>Transforms two blocks, which may belong to different planes.</summary>
    /// <returns>False where numbers are so large that only the portable path deals with them properly; nothing is done then.</returns>
    public static bool TryTransformPair(
        short* first, short* firstQuantisation, byte* firstTarget, int firstStride,
        short* second, short* secondQuantisation, byte* secondTarget, int secondStride)
    {
        var r0 = Load(first, firstQuantisation, second, secondQuantisation, 0);
        if (Vector256.GreaterThanAny(Vector256.Abs(r0).AsUInt16(), Vector256.Create((ushort)InverseDct.LargestSafe))) return false;
        var r1 = Load(first, firstQuantisation, second, secondQuantisation, 1);
        var r2 = Load(first, firstQuantisation, second, secondQuantisation, 2);
        var r3 = Load(first, firstQuantisation, second, secondQuantisation, 3);
        var r4 = Load(first, firstQuantisation, second, secondQuantisation, 4);
        var r5 = Load(first, firstQuantisation, second, secondQuantisation, 5);
        var r6 = Load(first, firstQuantisation, second, secondQuantisation, 6);
        var r7 = Load(first, firstQuantisation, second, secondQuantisation, 7);
        Pass(ref r0, ref r1, ref r2, ref r3, ref r4, ref r5, ref r6, ref r7, InverseDct.ColumnShift);
        Transpose(ref r0, ref r1, ref r2, ref r3, ref r4, ref r5, ref r6, ref r7);
        Pass(ref r0, ref r1, ref r2, ref r3, ref r4, ref r5, ref r6, ref r7, InverseDct.RowShift);
        Transpose(ref r0, ref r1, ref r2, ref r3, ref r4, ref r5, ref r6, ref r7);
        Store(r0, r1, firstTarget, firstStride, secondTarget, secondStride, 0);
        Store(r2, r3, firstTarget, firstStride, secondTarget, secondStride, 2);
        Store(r4, r5, firstTarget, firstStride, secondTarget, secondStride, 4);
        Store(r6, r7, firstTarget, firstStride, secondTarget, secondStride, 6);
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<short> Load(short* first, short* firstQuantisation, short* second, short* secondQuantisation, int row) =>
        Avx2.MultiplyLow(
            Vector256.Create(Vector128.Load(first + 8 * row), Vector128.Load(second + 8 * row)),
            Vector256.Create(Vector128.Load(firstQuantisation + 8 * row), Vector128.Load(secondQuantisation + 8 * row)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Store(Vector256<short> a, Vector256<short> b, byte* first, int firstStride, byte* second, int secondStride, int row)
    {
        var bytes = Avx2.PackSignedSaturate(a, b).AsByte() ^ Vector256.Create((byte)0x80);
        var quads = bytes.AsUInt64();
        *(ulong*)(first + (long)row * firstStride) = quads.GetElement(0);
        *(ulong*)(first + (long)(row + 1) * firstStride) = quads.GetElement(1);
        *(ulong*)(second + (long)row * secondStride) = quads.GetElement(2);
        *(ulong*)(second + (long)(row + 1) * secondStride) = quads.GetElement(3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Pass(
        ref Vector256<short> r0, ref Vector256<short> r1, ref Vector256<short> r2, ref Vector256<short> r3,
        ref Vector256<short> r4, ref Vector256<short> r5, ref Vector256<short> r6, ref Vector256<short> r7, int shift)
    {
        var round = Vector256.Create(1 << (shift - 1));
        Pair(r2, r6, out var low, out var high);
        var (even2Low, even2High) = Rotate(low, high, InverseDct.F0_541, InverseDct.F0_541 - InverseDct.F1_847);
        var (even3Low, even3High) = Rotate(low, high, InverseDct.F0_541 + InverseDct.F0_765, InverseDct.F0_541);
        var (even0Low, even0High) = Widen(r0 + r4);
        var (even1Low, even1High) = Widen(r0 - r4);
        even0Low += round;
        even0High += round;
        even1Low += round;
        even1High += round;

        Pair(r7 + r3, r5 + r1, out low, out high);
        var (y3Low, y3High) = Rotate(low, high, InverseDct.F1_175 - InverseDct.F1_961, InverseDct.F1_175);
        var (y4Low, y4High) = Rotate(low, high, InverseDct.F1_175, InverseDct.F1_175 - InverseDct.F0_390);
        Pair(r7, r1, out low, out high);
        var (odd0Low, odd0High) = Rotate(low, high, InverseDct.F0_298 - InverseDct.F0_899, -InverseDct.F0_899);
        var (odd3Low, odd3High) = Rotate(low, high, -InverseDct.F0_899, InverseDct.F1_501 - InverseDct.F0_899);
        Pair(r5, r3, out low, out high);
        var (odd1Low, odd1High) = Rotate(low, high, InverseDct.F2_053 - InverseDct.F2_562, -InverseDct.F2_562);
        var (odd2Low, odd2High) = Rotate(low, high, -InverseDct.F2_562, InverseDct.F3_072 - InverseDct.F2_562);

        Butterfly(even0Low + even3Low, even0High + even3High, odd3Low + y4Low, odd3High + y4High, shift, out r0, out r7);
        Butterfly(even1Low + even2Low, even1High + even2High, odd2Low + y3Low, odd2High + y3High, shift, out r1, out r6);
        Butterfly(even1Low - even2Low, even1High - even2High, odd1Low + y4Low, odd1High + y4High, shift, out r2, out r5);
        Butterfly(even0Low - even3Low, even0High - even3High, odd0Low + y3Low, odd0High + y3High, shift, out r3, out r4);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Pair(Vector256<short> a, Vector256<short> b, out Vector256<short> low, out Vector256<short> high)
    {
        low = Avx2.UnpackLow(a, b);
        high = Avx2.UnpackHigh(a, b);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static (Vector256<int> Low, Vector256<int> High) Rotate(Vector256<short> low, Vector256<short> high, int a, int b)
    {
        var factors = Vector256.Create((b << 16) | (a & 0xFFFF)).AsInt16();
        return (Avx2.MultiplyAddAdjacent(low, factors), Avx2.MultiplyAddAdjacent(high, factors));
    }

    // Sign-extends and multiplies by 2^13: the word goes to the upper half, then 16 - 13 places down.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static (Vector256<int> Low, Vector256<int> High) Widen(Vector256<short> words)
    {
        var low = Avx2.UnpackLow(Vector256<short>.Zero, words).AsInt32();
        var high = Avx2.UnpackHigh(Vector256<short>.Zero, words).AsInt32();
        return (low >> (16 - InverseDct.FractionBits), high >> (16 - InverseDct.FractionBits));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Butterfly(
        Vector256<int> evenLow, Vector256<int> evenHigh, Vector256<int> oddLow, Vector256<int> oddHigh, int shift,
        out Vector256<short> sum, out Vector256<short> difference)
    {
        sum = Avx2.PackSignedSaturate((evenLow + oddLow) >> shift, (evenHigh + oddHigh) >> shift);
        difference = Avx2.PackSignedSaturate((evenLow - oddLow) >> shift, (evenHigh - oddHigh) >> shift);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Transpose(
        ref Vector256<short> r0, ref Vector256<short> r1, ref Vector256<short> r2, ref Vector256<short> r3,
        ref Vector256<short> r4, ref Vector256<short> r5, ref Vector256<short> r6, ref Vector256<short> r7)
    {
        Pair(r0, r1, out var a0, out var a1);
        Pair(r2, r3, out var a2, out var a3);
        Pair(r4, r5, out var a4, out var a5);
        Pair(r6, r7, out var a6, out var a7);
        Pair(a0.AsInt32(), a2.AsInt32(), out var b0, out var b1);
        Pair(a1.AsInt32(), a3.AsInt32(), out var b2, out var b3);
        Pair(a4.AsInt32(), a6.AsInt32(), out var b4, out var b5);
        Pair(a5.AsInt32(), a7.AsInt32(), out var b6, out var b7);
        PairQuads(b0, b4, out r0, out r1);
        PairQuads(b1, b5, out r2, out r3);
        PairQuads(b2, b6, out r4, out r5);
        PairQuads(b3, b7, out r6, out r7);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Pair(Vector256<int> a, Vector256<int> b, out Vector256<int> low, out Vector256<int> high)
    {
        low = Avx2.UnpackLow(a, b);
        high = Avx2.UnpackHigh(a, b);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void PairQuads(Vector256<int> a, Vector256<int> b, out Vector256<short> low, out Vector256<short> high)
    {
        low = Avx2.UnpackLow(a.AsInt64(), b.AsInt64()).AsInt16();
        high = Avx2.UnpackHigh(a.AsInt64(), b.AsInt64()).AsInt16();
    }
}
