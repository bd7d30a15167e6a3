using System.Numerics;
using System.Runtime.CompilerServices;

namespace ResNetSharp.Cpu;

/// <summary>Sums in double precision over neighbouring channels, of fp32 partial sums and of elements.</summary>
internal static unsafe class DoubleLanes
{
    /// <summary>totals += x</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Add(double* totals, float* x, int count)
    {
        var c = 0;
        for (; c <= count - Vector<float>.Count; c += Vector<float>.Count)
        {
            Vector.Widen(Vector.Load(x + c), out var low, out var high);
            (Vector.Load(totals + c) + low).Store(totals + c);
            (Vector.Load(totals + c + Vector<double>.Count) + high).Store(totals + c + Vector<double>.Count);
        }
        for (; c < count; c++) totals[c] += x[c];
    }

    /// <summary>totals += factor x</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddScaled<T>(double* totals, T* x, double factor, int count) where T : unmanaged
    {
        var f = new Vector<double>(factor);
        var c = 0;
        for (; c <= count - Vector<float>.Count; c += Vector<float>.Count)
        {
            Vector.Widen(Lanes.Load(x + c), out var low, out var high);
            (Vector.Load(totals + c) + f * low).Store(totals + c);
            (Vector.Load(totals + c + Vector<double>.Count) + f * high).Store(totals + c + Vector<double>.Count);
        }
        for (; c < count; c++) totals[c] += factor * Lanes.Number(x[c]);
    }

    /// <summary>
    /// Adds sums of squares around another centre: with d the differences from <paramref name="centre"/> and delta = centre - mean,
    /// sum (d + delta)² = squares + delta (2 sums + rows delta).
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddMoved<T>(double* totals, float* sums, float* squares, T* centre, double* mean, double rows, int count) where T : unmanaged
    {
        Vector<double> n = new(rows), two = new(2.0);
        var c = 0;
        for (; c <= count - Vector<float>.Count; c += Vector<float>.Count)
        {
            Vector.Widen(Vector.Load(sums + c), out var sumLow, out var sumHigh);
            Vector.Widen(Vector.Load(squares + c), out var squareLow, out var squareHigh);
            Vector.Widen(Lanes.Load(centre + c), out var low, out var high);
            low -= Vector.Load(mean + c);
            high -= Vector.Load(mean + c + Vector<double>.Count);
            (Vector.Load(totals + c) + (squareLow + low * (two * sumLow + n * low))).Store(totals + c);
            var after = totals + c + Vector<double>.Count;
            (Vector.Load(after) + (squareHigh + high * (two * sumHigh + n * high))).Store(after);
        }
        for (; c < count; c++)
        {
            var delta = Lanes.Number(centre[c]) - mean[c];
            totals[c] += squares[c] + delta * (2 * (double)sums[c] + rows * delta);
        }
    }
}
