using System.Numerics;

namespace ResNetSharp.Cpu;

internal readonly struct ExpOperator : IUnaryOperator
{
    public static bool GradientFromOutput => true;

    public static Vector<float> Value(Vector<float> x, Vector<float> parameter) => VectorMath.Exp(x);

    public static Vector<float> Gradient(Vector<float> v, Vector<float> dy, Vector<float> parameter) => dy * v;
}

internal readonly struct LogOperator : IUnaryOperator
{
    public static bool GradientFromOutput => false;

    public static Vector<float> Value(Vector<float> x, Vector<float> parameter) => VectorMath.Log(x);

    public static Vector<float> Gradient(Vector<float> v, Vector<float> dy, Vector<float> parameter) => dy / v;
}

internal readonly struct SqrtOperator : IUnaryOperator
{
    public static bool GradientFromOutput => true;

    public static Vector<float> Value(Vector<float> x, Vector<float> parameter) => Vector.SquareRoot(x);

    public static Vector<float> Gradient(Vector<float> v, Vector<float> dy, Vector<float> parameter) => dy / (v + v);
}

internal readonly struct SquareOperator : IUnaryOperator
{
    public static bool GradientFromOutput => false;

    public static Vector<float> Value(Vector<float> x, Vector<float> parameter) => x * x;

    public static Vector<float> Gradient(Vector<float> v, Vector<float> dy, Vector<float> parameter) => dy * (v + v);
}

internal readonly struct AbsOperator : IUnaryOperator
{
    public static bool GradientFromOutput => false;

    public static Vector<float> Value(Vector<float> x, Vector<float> parameter) => Vector.Abs(x);

    public static Vector<float> Gradient(Vector<float> v, Vector<float> dy, Vector<float> parameter)
    {
        var signed = Vector.ConditionalSelect(Vector.LessThan(v, Vector<float>.Zero), -dy, dy);
        return Lanes.ZeroWhere(Vector.Equals(v, Vector<float>.Zero), signed);
    }
}

internal readonly struct NegateOperator : IUnaryOperator
{
    public static bool GradientFromOutput => true;

    public static Vector<float> Value(Vector<float> x, Vector<float> parameter) => -x;

    public static Vector<float> Gradient(Vector<float> v, Vector<float> dy, Vector<float> parameter) => -dy;
}

internal readonly struct ReciprocalOperator : IUnaryOperator
{
    public static bool GradientFromOutput => true;

    public static Vector<float> Value(Vector<float> x, Vector<float> parameter) => Vector<float>.One / x;

    public static Vector<float> Gradient(Vector<float> v, Vector<float> dy, Vector<float> parameter) => -dy * (v * v);
}
