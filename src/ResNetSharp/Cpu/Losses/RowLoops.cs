using System.Numerics;
using System.Runtime.CompilerServices;

namespace ResNetSharp.Cpu;

/// <summary>What softmax and the losses do with one row.</summary>
internal static unsafe class RowLoops
{
    /// <summary>The largest element; NaN if there is one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float Max(float* x, int count)
    {
        var largest = new Vector<float>(float.NegativeInfinity);
        var i = 0;
        for (; i <= count - Vector<float>.Count; i += Vector<float>.Count) largest = Lanes.Max(largest, Vector.Load(x + i));
        if (i < count) largest = Lanes.Max(largest, Lanes.Load(x + i, count - i, float.NegativeInfinity));
        var result = largest[0];
        for (var lane = 1; lane < Vector<float>.Count; lane++) result = MathF.Max(result, largest[lane]);
        return result;
    }

    /// <summary>The sum of exp(x - shift).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double SumExp(float* x, float shift, int count)
    {
        Vector<float> sum = default, s = new(shift);
        var i = 0;
        for (; i <= count - Vector<float>.Count; i += Vector<float>.Count) sum += VectorMath.Exp(Vector.Load(x + i) - s);
        if (i < count) sum += VectorMath.Exp(Lanes.Load(x + i, count - i, float.NegativeInfinity) - s);
        return Lanes.Sum(sum);
    }

    /// <summary>y = exp(x - shift); returns the sum. y may be x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double Exp(float* x, float shift, float* y, int count)
    {
        Vector<float> sum = default, s = new(shift);
        var i = 0;
        for (; i <= count - Vector<float>.Count; i += Vector<float>.Count)
        {
            var e = VectorMath.Exp(Vector.Load(x + i) - s);
            sum += e;
            e.Store(y + i);
        }
        if (i < count)
        {
            var e = VectorMath.Exp(Lanes.Load(x + i, count - i, float.NegativeInfinity) - s);
            sum += e;
            Lanes.Store(e, y + i, count - i);
        }
        return Lanes.Sum(sum);
    }

    /// <summary>The sum of a row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double Sum(float* x, int count)
    {
        Vector<float> sum = default;
        var i = 0;
        for (; i <= count - Vector<float>.Count; i += Vector<float>.Count) sum += Vector.Load(x + i);
        if (i < count) sum += Lanes.Load(x + i, count - i);
        return Lanes.Sum(sum);
    }

    /// <summary>The sum of a b.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double Dot(float* a, float* b, int count)
    {
        Vector<float> sum = default;
        var i = 0;
        for (; i <= count - Vector<float>.Count; i += Vector<float>.Count) sum = Vector.FusedMultiplyAdd(Vector.Load(a + i), Vector.Load(b + i), sum);
        if (i < count) sum += Lanes.Load(a + i, count - i) * Lanes.Load(b + i, count - i);
        return Lanes.Sum(sum);
    }

    /// <summary>y = x factor + constant. y may be x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Affine(float* x, float factor, float constant, float* y, int count)
    {
        Vector<float> f = new(factor), k = new(constant);
        var i = 0;
        for (; i <= count - Vector<float>.Count; i += Vector<float>.Count) Vector.FusedMultiplyAdd(Vector.Load(x + i), f, k).Store(y + i);
        for (; i < count; i++) y[i] = MathF.FusedMultiplyAdd(x[i], factor, constant);
    }
}
