using System.Runtime.CompilerServices;

namespace ResNetSharp.Cpu;

/// <summary>
/// The transforms of F(4x4, 3x3), for a register of channels at once: Y = A' [(G g G') * (B' d B)] A turns a 6x6 patch d and a 3x3 kernel g into
/// 4x4 results with 36 instead of 144 multiplications (S. Winograd, "Arithmetic complexity of computations", 1980; A. Lavin and S. Gray,
/// arXiv:1509.09308). The polynomials are evaluated at 0, +-P, +-Q and infinity.
/// </summary>
internal static unsafe class WinogradTransforms
{
    /// <summary>Rows of a patch.</summary>
    public const int Patch = 6;

    /// <summary>Rows of a tile of results.</summary>
    public const int Tile = 4;

    /// <summary>Products of a tile.</summary>
    public const int Points = Patch * Patch;

    // Sums of random numbers lose 1.8 times as much to rounding as direct ones; with the usual points 1 and 2 it is 3.5 times.
    const float P = 0.75f;
    const float Q = 1.5f;

    /// <summary>One over the product of a point's distances from the others.</summary>
    const float AtZero = 1 / (P * P * Q * Q), AtP = 1 / (2 * P * P * (P * P - Q * Q)), AtQ = 1 / (2 * Q * Q * (Q * Q - P * P));

    /// <summary>B' d B.</summary>
    /// <param name="patch">36 pixels.</param>
    /// <param name="channel">The first of the channels.</param>
    /// <param name="to">The first of 36 results.</param>
    /// <param name="pitch">Numbers between them.</param>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Input<T, TNumber, TResult>(TNumber** patch, int channel, TResult* to, long pitch)
        where T : unmanaged, IRegister<T> where TNumber : unmanaged where TResult : unmanaged
    {
        var columnsRoom = stackalloc float[Points * T.Lanes + NativeBuffer.LineNumbers];
        var columns = NativeBuffer.LineStart(columnsRoom);
        for (var x = 0; x < Patch; x++)
        {
            Input(
                T.Load(patch[x] + channel), T.Load(patch[6 + x] + channel), T.Load(patch[12 + x] + channel),
                T.Load(patch[18 + x] + channel), T.Load(patch[24 + x] + channel), T.Load(patch[30 + x] + channel),
                columns + x * T.Lanes, Patch * T.Lanes);
        }
        for (var y = 0; y < Patch; y++, to += Patch * pitch)
        {
            var row = columns + y * Patch * T.Lanes;
            Input(
                T.Load(row), T.Load(row + T.Lanes), T.Load(row + 2 * T.Lanes),
                T.Load(row + 3 * T.Lanes), T.Load(row + 4 * T.Lanes), T.Load(row + 5 * T.Lanes),
                to, pitch);
        }
    }

    /// <summary>G g G'.</summary>
    /// <param name="kernel">The nine weights, in the order of their places.</param>
    /// <param name="to">The first of 36 results.</param>
    /// <param name="pitch">Numbers between them.</param>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Weights<T, TNumber>(TNumber** kernel, float* to, long pitch)
        where T : unmanaged, IRegister<T> where TNumber : unmanaged
    {
        var columnsRoom = stackalloc float[Patch * 3 * T.Lanes + NativeBuffer.LineNumbers];
        var columns = NativeBuffer.LineStart(columnsRoom);
        for (var x = 0; x < 3; x++)
        {
            Weights(T.Load(kernel[x]), T.Load(kernel[3 + x]), T.Load(kernel[6 + x]), columns + x * T.Lanes, 3 * T.Lanes);
        }
        for (var y = 0; y < Patch; y++, to += Patch * pitch)
        {
            var row = columns + y * 3 * T.Lanes;
            Weights(T.Load(row), T.Load(row + T.Lanes), T.Load(row + 2 * T.Lanes), to, pitch);
        }
    }

    /// <summary>A' m A.</summary>
    /// <param name="from">The first of 36 sums.</param>
    /// <param name="pitch">Numbers between them.</param>
    /// <param name="tile">Receives 16 results, a register of channels each.</param>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Output<T>(float* from, long pitch, float* tile) where T : unmanaged, IRegister<T>
    {
        var columnsRoom = stackalloc float[Tile * Patch * T.Lanes + NativeBuffer.LineNumbers];
        var columns = NativeBuffer.LineStart(columnsRoom);
        for (var x = 0; x < Patch; x++)
        {
            var place = from + x * pitch;
            Output(
                T.Load(place), T.Load(place + Patch * pitch), T.Load(place + 2 * Patch * pitch),
                T.Load(place + 3 * Patch * pitch), T.Load(place + 4 * Patch * pitch), T.Load(place + 5 * Patch * pitch),
                columns + x * T.Lanes, Patch * T.Lanes);
        }
        for (var y = 0; y < Tile; y++)
        {
            var row = columns + y * Patch * T.Lanes;
            Output(
                T.Load(row), T.Load(row + T.Lanes), T.Load(row + 2 * T.Lanes),
                T.Load(row + 3 * T.Lanes), T.Load(row + 4 * T.Lanes), T.Load(row + 5 * T.Lanes),
                tile + y * Tile * T.Lanes, T.Lanes);
        }
    }

    /// <summary>A e A'.</summary>
    /// <param name="tile">16 pixels.</param>
    /// <param name="channel">The first of the channels.</param>
    /// <param name="to">The first of 36 results.</param>
    /// <param name="pitch">Numbers between them.</param>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Gradient<T, TNumber>(TNumber** tile, int channel, float* to, long pitch)
        where T : unmanaged, IRegister<T> where TNumber : unmanaged
    {
        var columnsRoom = stackalloc float[Patch * Tile * T.Lanes + NativeBuffer.LineNumbers];
        var columns = NativeBuffer.LineStart(columnsRoom);
        for (var x = 0; x < Tile; x++)
        {
            Gradient(
                T.Load(tile[x] + channel), T.Load(tile[4 + x] + channel),
                T.Load(tile[8 + x] + channel), T.Load(tile[12 + x] + channel), columns + x * T.Lanes, Tile * T.Lanes);
        }
        for (var y = 0; y < Patch; y++, to += Patch * pitch)
        {
            var row = columns + y * Tile * T.Lanes;
            Gradient(
                T.Load(row), T.Load(row + T.Lanes), T.Load(row + 2 * T.Lanes), T.Load(row + 3 * T.Lanes), to, pitch);
        }
    }

    /// <summary>G' u G.</summary>
    /// <param name="from">The first of 36 sums.</param>
    /// <param name="pitch">Numbers between them, and between the nine results.</param>
    /// <param name="to">The first result.</param>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void WeightGradient<T>(float* from, long pitch, float* to) where T : unmanaged, IRegister<T>
    {
        var columnsRoom = stackalloc float[3 * Patch * T.Lanes + NativeBuffer.LineNumbers];
        var columns = NativeBuffer.LineStart(columnsRoom);
        for (var x = 0; x < Patch; x++)
        {
            var place = from + x * pitch;
            WeightGradient(
                T.Load(place), T.Load(place + Patch * pitch), T.Load(place + 2 * Patch * pitch),
                T.Load(place + 3 * Patch * pitch), T.Load(place + 4 * Patch * pitch), T.Load(place + 5 * Patch * pitch),
                columns + x * T.Lanes, Patch * T.Lanes);
        }
        for (var y = 0; y < 3; y++, to += 3 * pitch)
        {
            var row = columns + y * Patch * T.Lanes;
            WeightGradient(
                T.Load(row), T.Load(row + T.Lanes), T.Load(row + 2 * T.Lanes),
                T.Load(row + 3 * T.Lanes), T.Load(row + 4 * T.Lanes), T.Load(row + 5 * T.Lanes), to, pitch);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Gradient<T>(T e0, T e1, T e2, T e3, float* to, long pitch) where T : unmanaged, IRegister<T>
    {
        var evenP = T.MultiplyAdd(P * P, e2, e0);
        var oddP = T.MultiplyAdd(P * P * P, e3, e1 * P);
        var evenQ = T.MultiplyAdd(Q * Q, e2, e0);
        var oddQ = T.MultiplyAdd(Q * Q * Q, e3, e1 * Q);
        e0.Store(to);
        (evenP + oddP).Store(to + pitch);
        (evenP - oddP).Store(to + 2 * pitch);
        (evenQ + oddQ).Store(to + 3 * pitch);
        (evenQ - oddQ).Store(to + 4 * pitch);
        e3.Store(to + 5 * pitch);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void WeightGradient<T>(
        T u0, T u1, T u2, T u3, T u4, T u5,
        float* to, long pitch) where T : unmanaged, IRegister<T>
    {
        var (sumP, differenceP) = ((u1 + u2) * AtP, (u1 - u2) * AtP);
        var (sumQ, differenceQ) = ((u3 + u4) * AtQ, (u3 - u4) * AtQ);
        (u0 * AtZero + sumP + sumQ).Store(to);
        (differenceP * P + differenceQ * Q).Store(to + pitch);
        (sumP * (P * P) + sumQ * (Q * Q) + u5).Store(to + 2 * pitch);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Input<T, TResult>(
        T d0, T d1, T d2, T d3, T d4, T d5,
        TResult* to, long pitch) where T : unmanaged, IRegister<T> where TResult : unmanaged
    {
        const float Product = P * P * Q * Q;
        const float MinusSum = -(P * P + Q * Q);
        const float MinusP2 = -P * P;
        const float MinusQ2 = -Q * Q;
        var evenP = T.MultiplyAdd(MinusQ2, d2, d4);
        var oddP = T.MultiplyAdd(MinusQ2, d1, d3);
        var evenQ = T.MultiplyAdd(MinusP2, d2, d4);
        var oddQ = T.MultiplyAdd(MinusP2, d1, d3);
        T.MultiplyAdd(Product, d0, T.MultiplyAdd(MinusSum, d2, d4)).Store(to);
        T.MultiplyAdd(P, oddP, evenP).Store(to + pitch);
        T.MultiplyAdd(-P, oddP, evenP).Store(to + 2 * pitch);
        T.MultiplyAdd(Q, oddQ, evenQ).Store(to + 3 * pitch);
        T.MultiplyAdd(-Q, oddQ, evenQ).Store(to + 4 * pitch);
        T.MultiplyAdd(Product, d1, T.MultiplyAdd(MinusSum, d3, d5)).Store(to + 5 * pitch);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Weights<T>(T g0, T g1, T g2, float* to, long pitch) where T : unmanaged, IRegister<T>
    {
        var evenP = (g0 + g2 * (P * P)) * AtP;
        var oddP = g1 * (P * AtP);
        var evenQ = (g0 + g2 * (Q * Q)) * AtQ;
        var oddQ = g1 * (Q * AtQ);
        (g0 * AtZero).Store(to);
        (evenP + oddP).Store(to + pitch);
        (evenP - oddP).Store(to + 2 * pitch);
        (evenQ + oddQ).Store(to + 3 * pitch);
        (evenQ - oddQ).Store(to + 4 * pitch);
        g2.Store(to + 5 * pitch);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Output<T>(
        T m0, T m1, T m2, T m3, T m4, T m5,
        float* to, long pitch) where T : unmanaged, IRegister<T>
    {
        var (sumP, differenceP) = (m1 + m2, m1 - m2);
        var (sumQ, differenceQ) = (m3 + m4, m3 - m4);
        (m0 + sumP + sumQ).Store(to);
        T.MultiplyAdd(P, differenceP, differenceQ * Q).Store(to + pitch);
        T.MultiplyAdd(P * P, sumP, sumQ * (Q * Q)).Store(to + 2 * pitch);
        T.MultiplyAdd(
            P * P * P, differenceP, T.MultiplyAdd(Q * Q * Q, differenceQ, m5)).Store(to + 3 * pitch);
    }
}
