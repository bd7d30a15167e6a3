using System.Numerics;
using System.Runtime.CompilerServices;

namespace ResNetSharp.Cpu;

/// <summary>Small helpers on vectors, above all the last few elements of a row, which do not fill one.</summary>
internal static unsafe class Lanes
{
    /// <summary>Loads fewer elements than a vector has; the other lanes get <paramref name="fill"/>.</summary>
    public static Vector<float> Load(float* x, int count, float fill = 0)
    {
        var vector = new Vector<float>(fill);
        Unsafe.CopyBlockUnaligned(&vector, x, (uint)count * sizeof(float));
        return vector;
    }

    /// <summary>Stores the first elements of a vector.</summary>
    public static void Store(Vector<float> vector, float* y, int count) =>
        Unsafe.CopyBlockUnaligned(y, &vector, (uint)count * sizeof(float));

    /// <summary>The sum of all lanes, in double precision and in order.</summary>
    public static double Sum(Vector<float> vector)
    {
        var sum = 0.0;
        for (var i = 0; i < Vector<float>.Count; i++) sum += vector[i];
        return sum;
    }

    /// <summary>max(x, 0), where a NaN stays one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Relu(Vector<float> x) => ZeroWhere(Vector.LessThanOrEqual(x, Vector<float>.Zero), x);

    /// <summary>The gradient that passes a ReLU whose input (or output) is <paramref name="x"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> ReluGradient(Vector<float> x, Vector<float> dy) => ZeroWhere(Vector.LessThanOrEqual(x, Vector<float>.Zero), dy);

    /// <summary>x, with zeros in the lanes of the mask.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> ZeroWhere(Vector<int> mask, Vector<float> x) => Vector.AndNot(x, Vector.AsVectorSingle(mask));

    /// <summary>The larger of two numbers; NaN if either is.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Max(Vector<float> a, Vector<float> b) =>
        Vector.ConditionalSelect(Vector.GreaterThan(b, a) | ~Vector.Equals(b, b), b, a);

    /// <summary>The smaller of two numbers; NaN if either is.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Min(Vector<float> a, Vector<float> b) =>
        Vector.ConditionalSelect(Vector.LessThan(b, a) | ~Vector.Equals(b, b), b, a);
}
