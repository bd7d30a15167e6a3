using ResNetSharp.Cpu;
using ResNetSharp.Graph.Operations;

namespace ResNetSharp.Exchange;

internal sealed partial class OnnxInterpreter
{
    static ImportedTensor Each(OnnxCall call, UnaryFunction function) => Each(call, t => new Unary(function).Apply(t));

    static ImportedTensor Scaled(OnnxCall call) =>
        Math.Abs(call.Float("alpha", 1.6732632f) - 1.6732632f) < 1e-5 && Math.Abs(call.Float("gamma", 1.050701f) - 1.050701f) < 1e-5
            ? Each(call, t => t.Selu())
            : throw call.Fail("has other constants than those of the self-normalizing unit, which is not supported");

    static ImportedTensor HardSigmoid(OnnxCall call)
    {
        var (alpha, beta) = (call.Float("alpha", 0.2f), call.Float("beta", 0.5f));
        return Math.Abs(alpha - 1 / 6f) < 1e-6 && beta == 0.5f
            ? Each(call, t => t.HardSigmoid())
            // min(max(alpha x + beta, 0), 1), with the gradient of a rectifier.
            : Each(call, t => (t * (6 * alpha) + 6 * beta).Relu6() * (1 / 6f));
    }

    static ImportedTensor Clip(OnnxCall call)
    {
        var isOld = call.OperatorSet < 11;
        var low = isOld ? call.Float("min", float.NegativeInfinity) : call.Number(1, float.NegativeInfinity);
        var high = isOld ? call.Float("max", float.PositiveInfinity) : call.Number(2, float.PositiveInfinity);
        if (low is <= float.MinValue) low = float.NegativeInfinity;
        if (high is >= float.MaxValue) high = float.PositiveInfinity;
        return (low, high) switch
        {
            (0, 6) => Each(call, t => t.Relu6()),
            (0, float.PositiveInfinity) => Each(call, t => t.Relu()),
            _ => Each(call, t => Bounded(Bounded(t, BinaryFunction.Maximum, low), BinaryFunction.Minimum, high)),
        };
    }

    static Tensor Bounded(Tensor tensor, BinaryFunction function, float bound) =>
        float.IsInfinity(bound) ? tensor : new Binary(function).Apply(tensor, Tensor.Full(new Shape(), bound));

    static ImportedTensor Power(OnnxCall call) => call.Number(1, 1) switch
    {
        0.5f => Each(call, t => t.Sqrt()),
        1 => Each(call, t => t),
        2 => Each(call, t => t.Square()),
        var exponent => throw call.Fail($"raises to the power {exponent}; 0.5, 1 and 2 are supported"),
    };

    static ImportedTensor Distribute(OnnxCall call, bool logarithm)
    {
        var value = Whole(call.Tensor(0));
        var rank = value.Order.Rank;
        var isOld = call.OperatorSet < 13;
        var axis = call.Axis(call.Long("axis", isOld ? 1 : -1), rank);
        // Older sets take all axes from this one on together.
        if (isOld && Enumerable.Range(axis + 1, rank - axis - 1).Any(a => value.Shape[a] != 1)) throw call.Fail($"takes several axes of shape {value.Shape} together, which is not supported");
        var order = value.Order[axis] == rank - 1 ? value.Order : LastInOrder(axis, rank);
        return new ImportedTensor(new Softmax(logarithm).Apply(Arranged(value, order)), order);
    }

    /// <summary>The order in which an axis of the file is our last, and the others follow each other.</summary>
    static AxisOrder LastInOrder(int axis, int rank)
    {
        var next = 0;
        return [.. Enumerable.Range(0, rank).Select(a => a == axis ? rank - 1 : next++)];
    }

    static ImportedValue Combine(OnnxCall call, BinaryFunction function)
    {
        if (call.Count == 0) throw call.Fail("has no inputs");
        if (Enumerable.Range(0, call.Count).All(i => call.Optional(i) is ImportedIntegers)) return CombineIntegers(call, function);
        var result = call.Tensor(0);
        for (var i = 1; i < call.Count; i++) result = Combine(result, call.Tensor(i), function);
        return function == BinaryFunction.Multiply ? new ImportedTensor(GeluPattern.Simplify(result.Tensor), result.Order) : result;
    }

    static ImportedTensor Combine(ImportedTensor left, ImportedTensor right, BinaryFunction function)
    {
        var operation = new Binary(function);
        if (left.Order == right.Order) return new ImportedTensor(operation.Apply(left.Tensor, right.Tensor), left.Order);
        // A single number fits any order.
        if (right.Tensor is { Shape: { IsKnown: true, Size: 1 } } && right.Order.Rank <= left.Order.Rank)
            return new ImportedTensor(operation.Apply(left.Tensor, right.Tensor.Reshape()), left.Order);
        if (left.Tensor is { Shape: { IsKnown: true, Size: 1 } } && left.Order.Rank <= right.Order.Rank)
            return new ImportedTensor(operation.Apply(left.Tensor.Reshape(), right.Tensor), right.Order);
        var rank = Math.Max(left.Order.Rank, right.Order.Rank);
        var (a, b) = (Stretched(left, rank), Stretched(right, rank));
        var leading = Whole(IsKnown(a) ? b : IsKnown(b) || a.Order.IsPermutation ? a : b);
        return new ImportedTensor(operation.Apply(Laid(a, leading.Order), Laid(b, leading.Order)), leading.Order);
    }

    static bool IsKnown(ImportedTensor value) => value.Tensor.Producer.Operation is Constant;

    /// <summary>A value with axes of extent 1 in front.</summary>
    static ImportedTensor Stretched(ImportedTensor value, int rank) =>
        new(value.Tensor, [.. Enumerable.Repeat(AxisOrder.Unit, rank - value.Order.Rank), .. value.Order]);

    /// <summary>A value in an order; numbers that are known are turned at once.</summary>
    static Tensor Laid(ImportedTensor value, AxisOrder order)
    {
        if (value.Tensor.Producer.Operation is not Constant constant) return Arranged(value, order);
        var own = order.OwnShape(value.Shape);
        return Tensor.From(order.Restore(constant.Values, own), own);
    }

    static ImportedTensor Collapse(OnnxCall call, ReduceFunction function, int axesSince)
    {
        var value = call.Tensor(0);
        var given = call.IntegersOrSetting(1, "axes", axesSince);
        if (given is null or [] && call.Long("noop_with_empty_axes", 0) != 0) return value;
        var axes = (given is null or [] ? Enumerable.Range(0, value.Order.Rank) : given.Select(axis => call.Axis(axis, value.Order.Rank))).ToHashSet();
        var own = axes.Select(axis => value.Order[axis]).Where(axis => axis != AxisOrder.Unit).Order().ToArray();
        var isGlobalMean = function == ReduceFunction.Mean && value.Tensor.Shape.Rank == 4 && own is [1, 2];
        var reduced = own.Length == 0 ? value.Tensor
            : isGlobalMean ? value.Tensor.GlobalAveragePooling2D()
            : new Reduce(function, own, keepAxes: false).Apply(value.Tensor);
        int Renumbered(int axis) => axis == AxisOrder.Unit ? axis : axis - own.Count(gone => gone < axis);
        var keeps = call.Long("keepdims", 1) != 0;
        return new ImportedTensor(reduced,
            [.. value.Order.Select((axis, there) => (Axis: axes.Contains(there) ? AxisOrder.Unit : Renumbered(axis), There: there)).Where(p => keeps || !axes.Contains(p.There)).Select(p => p.Axis)]);
    }
}
