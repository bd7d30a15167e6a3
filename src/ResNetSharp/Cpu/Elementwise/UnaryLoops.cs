using System.Numerics;
using System.Runtime.CompilerServices;

namespace ResNetSharp.Cpu;

/// <summary>The loops of a <see cref="UnaryFunction"/>, with its formula compiled in.</summary>
/// <param name="forward">(x, y, count, parameter)</param>
/// <param name="backward">(x or y, dy, dx, count, parameter)</param>
/// <param name="gradientFromOutput">Whether the gradient is computed from y; otherwise from x.</param>
internal readonly unsafe struct UnaryLoops<TElement>(
    delegate*<TElement*, TElement*, int, float, void> forward, delegate*<TElement*, TElement*, TElement*, int, float, void> backward,
    bool gradientFromOutput) where TElement : unmanaged
{
    public readonly delegate*<TElement*, TElement*, int, float, void> Forward = forward;
    public readonly delegate*<TElement*, TElement*, TElement*, int, float, void> Backward = backward;
    public readonly bool GradientFromOutput = gradientFromOutput;

    public static UnaryLoops<TElement> Of(UnaryFunction function) => function switch
    {
        UnaryFunction.Relu => Of<ReluOperator>(),
        UnaryFunction.Relu6 => Of<Relu6Operator>(),
        UnaryFunction.LeakyRelu => Of<LeakyReluOperator>(),
        UnaryFunction.Elu => Of<EluOperator>(),
        UnaryFunction.Selu => Of<SeluOperator>(),
        UnaryFunction.Gelu => Of<GeluOperator>(),
        UnaryFunction.GeluTanh => Of<GeluTanhOperator>(),
        UnaryFunction.Erf => Of<ErfOperator>(),
        UnaryFunction.Sigmoid => Of<SigmoidOperator>(),
        UnaryFunction.Tanh => Of<TanhOperator>(),
        UnaryFunction.Silu => Of<SiluOperator>(),
        UnaryFunction.Softplus => Of<SoftplusOperator>(),
        UnaryFunction.HardSigmoid => Of<HardSigmoidOperator>(),
        UnaryFunction.HardSwish => Of<HardSwishOperator>(),
        UnaryFunction.Exp => Of<ExpOperator>(),
        UnaryFunction.Log => Of<LogOperator>(),
        UnaryFunction.Sqrt => Of<SqrtOperator>(),
        UnaryFunction.Square => Of<SquareOperator>(),
        UnaryFunction.Abs => Of<AbsOperator>(),
        UnaryFunction.Negate => Of<NegateOperator>(),
        UnaryFunction.Reciprocal => Of<ReciprocalOperator>(),
        _ => throw new ArgumentOutOfRangeException(nameof(function), function, "There is no such function."),
    };

    static UnaryLoops<TElement> Of<T>() where T : struct, IUnaryOperator => new(&Map<T>, &MapGradient<T>, T.GradientFromOutput);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Map<T>(TElement* x, TElement* y, int count, float parameter) where T : struct, IUnaryOperator
    {
        var p = new Vector<float>(parameter);
        var i = 0;
        for (; i <= count - Vector<float>.Count; i += Vector<float>.Count) Lanes.Store(T.Value(Lanes.Load(x + i), p), y + i);
        if (i < count) Lanes.Store(T.Value(Lanes.Load(x + i, count - i, 1), p), y + i, count - i);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void MapGradient<T>(TElement* v, TElement* dy, TElement* dx, int count, float parameter) where T : struct, IUnaryOperator
    {
        var p = new Vector<float>(parameter);
        var i = 0;
        for (; i <= count - Vector<float>.Count; i += Vector<float>.Count)
            Lanes.Store(T.Gradient(Lanes.Load(v + i), Lanes.Load(dy + i), p), dx + i);
        var rest = count - i;
        if (rest > 0) Lanes.Store(T.Gradient(Lanes.Load(v + i, rest, 1), Lanes.Load(dy + i, rest), p), dx + i, rest);
    }
}
