using System.Numerics;

namespace ResNetSharp.Cpu;

/// <summary>The formula of a <see cref="ReduceFunction"/>.</summary>
internal interface IReduceOperator
{
    /// <summary>What nothing reduces to.</summary>
    static abstract float Identity { get; }

    /// <summary>Takes in further elements.</summary>
    static abstract Vector<float> Take(Vector<float> sum, Vector<float> x);

    /// <summary>Joins two partial results.</summary>
    static abstract Vector<float> Join(Vector<float> a, Vector<float> b);

    /// <summary>Joins two partial results.</summary>
    static abstract double Join(double a, double b);
}

internal readonly struct SumOperator : IReduceOperator
{
    public static float Identity => 0;

    public static Vector<float> Take(Vector<float> sum, Vector<float> x) => sum + x;

    public static Vector<float> Join(Vector<float> a, Vector<float> b) => a + b;

    public static double Join(double a, double b) => a + b;
}

internal readonly struct MaxOperator : IReduceOperator
{
    public static float Identity => float.NegativeInfinity;

    public static Vector<float> Take(Vector<float> sum, Vector<float> x) => Lanes.Max(sum, x);

    public static Vector<float> Join(Vector<float> a, Vector<float> b) => Lanes.Max(a, b);

    public static double Join(double a, double b) => Math.Max(a, b);
}

internal readonly struct SumOfSquaresOperator : IReduceOperator
{
    public static float Identity => 0;

    public static Vector<float> Take(Vector<float> sum, Vector<float> x) => Vector.FusedMultiplyAdd(x, x, sum);

    public static Vector<float> Join(Vector<float> a, Vector<float> b) => a + b;

    public static double Join(double a, double b) => a + b;
}

internal readonly struct FiniteProbeOperator : IReduceOperator
{
    public static float Identity => 0;

    public static Vector<float> Take(Vector<float> sum, Vector<float> x) => Vector.FusedMultiplyAdd(x, Vector<float>.Zero, sum);

    public static Vector<float> Join(Vector<float> a, Vector<float> b) => a + b;

    public static double Join(double a, double b) => a + b;
}
