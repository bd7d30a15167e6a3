using System.Numerics;
using System.Runtime.CompilerServices;

namespace ResNetSharp.Cpu;

/// <summary>
/// Elementary functions on vectors, correct to about two units in the last place. Formulas: range reduction by powers of two with ln 2
/// in two parts (Cody and Waite), Taylor series on the reduced range, the area-tangent series for logarithms, the continued fraction
/// of tanh, and for erfc a Chebyshev fit of log(erfc(z)) + z².
/// </summary>
internal static class VectorMath
{
    const float Ln2High = 0.693359375f;
    const float Ln2Low = -2.12194440e-4f;
    const float Log2E = 1.44269504f;

    /// <summary>1.5 * 2^23: adding it rounds a small number to an integer that stands in the low bits.</summary>
    const float RoundingMagic = 12582912f;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Exp(Vector<float> x)
    {
        Reduce(x, -104f, 89f, out var r, out var n);
        var p = Vector.FusedMultiplyAdd(ExpM1Reduced(r), PowerOfTwo(n >> 1), PowerOfTwo(n >> 1)) * PowerOfTwo(n - (n >> 1));
        return Vector.ConditionalSelect(Vector.Equals(x, x), p, x);
    }

    /// <summary>exp(x) - 1 for x up to 80, without cancellation near 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> ExpM1(Vector<float> x)
    {
        Reduce(x, -80f, 80f, out var r, out var n);
        var scale = PowerOfTwo(n);
        var p = Vector.FusedMultiplyAdd(scale, ExpM1Reduced(r), scale - Vector<float>.One);
        return Vector.ConditionalSelect(Vector.Equals(x, x), p, x);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Log(Vector<float> x)
    {
        var tiny = Vector.LessThan(x, new Vector<float>(1.17549435e-38f));
        var normal = Vector.ConditionalSelect(tiny, x * new Vector<float>(8388608f), x);
        // m in [sqrt(1/2), sqrt(2)): the exponent field of the bits shifted by sqrt(1/2).
        var bits = Vector.AsVectorInt32(normal) - new Vector<int>(0x3f3504f3);
        var exponent = bits >> 23;
        var m = Vector.AsVectorSingle((bits & new Vector<int>(0x007fffff)) + new Vector<int>(0x3f3504f3));
        var e = Vector.ConvertToSingle(exponent) - Vector.ConditionalSelect(tiny, new Vector<float>(23f), Vector<float>.Zero);
        var f = m - Vector<float>.One;
        var s = f / (f + new Vector<float>(2f));
        var z = s * s;
        var p = Horner(z, 2f / 11, 2f / 9, 2f / 7, 2f / 5, 2f / 3) * z;
        // log(1 + f) = 2s + s p = f - s (f - p)
        var y = f - s * (f - p);
        y = Vector.FusedMultiplyAdd(e, new Vector<float>(Ln2High), Vector.FusedMultiplyAdd(e, new Vector<float>(Ln2Low), y));
        y = Vector.ConditionalSelect(Vector.Equals(x, Vector<float>.Zero), new Vector<float>(float.NegativeInfinity), y);
        y = Vector.ConditionalSelect(Vector.LessThan(x, Vector<float>.Zero), new Vector<float>(float.NaN), y);
        var finite = Vector.LessThanOrEqual(x, new Vector<float>(float.MaxValue));
        return Vector.ConditionalSelect(finite, y, x);
    }

    /// <summary>log(1 + t) for t in [0, 1].</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> LogOnePlus(Vector<float> t)
    {
        var s = t / (t + new Vector<float>(2f));
        var z = s * s;
        return s * Vector.FusedMultiplyAdd(z, Horner(z, 2f / 17, 2f / 15, 2f / 13, 2f / 11, 2f / 9, 2f / 7, 2f / 5, 2f / 3), new Vector<float>(2f));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Sigmoid(Vector<float> x) => Vector<float>.One / (Vector<float>.One + Exp(-x));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Tanh(Vector<float> x)
    {
        var size = Vector.Abs(x);
        var z = x * x;
        var numerator = Horner(z, 1f, 378f, 17325f, 135135f) * x;
        var small = numerator / Horner(z, 28f, 3150f, 62370f, 135135f);
        var large = Vector<float>.One - new Vector<float>(2f) / (Exp(size + size) + Vector<float>.One);
        return Vector.ConditionalSelect(Vector.LessThan(size, Vector<float>.One), small, Vector.CopySign(large, x));
    }

    /// <summary>The standard normal's probability above x, erfc(x / sqrt 2) / 2, for x not below 0; precise far into the tail.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> NormalTail(Vector<float> x)
    {
        // With z = x / sqrt 2 and t = 2 / (2 + z), log(erfc(z)) + z² - log t is smooth from z = 0 (t = 1) to infinity (t = 0).
        var t = new Vector<float>(2f) / Vector.FusedMultiplyAdd(x, new Vector<float>(0.707106781f), new Vector<float>(2f));
        var half = new Vector<float>(0.5f);
        var square = x * x;
        var rest = Vector.FusedMultiplyAdd(x, x, -square);
        return t * half * Exp(square * -half) * Exp(ErfcPolynomial(t) - rest * half);
    }

    /// <summary>The error function: its power series near 0, and one minus both tails of the normal distribution beyond.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Erf(Vector<float> x)
    {
        const float Factor = 1.12837917f;
        var z = x * x;
        // The coefficients are (-1)^n 2 / (sqrt π n! (2n + 1)); what is left out is below 2e-8 for x up to 0.75.
        var small = x * Horner(z, -Factor / 75600, Factor / 9360, -Factor / 1320, Factor / 216, -Factor / 42, Factor / 10, -Factor / 3, Factor);
        // Far out, where nothing is left of the tails, infinity is like any other number.
        var size = Vector.ConditionalSelect(Vector.GreaterThan(Vector.Abs(x), new Vector<float>(8f)), new Vector<float>(8f), Vector.Abs(x));
        var large = Vector<float>.One - new Vector<float>(2f) * NormalTail(size * new Vector<float>(1.41421356f));
        return Vector.ConditionalSelect(Vector.LessThan(size, new Vector<float>(0.75f)), small, Vector.CopySign(large, x));
    }

    /// <summary>log(erfc(z)) + z² - log t, to 1.5e-8 for t in [0.13, 1] (z up to 13.4, where erfc leaves the range of fp32).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector<float> ErfcPolynomial(Vector<float> t)
    {
        var u = (t - new Vector<float>(0.565f)) * new Vector<float>(2.29885058f);
        var high = Horner(u, -2.870905473e-5f, 9.118745542e-5f, 1.366068494e-4f, -7.703856437e-4f, -1.262769377e-4f);
        var low = Horner(u, 4.655837697e-3f, -2.221294788e-3f, -3.324148145e-2f, 2.138463483e-2f, 0.5937757705f, -0.583655882f);
        var u2 = u * u;
        return Vector.FusedMultiplyAdd(high, u2 * u2 * u2, low);
    }

    /// <summary>x = n ln 2 + r with |r| at most about ln(2) / 2.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Reduce(Vector<float> x, float lowest, float highest, out Vector<float> r, out Vector<int> n)
    {
        x = Vector.ConditionalSelect(Vector.GreaterThan(x, new Vector<float>(lowest)), x, new Vector<float>(lowest));
        x = Vector.ConditionalSelect(Vector.LessThan(x, new Vector<float>(highest)), x, new Vector<float>(highest));
        var magic = new Vector<float>(RoundingMagic);
        var shifted = Vector.FusedMultiplyAdd(x, new Vector<float>(Log2E), magic);
        n = Vector.AsVectorInt32(shifted) - Vector.AsVectorInt32(magic);
        var whole = shifted - magic;
        r = Vector.FusedMultiplyAdd(whole, new Vector<float>(-Ln2High), x);
        r = Vector.FusedMultiplyAdd(whole, new Vector<float>(-Ln2Low), r);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector<float> ExpM1Reduced(Vector<float> r) =>
        Vector.FusedMultiplyAdd(r * r, Horner(r, 1f / 5040, 1f / 720, 1f / 120, 1f / 24, 1f / 6, 1f / 2), r);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector<float> PowerOfTwo(Vector<int> n) => Vector.AsVectorSingle((n + new Vector<int>(127)) << 23);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector<float> Horner(Vector<float> x, float c3, float c2, float c1, float c0)
    {
        var p = Vector.FusedMultiplyAdd(new Vector<float>(c3), x, new Vector<float>(c2));
        p = Vector.FusedMultiplyAdd(p, x, new Vector<float>(c1));
        return Vector.FusedMultiplyAdd(p, x, new Vector<float>(c0));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector<float> Horner(Vector<float> x, float c4, float c3, float c2, float c1, float c0) =>
        Vector.FusedMultiplyAdd(Horner(x, c4, c3, c2, c1), x, new Vector<float>(c0));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector<float> Horner(Vector<float> x, float c5, float c4, float c3, float c2, float c1, float c0) =>
        Vector.FusedMultiplyAdd(Horner(x, c5, c4, c3, c2, c1), x, new Vector<float>(c0));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector<float> Horner(Vector<float> x, float c7, float c6, float c5, float c4, float c3, float c2, float c1, float c0) =>
        Vector.FusedMultiplyAdd(Vector.FusedMultiplyAdd(Horner(x, c7, c6, c5, c4, c3, c2), x, new Vector<float>(c1)), x, new Vector<float>(c0));
}
