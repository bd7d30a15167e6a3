using System.Numerics;
using System.Runtime.CompilerServices;

namespace ResNetSharp.Cpu;

/// <summary>Small helpers on vectors, above all the last few elements of a row, which do not fill one.</summary>
internal static unsafe class Lanes
{
    /// <summary>Loads a vector of elements, float or bfloat16 (as <see cref="ushort"/>), as 32-bit numbers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Load<T>(T* x) where T : unmanaged =>
        typeof(T) == typeof(float) ? Vector.Load((float*)x)
        : typeof(T) == typeof(ushort) ? Widening.Load((ushort*)x)
        : throw new NotSupportedException($"no kernel works on elements of type {typeof(T)}");

    /// <summary>Stores a vector of 32-bit numbers as elements, float or bfloat16.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<T>(Vector<float> vector, T* y) where T : unmanaged
    {
        if (typeof(T) == typeof(float)) vector.Store((float*)y);
        else if (typeof(T) == typeof(ushort)) Widening.Store(vector, (ushort*)y);
        else throw new NotSupportedException($"no kernel works on elements of type {typeof(T)}");
    }

    /// <summary>Loads fewer elements than a vector has; the other lanes get <paramref name="fill"/>.</summary>
    public static Vector<float> Load<T>(T* x, int count, float fill = 0) where T : unmanaged
    {
        var places = stackalloc T[Vector<float>.Count];
        Store(new Vector<float>(fill), places);
        Unsafe.CopyBlockUnaligned(places, x, (uint)(count * sizeof(T)));
        return Load(places);
    }

    /// <summary>Stores the first elements of a vector.</summary>
    public static void Store<T>(Vector<float> vector, T* y, int count) where T : unmanaged
    {
        var places = stackalloc T[Vector<float>.Count];
        Store(vector, places);
        Unsafe.CopyBlockUnaligned(y, places, (uint)(count * sizeof(T)));
    }

    /// <summary>An element as a number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Number<T>(T element) where T : unmanaged =>
        typeof(T) == typeof(ushort) ? BFloat16.ToFloat(Unsafe.BitCast<T, ushort>(element)) : Unsafe.BitCast<T, float>(element);

    /// <summary>A number as an element.</summary>
    public static T Element<T>(float value) where T : unmanaged
    {
        if (typeof(T) == typeof(byte)) return Unsafe.BitCast<byte, T>((byte)value);
        T element;
        Store(new Vector<float>(value), &element, 1);
        return element;
    }

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
