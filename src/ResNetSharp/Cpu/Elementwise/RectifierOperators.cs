using System.Numerics;

namespace ResNetSharp.Cpu;

internal readonly struct ReluOperator : IUnaryOperator
{
    public static bool GradientFromOutput => true;

    public static Vector<float> Value(Vector<float> x, Vector<float> parameter) => Lanes.Relu(x);

    public static Vector<float> Gradient(Vector<float> v, Vector<float> dy, Vector<float> parameter) => Lanes.ReluGradient(v, dy);
}

internal readonly struct Relu6Operator : IUnaryOperator
{
    public static bool GradientFromOutput => true;

    public static Vector<float> Value(Vector<float> x, Vector<float> parameter) => Lanes.Min(Lanes.Relu(x), new Vector<float>(6f));

    public static Vector<float> Gradient(Vector<float> v, Vector<float> dy, Vector<float> parameter) =>
        Lanes.ZeroWhere(Vector.LessThanOrEqual(v, Vector<float>.Zero) | Vector.GreaterThanOrEqual(v, new Vector<float>(6f)), dy);
}

internal readonly struct LeakyReluOperator : IUnaryOperator
{
    public static bool GradientFromOutput => true;

    public static Vector<float> Value(Vector<float> x, Vector<float> parameter) =>
        Vector.ConditionalSelect(Vector.GreaterThan(x, Vector<float>.Zero), x, x * parameter);

    // With a slope of 0 a negative input gives 0, which also has slope 0: the output always tells the side.
    public static Vector<float> Gradient(Vector<float> v, Vector<float> dy, Vector<float> parameter) =>
        Vector.ConditionalSelect(Vector.GreaterThan(v, Vector<float>.Zero), dy, dy * parameter);
}

internal readonly struct EluOperator : IUnaryOperator
{
    public static bool GradientFromOutput => true;

    public static Vector<float> Value(Vector<float> x, Vector<float> parameter) =>
        Vector.ConditionalSelect(Vector.GreaterThan(x, Vector<float>.Zero), x, parameter * VectorMath.ExpM1(x));

    public static Vector<float> Gradient(Vector<float> v, Vector<float> dy, Vector<float> parameter) =>
        Vector.ConditionalSelect(Vector.GreaterThan(v, Vector<float>.Zero), dy, dy * (v + parameter));
}

internal readonly struct SeluOperator : IUnaryOperator
{
    const float Scale = 1.05070099f;
    const float ScaledAlpha = (float)(1.0507009873554805 * 1.6732632423543772);

    public static bool GradientFromOutput => true;

    public static Vector<float> Value(Vector<float> x, Vector<float> parameter) => Vector.ConditionalSelect(
        Vector.GreaterThan(x, Vector<float>.Zero), x * new Vector<float>(Scale), new Vector<float>(ScaledAlpha) * VectorMath.ExpM1(x));

    public static Vector<float> Gradient(Vector<float> v, Vector<float> dy, Vector<float> parameter) => dy * Vector.ConditionalSelect(
        Vector.GreaterThan(v, Vector<float>.Zero), new Vector<float>(Scale), v + new Vector<float>(ScaledAlpha));
}

internal readonly struct HardSigmoidOperator : IUnaryOperator
{
    static Vector<float> Sixth => new(1f / 6);

    public static bool GradientFromOutput => true;

    public static Vector<float> Value(Vector<float> x, Vector<float> parameter) =>
        Lanes.Min(Lanes.Relu(x + new Vector<float>(3f)), new Vector<float>(6f)) * Sixth;

    public static Vector<float> Gradient(Vector<float> v, Vector<float> dy, Vector<float> parameter) =>
        Lanes.ZeroWhere(Vector.LessThanOrEqual(v, Vector<float>.Zero) | Vector.GreaterThanOrEqual(v, Vector<float>.One), dy * Sixth);
}

internal readonly struct HardSwishOperator : IUnaryOperator
{
    static Vector<float> Three => new(3f);

    public static bool GradientFromOutput => false;

    public static Vector<float> Value(Vector<float> x, Vector<float> parameter) => x * HardSigmoidOperator.Value(x, parameter);

    public static Vector<float> Gradient(Vector<float> v, Vector<float> dy, Vector<float> parameter)
    {
        var slope = (v + v + Three) * new Vector<float>(1f / 6);
        slope = Vector.ConditionalSelect(Vector.GreaterThanOrEqual(v, Three), Vector<float>.One, slope);
        return dy * Lanes.ZeroWhere(Vector.LessThanOrEqual(v, -Three), slope);
    }
}
