using System.Runtime.CompilerServices;

namespace ResNetSharp.Cpu;

/// <summary>
/// Strassen's algorithm in Winograd's form, with which the product of two matrices of 2x2 blocks takes seven products of blocks instead of eight,
/// and fifteen additions (V. Strassen, Gaussian elimination is not optimal, 1969; S. Winograd, On multiplication of 2x2 matrices, 1971).
/// With s1 = a21 + a22, s2 = s1 - a11, s3 = a11 - a21, s4 = a12 - s2 and t1 = b12 - b11, t2 = b22 - t1, t3 = b22 - b12, t4 = t2 - b21:
/// <code>
/// u = a11 b11      c11 = u + a12 b21
/// u = u + s2 t2      v = s3 t3          c21 = u + v - a22 t4
/// u = u + s1 t1    c12 = u + s4 b22     c22 = u + v
/// </code>
/// The blocks on either side are numbered in the order of these products.
/// </summary>
internal static unsafe class StrassenBlocks
{
    /// <summary>Products, and so blocks or sums of blocks on either side.</summary>
    public const int Count = 7;

    const int A11 = 0, A12 = 1, S2 = 2, S3 = 3, A22 = 4, S1 = 5, S4 = 6;

    const int B11 = 0, B21 = 1, T2 = 2, T3 = 3, NegativeT4 = 4, T1 = 5, B22 = 6;

    /// <summary>Where the left columns of the weights are before the sums are made: b11, and b21 behind it.</summary>
    public const int LeftWeights = B11;

    /// <summary>Where the right columns are: b12, and b22 behind it.</summary>
    public const int RightWeights = T1;

    /// <summary>Writes a row of each block of pixels.</summary>
    /// <param name="upper">A pixel of the upper half: a11, and a12 behind it.</param>
    /// <param name="lower">A pixel of the lower half: a21, and a22 behind it.</param>
    /// <param name="half">Half the channels.</param>
    /// <param name="to">Where the row of the first block goes.</param>
    /// <param name="pitch">Numbers from there to the next block's.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Pixels<T>(float* upper, float* lower, int half, float* to, long pitch) where T : unmanaged, IRegister<T>
    {
        for (var c = 0; c < half; c += T.Lanes, to += T.Lanes)
            Left(T.Load(upper + c), T.Load(upper + half + c), T.Load(lower + c), T.Load(lower + half + c), to, pitch);
    }

    /// <summary>Writes a register of each block of the left factor.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Left<T>(T a11, T a12, T a21, T a22, float* to, long pitch) where T : unmanaged, IRegister<T>
    {
        var s1 = a21 + a22;
        var s2 = s1 - a11;
        a11.Store(to + A11 * pitch);
        a12.Store(to + A12 * pitch);
        s2.Store(to + S2 * pitch);
        (a11 - a21).Store(to + S3 * pitch);
        a22.Store(to + A22 * pitch);
        s1.Store(to + S1 * pitch);
        (a12 - s2).Store(to + S4 * pitch);
    }

    /// <summary>Writes a register of each block of the right factor.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Right<T>(T b11, T b12, T b21, T b22, float* to, long pitch) where T : unmanaged, IRegister<T>
    {
        var t1 = b12 - b11;
        var t2 = b22 - t1;
        b11.Store(to + B11 * pitch);
        b21.Store(to + B21 * pitch);
        t2.Store(to + T2 * pitch);
        (b22 - b12).Store(to + T3 * pitch);
        (b21 - t2).Store(to + NegativeT4 * pitch);
        t1.Store(to + T1 * pitch);
        b22.Store(to + B22 * pitch);
    }

    /// <summary>Adds up a row of results from all seven products.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Results<T>(float* products, long pitch, int length, float* upper, float* lower, int half) where T : unmanaged, IRegister<T>
    {
        for (var i = 0; i < length; i += T.Lanes, products += T.Lanes, upper += T.Lanes, lower += T.Lanes)
        {
            var u = T.Load(products);
            (u + T.Load(products + pitch)).Store(upper);
            u += T.Load(products + 2 * pitch);
            var v = T.Load(products + 3 * pitch);
            (u + v + T.Load(products + 4 * pitch)).Store(lower);
            u += T.Load(products + 5 * pitch);
            (u + T.Load(products + 6 * pitch)).Store(upper + half);
            (u + v).Store(lower + half);
        }
    }

    /// <summary>Makes the blocks of weights from those at <see cref="LeftWeights"/> and <see cref="RightWeights"/>.</summary>
    /// <param name="blocks">The first block.</param>
    /// <param name="length">Numbers of a block.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Weights<T>(float* blocks, long length) where T : unmanaged, IRegister<T>
    {
        for (var i = 0L; i < length; i += T.Lanes, blocks += T.Lanes)
        {
            T b11 = T.Load(blocks + B11 * length), b21 = T.Load(blocks + B21 * length);
            T b12 = T.Load(blocks + RightWeights * length), b22 = T.Load(blocks + B22 * length);
            var t1 = b12 - b11;
            var t2 = b22 - t1;
            t1.Store(blocks + T1 * length);
            t2.Store(blocks + T2 * length);
            (b22 - b12).Store(blocks + T3 * length);
            (b21 - t2).Store(blocks + NegativeT4 * length);
        }
    }
}
