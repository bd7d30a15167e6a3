using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace ResNetSharp.Cpu;

/// <summary>
/// A cache line of bfloat16 numbers in single precision: 32 neighbours, those at even places apart from those at odd ones. Widened like
/// this, and narrowed again, they need no rearranging. Needs AVX-512.
/// </summary>
/// <param name="even">Those at even places.</param>
/// <param name="odd">Those at odd places.</param>
internal readonly unsafe struct NumberPairs(Vector512<float> even, Vector512<float> odd)
{
    /// <summary>Numbers.</summary>
    public const int Count = 32;

    const int HalfBits = 16;
    const uint UpperHalf = 0xFFFF0000, RoundHalf = 0x7FFF, QuietBit = 1 << 22;

    static readonly Vector512<int> evenPlaces = Vector512.CreateSequence(0, 2);
    static readonly Vector512<int> oddPlaces = Vector512.CreateSequence(1, 2);
    static readonly Vector512<int> firstPairs = Vector512.Create(0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
    static readonly Vector512<int> lastPairs = firstPairs + Vector512.Create(8);

    readonly Vector512<float> even = even;
    readonly Vector512<float> odd = odd;

    /// <summary>Whether elements of a type are best worked on like this, and a number of them can be.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Suit<T>(int count) => typeof(T) == typeof(ushort) && Avx512F.IsSupported && count % Count == 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static NumberPairs Load(ushort* x)
    {
        var words = Vector512.Load((uint*)x);
        return new NumberPairs((words << HalfBits).AsSingle(), (words & Vector512.Create(UpperHalf)).AsSingle());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static NumberPairs Load(float* x)
    {
        var (low, high) = (Vector512.Load(x), Vector512.Load(x + Count / 2));
        return new NumberPairs(Avx512F.PermuteVar16x32x2(low, evenPlaces, high), Avx512F.PermuteVar16x32x2(low, oddPlaces, high));
    }

    /// <summary>
    /// Asks for the numbers two cache lines further, which are wanted when the next but one columns are worked on: rows lie so far apart that the
    /// processor does not foresee it.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Fetch(ushort* x)
    {
        if (Sse.IsSupported) Sse.Prefetch0(x + 2 * Count);
    }

    /// <summary>Rounds and writes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(ushort* y) => (Rounded(even) >>> HalfBits | Rounded(odd) & Vector512.Create(UpperHalf)).Store((uint*)y);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(float* y)
    {
        Avx512F.PermuteVar16x32x2(even, firstPairs, odd).Store(y);
        Avx512F.PermuteVar16x32x2(even, lastPairs, odd).Store(y + Count / 2);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static NumberPairs operator +(NumberPairs a, NumberPairs b) => new(a.even + b.even, a.odd + b.odd);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static NumberPairs operator -(NumberPairs a, NumberPairs b) => new(a.even - b.even, a.odd - b.odd);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static NumberPairs operator *(NumberPairs a, NumberPairs b) => new(a.even * b.even, a.odd * b.odd);

    /// <summary>a b + c, rounded once.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static NumberPairs MultiplyAdd(NumberPairs a, NumberPairs b, NumberPairs c) =>
        new(Vector512.FusedMultiplyAdd(a.even, b.even, c.even), Vector512.FusedMultiplyAdd(a.odd, b.odd, c.odd));

    /// <summary>As <see cref="Lanes.ReluGradient"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static NumberPairs ReluGradient(NumberPairs x, NumberPairs dy) => new(ZeroWhereClosed(x.even, dy.even), ZeroWhereClosed(x.odd, dy.odd));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<float> ZeroWhereClosed(Vector512<float> x, Vector512<float> dy) =>
        Vector512.ConditionalSelect(Vector512.LessThanOrEqual(x, Vector512<float>.Zero), Vector512<float>.Zero, dy);

    /// <summary>The bits with the upper half rounded as <see cref="BFloat16"/> does.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<uint> Rounded(Vector512<float> x)
    {
        var bits = x.AsUInt32();
        var rounded = bits + Vector512.Create(RoundHalf) + (bits >>> HalfBits & Vector512<uint>.One);
        return Vector512.ConditionalSelect(Vector512.Equals(x, x).AsUInt32(), rounded, bits | Vector512.Create(QuietBit));
    }
}
