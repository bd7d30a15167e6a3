using System.Numerics;

namespace ResNetSharp.Cpu;

internal readonly struct SigmoidOperator : IUnaryOperator
{
    public static bool GradientFromOutput => true;

    public static Vector<float> Value(Vector<float> x, Vector<float> parameter) => VectorMath.Sigmoid(x);

    public static Vector<float> Gradient(Vector<float> v, Vector<float> dy, Vector<float> parameter) => dy * (v * (Vector<float>.One - v));
}

internal readonly struct TanhOperator : IUnaryOperator
{
    public static bool GradientFromOutput => true;

    public static Vector<float> Value(Vector<float> x, Vector<float> parameter) => VectorMath.Tanh(x);

    public static Vector<float> Gradient(Vector<float> v, Vector<float> dy, Vector<float> parameter) =>
        dy * ((Vector<float>.One - v) * (Vector<float>.One + v));
}

internal readonly struct SiluOperator : IUnaryOperator
{
    public static bool GradientFromOutput => false;

    public static Vector<float> Value(Vector<float> x, Vector<float> parameter) => x * VectorMath.Sigmoid(x);

    public static Vector<float> Gradient(Vector<float> v, Vector<float> dy, Vector<float> parameter)
    {
        var s = VectorMath.Sigmoid(v);
        return dy * (s * Vector.FusedMultiplyAdd(v, Vector<float>.One - s, Vector<float>.One));
    }
}

internal readonly struct SoftplusOperator : IUnaryOperator
{
    public static bool GradientFromOutput => false;

    public static Vector<float> Value(Vector<float> x, Vector<float> parameter) =>
        Lanes.Relu(x) + VectorMath.LogOnePlus(VectorMath.Exp(-Vector.Abs(x)));

    public static Vector<float> Gradient(Vector<float> v, Vector<float> dy, Vector<float> parameter) => dy * VectorMath.Sigmoid(v);
}

internal readonly struct GeluOperator : IUnaryOperator
{
    const float InverseSqrtTwoPi = 0.398942280f;

    public static bool GradientFromOutput => false;

    public static Vector<float> Value(Vector<float> x, Vector<float> parameter) => x * Distribution(x);

    public static Vector<float> Gradient(Vector<float> v, Vector<float> dy, Vector<float> parameter)
    {
        var density = VectorMath.Exp(v * v * new Vector<float>(-0.5f)) * new Vector<float>(InverseSqrtTwoPi);
        return dy * Vector.FusedMultiplyAdd(v, density, Distribution(v));
    }

    /// <summary>Φ(x) = erfc(-x / sqrt 2) / 2</summary>
    static Vector<float> Distribution(Vector<float> x)
    {
        var tail = VectorMath.NormalTail(Vector.Abs(x));
        return Vector.ConditionalSelect(Vector.LessThan(x, Vector<float>.Zero), tail, Vector<float>.One - tail);
    }
}

/// <summary>0.5 x (1 + tanh u) = x sigmoid(2u), with u = sqrt(2 / π) (x + 0.044715 x³).</summary>
internal readonly struct GeluTanhOperator : IUnaryOperator
{
    const float TwoSqrtTwoOverPi = 1.59576912f;
    const float Cubic = 0.044715f;

    public static bool GradientFromOutput => false;

    public static Vector<float> Value(Vector<float> x, Vector<float> parameter) => x * VectorMath.Sigmoid(Argument(x));

    public static Vector<float> Gradient(Vector<float> v, Vector<float> dy, Vector<float> parameter)
    {
        var s = VectorMath.Sigmoid(Argument(v));
        var slope = Vector.FusedMultiplyAdd(v * v, new Vector<float>(3 * Cubic), Vector<float>.One) * new Vector<float>(TwoSqrtTwoOverPi);
        return dy * (s * Vector.FusedMultiplyAdd(v * slope, Vector<float>.One - s, Vector<float>.One));
    }

    static Vector<float> Argument(Vector<float> x) =>
        x * Vector.FusedMultiplyAdd(x * x, new Vector<float>(Cubic), Vector<float>.One) * new Vector<float>(TwoSqrtTwoOverPi);
}

internal readonly struct ErfOperator : IUnaryOperator
{
    const float TwoOverSqrtPi = 1.12837917f;

    public static bool GradientFromOutput => false;

    public static Vector<float> Value(Vector<float> x, Vector<float> parameter) => VectorMath.Erf(x);

    public static Vector<float> Gradient(Vector<float> v, Vector<float> dy, Vector<float> parameter) => dy * (VectorMath.Exp(-v * v) * new Vector<float>(TwoOverSqrtPi));
}
