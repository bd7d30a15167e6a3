using System.Numerics;

namespace ResNetSharp.Cpu;

/// <summary>The formula of a <see cref="BinaryFunction"/> for any vector width.</summary>
internal interface IBinaryOperator
{
    static abstract Vector<float> Value(Vector<float> a, Vector<float> b);
}

internal readonly struct AddOperator : IBinaryOperator
{
    public static Vector<float> Value(Vector<float> a, Vector<float> b) => a + b;
}

internal readonly struct SubtractOperator : IBinaryOperator
{
    public static Vector<float> Value(Vector<float> a, Vector<float> b) => a - b;
}

internal readonly struct MultiplyOperator : IBinaryOperator
{
    public static Vector<float> Value(Vector<float> a, Vector<float> b) => a * b;
}

internal readonly struct DivideOperator : IBinaryOperator
{
    public static Vector<float> Value(Vector<float> a, Vector<float> b) => a / b;
}

internal readonly struct MaximumOperator : IBinaryOperator
{
    public static Vector<float> Value(Vector<float> a, Vector<float> b) => Lanes.Max(a, b);
}

internal readonly struct MinimumOperator : IBinaryOperator
{
    public static Vector<float> Value(Vector<float> a, Vector<float> b) => Lanes.Min(a, b);
}
