using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace ResNetSharp.Cpu;

/// <summary>
/// The transforms of F(4x4, 3x3), for sixteen channels at once: Y = A' [(G g G') * (B' d B)] A turns a 6x6 patch d and a 3x3 kernel g into
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

    /// <summary>Numbers that one step works on.</summary>
    public const int Lanes = 16;

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
    public static void Input(float** patch, int channel, float* to, long pitch)
    {
        var columns = stackalloc float[Points * Lanes];
        for (var x = 0; x < Patch; x++)
        {
            Input(
                Vector512.Load(patch[x] + channel), Vector512.Load(patch[6 + x] + channel), Vector512.Load(patch[12 + x] + channel),
                Vector512.Load(patch[18 + x] + channel), Vector512.Load(patch[24 + x] + channel), Vector512.Load(patch[30 + x] + channel),
                columns + x * Lanes, Patch * Lanes);
        }
        for (var y = 0; y < Patch; y++, to += Patch * pitch)
        {
            var row = columns + y * Patch * Lanes;
            Input(
                Vector512.Load(row), Vector512.Load(row + Lanes), Vector512.Load(row + 2 * Lanes),
                Vector512.Load(row + 3 * Lanes), Vector512.Load(row + 4 * Lanes), Vector512.Load(row + 5 * Lanes),
                to, pitch);
        }
    }

    /// <summary>G g G'.</summary>
    /// <param name="kernel">The nine weights, in the order of their places.</param>
    /// <param name="to">The first of 36 results.</param>
    /// <param name="pitch">Numbers between them.</param>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Weights(float** kernel, float* to, long pitch)
    {
        var columns = stackalloc float[Patch * 3 * Lanes];
        for (var x = 0; x < 3; x++)
        {
            Weights(Vector512.Load(kernel[x]), Vector512.Load(kernel[3 + x]), Vector512.Load(kernel[6 + x]), columns + x * Lanes, 3 * Lanes);
        }
        for (var y = 0; y < Patch; y++, to += Patch * pitch)
        {
            var row = columns + y * 3 * Lanes;
            Weights(Vector512.Load(row), Vector512.Load(row + Lanes), Vector512.Load(row + 2 * Lanes), to, pitch);
        }
    }

    /// <summary>A' m A.</summary>
    /// <param name="from">The first of 36 sums.</param>
    /// <param name="pitch">Numbers between them.</param>
    /// <param name="tile">Receives 16 results, of sixteen channels each.</param>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Output(float* from, long pitch, float* tile)
    {
        var columns = stackalloc float[Tile * Patch * Lanes];
        for (var x = 0; x < Patch; x++)
        {
            var place = from + x * pitch;
            Output(
                Vector512.Load(place), Vector512.Load(place + Patch * pitch), Vector512.Load(place + 2 * Patch * pitch),
                Vector512.Load(place + 3 * Patch * pitch), Vector512.Load(place + 4 * Patch * pitch), Vector512.Load(place + 5 * Patch * pitch),
                columns + x * Lanes, Patch * Lanes);
        }
        for (var y = 0; y < Tile; y++)
        {
            var row = columns + y * Patch * Lanes;
            Output(
                Vector512.Load(row), Vector512.Load(row + Lanes), Vector512.Load(row + 2 * Lanes),
                Vector512.Load(row + 3 * Lanes), Vector512.Load(row + 4 * Lanes), Vector512.Load(row + 5 * Lanes),
                tile + y * Tile * Lanes, Lanes);
        }
    }

    /// <summary>A e A'.</summary>
    /// <param name="tile">16 pixels.</param>
    /// <param name="channel">The first of the channels.</param>
    /// <param name="to">The first of 36 results.</param>
    /// <param name="pitch">Numbers between them.</param>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Gradient(float** tile, int channel, float* to, long pitch)
    {
        var columns = stackalloc float[Patch * Tile * Lanes];
        for (var x = 0; x < Tile; x++)
        {
            Gradient(
                Vector512.Load(tile[x] + channel), Vector512.Load(tile[4 + x] + channel),
                Vector512.Load(tile[8 + x] + channel), Vector512.Load(tile[12 + x] + channel), columns + x * Lanes, Tile * Lanes);
        }
        for (var y = 0; y < Patch; y++, to += Patch * pitch)
        {
            var row = columns + y * Tile * Lanes;
            Gradient(
                Vector512.Load(row), Vector512.Load(row + Lanes), Vector512.Load(row + 2 * Lanes), Vector512.Load(row + 3 * Lanes), to, pitch);
        }
    }

    /// <summary>G' u G.</summary>
    /// <param name="from">The first of 36 sums.</param>
    /// <param name="pitch">Numbers between them, and between the nine results.</param>
    /// <param name="to">The first result.</param>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void WeightGradient(float* from, long pitch, float* to)
    {
        var columns = stackalloc float[3 * Patch * Lanes];
        for (var x = 0; x < Patch; x++)
        {
            var place = from + x * pitch;
            WeightGradient(
                Vector512.Load(place), Vector512.Load(place + Patch * pitch), Vector512.Load(place + 2 * Patch * pitch),
                Vector512.Load(place + 3 * Patch * pitch), Vector512.Load(place + 4 * Patch * pitch), Vector512.Load(place + 5 * Patch * pitch),
                columns + x * Lanes, Patch * Lanes);
        }
        for (var y = 0; y < 3; y++, to += 3 * pitch)
        {
            var row = columns + y * Patch * Lanes;
            WeightGradient(
                Vector512.Load(row), Vector512.Load(row + Lanes), Vector512.Load(row + 2 * Lanes),
                Vector512.Load(row + 3 * Lanes), Vector512.Load(row + 4 * Lanes), Vector512.Load(row + 5 * Lanes), to, pitch);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Gradient(Vector512<float> e0, Vector512<float> e1, Vector512<float> e2, Vector512<float> e3, float* to, long pitch)
    {
        var evenP = Vector512.MultiplyAddEstimate(Vector512.Create(P * P), e2, e0);
        var oddP = Vector512.MultiplyAddEstimate(Vector512.Create(P * P * P), e3, e1 * P);
        var evenQ = Vector512.MultiplyAddEstimate(Vector512.Create(Q * Q), e2, e0);
        var oddQ = Vector512.MultiplyAddEstimate(Vector512.Create(Q * Q * Q), e3, e1 * Q);
        e0.Store(to);
        (evenP + oddP).Store(to + pitch);
        (evenP - oddP).Store(to + 2 * pitch);
        (evenQ + oddQ).Store(to + 3 * pitch);
        (evenQ - oddQ).Store(to + 4 * pitch);
        e3.Store(to + 5 * pitch);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void WeightGradient(
        Vector512<float> u0, Vector512<float> u1, Vector512<float> u2, Vector512<float> u3, Vector512<float> u4, Vector512<float> u5,
        float* to, long pitch)
    {
        var (sumP, differenceP) = ((u1 + u2) * AtP, (u1 - u2) * AtP);
        var (sumQ, differenceQ) = ((u3 + u4) * AtQ, (u3 - u4) * AtQ);
        (u0 * AtZero + sumP + sumQ).Store(to);
        (differenceP * P + differenceQ * Q).Store(to + pitch);
        (sumP * (P * P) + sumQ * (Q * Q) + u5).Store(to + 2 * pitch);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Input(
        Vector512<float> d0, Vector512<float> d1, Vector512<float> d2, Vector512<float> d3, Vector512<float> d4, Vector512<float> d5,
        float* to, long pitch)
    {
        var product = Vector512.Create(P * P * Q * Q);
        var minusSum = Vector512.Create(-(P * P + Q * Q));
        var minusP2 = Vector512.Create(-P * P);
        var minusQ2 = Vector512.Create(-Q * Q);
        var p = Vector512.Create(P);
        var q = Vector512.Create(Q);
        var evenP = Vector512.MultiplyAddEstimate(minusQ2, d2, d4);
        var oddP = Vector512.MultiplyAddEstimate(minusQ2, d1, d3);
        var evenQ = Vector512.MultiplyAddEstimate(minusP2, d2, d4);
        var oddQ = Vector512.MultiplyAddEstimate(minusP2, d1, d3);
        Vector512.MultiplyAddEstimate(product, d0, Vector512.MultiplyAddEstimate(minusSum, d2, d4)).Store(to);
        Vector512.MultiplyAddEstimate(p, oddP, evenP).Store(to + pitch);
        Vector512.MultiplyAddEstimate(-p, oddP, evenP).Store(to + 2 * pitch);
        Vector512.MultiplyAddEstimate(q, oddQ, evenQ).Store(to + 3 * pitch);
        Vector512.MultiplyAddEstimate(-q, oddQ, evenQ).Store(to + 4 * pitch);
        Vector512.MultiplyAddEstimate(product, d1, Vector512.MultiplyAddEstimate(minusSum, d3, d5)).Store(to + 5 * pitch);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Weights(Vector512<float> g0, Vector512<float> g1, Vector512<float> g2, float* to, long pitch)
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
    static void Output(
        Vector512<float> m0, Vector512<float> m1, Vector512<float> m2, Vector512<float> m3, Vector512<float> m4, Vector512<float> m5,
        float* to, long pitch)
    {
        var (sumP, differenceP) = (m1 + m2, m1 - m2);
        var (sumQ, differenceQ) = (m3 + m4, m3 - m4);
        (m0 + sumP + sumQ).Store(to);
        Vector512.MultiplyAddEstimate(Vector512.Create(P), differenceP, differenceQ * Q).Store(to + pitch);
        Vector512.MultiplyAddEstimate(Vector512.Create(P * P), sumP, sumQ * (Q * Q)).Store(to + 2 * pitch);
        Vector512.MultiplyAddEstimate(
            Vector512.Create(P * P * P), differenceP, Vector512.MultiplyAddEstimate(Vector512.Create(Q * Q * Q), differenceQ, m5)).Store(to + 3 * pitch);
    }
}
