using System.Numerics;
using System.Runtime.CompilerServices;

namespace ResNetSharp.Cpu;

/// <summary>The rows of a <see cref="BinaryFunction"/>, where each input is dense or one number repeated.</summary>
internal static unsafe class BinaryLoops<TElement> where TElement : unmanaged
{
    public static delegate*<TElement*, TElement*, TElement*, int, void> Of(BinaryFunction function, bool denseA, bool denseB) => function switch
    {
        BinaryFunction.Add => Of<AddOperator>(denseA, denseB),
        BinaryFunction.Subtract => Of<SubtractOperator>(denseA, denseB),
        BinaryFunction.Multiply => Of<MultiplyOperator>(denseA, denseB),
        BinaryFunction.Divide => Of<DivideOperator>(denseA, denseB),
        BinaryFunction.Maximum => Of<MaximumOperator>(denseA, denseB),
        BinaryFunction.Minimum => Of<MinimumOperator>(denseA, denseB),
        _ => throw new ArgumentOutOfRangeException(nameof(function), function, "There is no such function."),
    };

    static delegate*<TElement*, TElement*, TElement*, int, void> Of<T>(bool denseA, bool denseB) where T : struct, IBinaryOperator =>
        denseA ? denseB ? &Row<T, Yes, Yes> : &Row<T, Yes, No> : denseB ? &Row<T, No, Yes> : &Row<T, No, No>;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Row<T, TDenseA, TDenseB>(TElement* a, TElement* b, TElement* y, int count)
        where T : struct, IBinaryOperator where TDenseA : struct, IFlag where TDenseB : struct, IFlag
    {
        var va = new Vector<float>(Lanes.Number(*a));
        var vb = new Vector<float>(Lanes.Number(*b));
        var i = 0;
        for (; i <= count - Vector<float>.Count; i += Vector<float>.Count)
        {
            if (TDenseA.On) va = Lanes.Load(a + i);
            if (TDenseB.On) vb = Lanes.Load(b + i);
            Lanes.Store(T.Value(va, vb), y + i);
        }
        var rest = count - i;
        if (rest == 0) return;
        if (TDenseA.On) va = Lanes.Load(a + i, rest, 1);
        if (TDenseB.On) vb = Lanes.Load(b + i, rest, 1);
        Lanes.Store(T.Value(va, vb), y + i, rest);
    }
}
