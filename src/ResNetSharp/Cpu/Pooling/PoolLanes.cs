using System.Numerics;
using System.Runtime.CompilerServices;

namespace ResNetSharp.Cpu;

/// <summary>
/// Vectors of the elements that are pooled, float or bfloat16 (as <see cref="ushort"/>). The latter are compared as integers, their keys,
/// which are ordered as the numbers are: a vector holds twice as many, and nothing is widened. All that is not a number has the largest key,
/// and both zeros have the same.
/// </summary>
internal static unsafe class PoolLanes
{
    const short Magnitude = 0x7FFF;
    const short Infinity = 0x7F80;
    const int SignBit = 15;
    const int HalfBits = 16;

    /// <summary>The keys of minus infinity.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<T> Lowest<T>() where T : unmanaged => typeof(T) == typeof(float)
        ? Vector.As<float, T>(new Vector<float>(float.NegativeInfinity))
        : Vector.As<short, T>(new Vector<short>(-Infinity));

    /// <summary>The keys of elements.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<T> Keys<T>(Vector<T> elements) where T : unmanaged
    {
        if (typeof(T) == typeof(float)) return elements;
        var bits = Vector.As<T, short>(elements);
        var sign = bits >> SignBit;
        var magnitude = bits & new Vector<short>(Magnitude);
        var keys = (magnitude ^ sign) - sign;
        return Vector.As<short, T>(Vector.ConditionalSelect(Vector.GreaterThan(magnitude, new Vector<short>(Infinity)), new Vector<short>(Magnitude), keys));
    }

    /// <summary>The elements that have the keys.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<T> Elements<T>(Vector<T> keys) where T : unmanaged
    {
        if (typeof(T) == typeof(float)) return keys;
        var bits = Vector.As<T, short>(keys);
        var sign = bits >> SignBit;
        return Vector.As<short, T>(((bits ^ sign) - sign) | (sign << SignBit));
    }

    /// <summary>The larger keys; a float that is not a number counts as larger than all.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<T> Max<T>(Vector<T> a, Vector<T> b) where T : unmanaged => typeof(T) == typeof(float)
        ? Vector.As<float, T>(Lanes.Max(Vector.As<T, float>(a), Vector.As<T, float>(b)))
        : Vector.As<short, T>(Vector.Max(Vector.As<T, short>(a), Vector.As<T, short>(b)));

    /// <summary>Where keys are the same, or both are not a number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<T> Same<T>(Vector<T> a, Vector<T> b) where T : unmanaged
    {
        if (typeof(T) != typeof(float)) return Vector.As<short, T>(Vector.Equals(Vector.As<T, short>(a), Vector.As<T, short>(b)));
        var (x, y) = (Vector.As<T, float>(a), Vector.As<T, float>(b));
        return Vector.As<int, T>(Vector.Equals(x, y) | (~Vector.Equals(x, x) & ~Vector.Equals(y, y)));
    }

    /// <summary>An integer in every lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<T> Integer<T>(int value) where T : unmanaged =>
        typeof(T) == typeof(float) ? Vector.As<int, T>(new Vector<int>(value)) : Vector.As<short, T>(new Vector<short>((short)value));

    /// <summary>Where integers are the same.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<T> SameIntegers<T>(Vector<T> a, Vector<T> b) where T : unmanaged => typeof(T) == typeof(float)
        ? Vector.As<int, T>(Vector.Equals(Vector.As<T, int>(a), Vector.As<T, int>(b)))
        : Vector.As<short, T>(Vector.Equals(Vector.As<T, short>(a), Vector.As<T, short>(b)));

    /// <summary>Adds elements to sums in single precision. Two bfloat16 lie in the lane of one sum: the lower in the first, the upper in the second.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector<float> First, Vector<float> Second) Add<T>((Vector<float> First, Vector<float> Second) sums, Vector<T> elements) where T : unmanaged
    {
        if (typeof(T) == typeof(float)) return (sums.First + Vector.As<T, float>(elements), sums.Second);
        var pairs = Vector.As<T, uint>(elements);
        return (sums.First + Vector.AsVectorSingle(pairs << HalfBits), sums.Second + Vector.AsVectorSingle(pairs & new Vector<uint>(0xFFFF_0000)));
    }

    /// <summary>The sums as elements, rounded.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<T> Round<T>((Vector<float> First, Vector<float> Second) sums) where T : unmanaged => typeof(T) == typeof(float)
        ? Vector.As<float, T>(sums.First)
        : Vector.As<uint, T>(BFloat16.Upper(Vector.AsVectorUInt32(sums.First)) | BFloat16.Upper(Vector.AsVectorUInt32(sums.Second)) << HalfBits);

    /// <summary>Reads a vector, or the elements that are left of a row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<T> Load<T>(T* x, long left) where T : unmanaged => left >= Vector<T>.Count ? Vector.Load(x) : LoadFew(x, left);

    /// <summary>Writes a vector, or the elements that are left of a row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<T>(Vector<T> vector, T* y, long left) where T : unmanaged
    {
        if (left >= Vector<T>.Count) vector.Store(y);
        else StoreFew(vector, y, left);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static Vector<T> LoadFew<T>(T* x, long count) where T : unmanaged
    {
        var places = stackalloc T[Vector<T>.Count];
        new Span<T>(x, (int)count).CopyTo(new Span<T>(places, Vector<T>.Count));
        return Vector.Load(places);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static void StoreFew<T>(Vector<T> vector, T* y, long count) where T : unmanaged
    {
        var places = stackalloc T[Vector<T>.Count];
        vector.Store(places);
        new Span<T>(places, (int)count).CopyTo(new Span<T>(y, (int)count));
    }
}
