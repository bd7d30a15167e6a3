using ResNetSharp.Cpu;
using ResNetSharp.Formats;
using ResNetSharp.Graph.Operations;

namespace ResNetSharp.Exchange;

/// <summary>Operators that move elements, and those that compute with shapes.</summary>
internal sealed partial class OnnxInterpreter
{
    const int MaxPadding = 1 << 20;

    static ImportedValue Constant(OnnxCall call)
    {
        if (call.Setting("value") is StoredTensor tensor) return OfFile(tensor, tensor.Name);
        if (call.Setting("value_float") is float number) return new ImportedNumbers("", new Shape(), () => [number]);
        if (call.Setting("value_floats") is float[] numbers) return new ImportedNumbers("", new Shape(numbers.Length), () => numbers);
        if (call.Setting("value_int") is long integer) return new ImportedIntegers([integer], isScalar: true);
        if (call.Setting("value_ints") is long[] integers) return new ImportedIntegers([.. integers.Select(v => (long?)v)], isScalar: false);
        throw call.Fail("has no value of a kind that is supported");
    }

    static ImportedValue Cast(OnnxCall call)
    {
        var to = OnnxTypes.Find(call.Long("to", 0));
        return (call.Input(0), to) switch
        {
            (ImportedIntegers integers, TensorType.Int64 or TensorType.Int32) => integers,
            (ImportedIntegers integers, TensorType.Float32) when integers.Values.All(v => v is not null) =>
                new ImportedNumbers("", integers.Shape, () => [.. integers.Values.Select(v => (float)v!.Value)]),
            (ImportedNumbers { Shape: { Rank: <= 1, Size: <= ImportedIntegers.MaxCount } } numbers, TensorType.Int64 or TensorType.Int32) =>
                new ImportedIntegers([.. numbers.Read().Select(v => (long?)checked((long)v))], numbers.Shape.Rank == 0),
            (ImportedTensor or ImportedNumbers, TensorType.Float32) => call.Input(0),
            _ => throw call.Fail($"casts to {to?.ToString() ?? "a type that is not known"}; Float32 is supported"),
        };
    }

    static ImportedIntegers Describe(OnnxCall call)
    {
        var shape = call.Input(0).Shape;
        int Bound(long at) => (int)Math.Clamp(at < 0 ? at + shape.Rank : at, 0, shape.Rank);
        var (start, end) = (Bound(call.Long("start", 0)), Bound(call.Long("end", shape.Rank)));
        return new ImportedIntegers([.. shape.Take(end).Skip(start).Select(e => e == Shape.Unknown ? null : (long?)e)], isScalar: false);
    }

    static ImportedIntegers Pick(OnnxCall call)
    {
        if (call.Input(0) is not ImportedIntegers { IsScalar: false } from) throw call.Fail("picks from a tensor, which is supported for shapes alone");
        var indices = call.Integers(1);
        if (call.Axis(call.Long("axis", 0), 1) != 0 || indices.Length > ImportedIntegers.MaxCount) throw call.Fail("picks too much");
        return new ImportedIntegers([.. indices.Select(i => from.Values[call.Axis(i, from.Values.Length)])], call.Input(1).Shape.Rank == 0);
    }

    static ImportedIntegers CombineIntegers(OnnxCall call, BinaryFunction function)
    {
        var result = (ImportedIntegers)call.Input(0);
        for (var i = 1; i < call.Count; i++)
        {
            var other = (ImportedIntegers)call.Input(i);
            var count = Math.Max(result.Values.Length, other.Values.Length);
            if (result.Values.Length != count && result.Values.Length != 1 || other.Values.Length != count && other.Values.Length != 1)
                throw call.Fail($"cannot combine {result.Values.Length} whole numbers and {other.Values.Length}");
            var (a, b) = (result.Values, other.Values);
            result = new ImportedIntegers([.. Enumerable.Range(0, count).Select(k => Of(a[a.Length == 1 ? 0 : k], b[b.Length == 1 ? 0 : k]))], result.IsScalar && other.IsScalar);
        }
        return result;

        long? Of(long? x, long? y) => x is null || y is null ? null : function switch
        {
            BinaryFunction.Add => checked(x + y),
            BinaryFunction.Subtract => checked(x - y),
            BinaryFunction.Multiply => checked(x * y),
            BinaryFunction.Divide when y is not (0 or -1) => x / y,
            _ => throw call.Fail($"computes {function} of {x} and {y}, which is not supported"),
        };
    }

    static ImportedValue Join(OnnxCall call)
    {
        if (call.Count == 0) throw call.Fail("has no inputs");
        var inputs = Enumerable.Range(0, call.Count).Select(call.Input).ToList();
        if (inputs.All(i => i is ImportedIntegers { IsScalar: false }))
        {
            if (inputs.Sum(i => (long)((ImportedIntegers)i).Values.Length) > ImportedIntegers.MaxCount) throw call.Fail("joins too many whole numbers");
            return new ImportedIntegers([.. inputs.SelectMany(i => ((ImportedIntegers)i).Values)], isScalar: false);
        }
        var tensors = Enumerable.Range(0, call.Count).Select(call.Tensor).ToList();
        var leading = Whole(tensors.FirstOrDefault(t => !IsKnown(t)) ?? tensors[0]);
        var rank = leading.Order.Rank;
        if (tensors.Any(t => t.Order.Rank != rank)) throw call.Fail("joins tensors of different numbers of axes");
        var axis = leading.Order[call.Axis(call.Long("axis", 0), rank)];
        return new ImportedTensor(new Concatenate(axis).Apply([.. tensors.Select(t => Laid(t, leading.Order))]), leading.Order);
    }

    static ImportedTensor Surround(OnnxCall call)
    {
        if (call.Text("mode", "constant") is var mode && mode != "constant") throw call.Fail($"pads by '{mode}'; constants are supported");
        var value = Whole(call.Tensor(0));
        var rank = value.Order.Rank;
        var isOld = call.OperatorSet < 11;
        var pads = (isOld ? call.Longs("pads") : call.Integers(1)) ?? throw call.Fail("lacks its pads");
        var filling = isOld ? call.Float("value", 0) : call.Number(2, 0);
        int[] axes = call.Optional(3) is null ? [.. Enumerable.Range(0, rank)] : [.. call.Integers(3).Select(axis => call.Axis(axis, rank))];
        if (pads.Length != 2 * axes.Length || axes.Distinct().Count() < axes.Length) throw call.Fail($"has {pads.Length} pads for {axes.Length} axes");
        if (pads.Any(p => p is < 0 or > MaxPadding)) throw call.Fail($"pads by {string.Join(',', pads)}; numbers from 0 are supported");
        var (before, after) = (new int[rank], new int[rank]);
        for (var i = 0; i < axes.Length; i++)
            (before[value.Order[axes[i]]], after[value.Order[axes[i]]]) = ((int)pads[i], (int)pads[i + axes.Length]);
        if (before[0] + after[0] > 0 && value.Tensor.Shape[0] == Shape.Unknown) throw call.Fail("pads the batch, which is not supported");
        return new ImportedTensor(new Pad(before, after, filling).Apply(value.Tensor), value.Order);
    }

    static ImportedValue Cut(OnnxCall call)
    {
        var isOld = call.OperatorSet < 10;
        var (starts, ends) = isOld
            ? (call.Longs("starts") ?? throw call.Fail("lacks its starts"), call.Longs("ends") ?? throw call.Fail("lacks its ends"))
            : (call.Integers(1), call.Integers(2));
        var data = call.Input(0);
        var rank = data.Shape.Rank;
        int[] axes = (isOld ? call.Longs("axes") : call.Optional(3) is null ? null : call.Integers(3)) is { } named
            ? [.. named.Select(axis => call.Axis(axis, rank))]
            : [.. Enumerable.Range(0, starts.Length)];
        var steps = isOld || call.Optional(4) is null ? [.. starts.Select(_ => 1L)] : call.Integers(4);
        if (ends.Length != starts.Length || axes.Length != starts.Length || steps.Length != starts.Length || axes.Any(a => a >= rank) || axes.Distinct().Count() < axes.Length)
            throw call.Fail($"has {starts.Length} starts, {ends.Length} ends, {axes.Length} axes and {steps.Length} steps for {rank} axes");
        if (steps.Any(s => s is < 1 or > int.MaxValue)) throw call.Fail("steps backwards, which is not supported");
        return data is ImportedIntegers integers ? CutIntegers(integers, starts, ends, steps) : CutTensor(call, starts, ends, axes, steps);
    }

    static ImportedIntegers CutIntegers(ImportedIntegers integers, long[] starts, long[] ends, long[] steps)
    {
        if (starts.Length == 0) return integers;
        var (start, end) = (Within(starts[0], integers.Values.Length), Within(ends[0], integers.Values.Length));
        return new ImportedIntegers([.. integers.Values.Take(end).Skip(start).Where((_, i) => i % steps[0] == 0)], isScalar: false);
    }

    static ImportedTensor CutTensor(OnnxCall call, long[] starts, long[] ends, int[] axes, long[] steps)
    {
        var value = Whole(call.Tensor(0));
        var shape = value.Tensor.Shape;
        var (first, last, step) = (new int[shape.Rank], new int[shape.Rank], new int[shape.Rank]);
        Array.Fill(last, int.MaxValue);
        Array.Fill(step, 1);
        for (var i = 0; i < axes.Length; i++)
        {
            var axis = value.Order[axes[i]];
            var isOpen = shape[axis] == Shape.Unknown;
            if (isOpen && (starts[i] < 0 || ends[i] is < 0 or < int.MaxValue)) throw call.Fail($"cuts an axis of shape {value.Shape} whose extent is open");
            (first[axis], last[axis], step[axis]) = isOpen ? ((int)Math.Min(starts[i], int.MaxValue), int.MaxValue, (int)steps[i])
                : (Within(starts[i], shape[axis]), Within(ends[i], shape[axis]), (int)steps[i]);
        }
        return new ImportedTensor(new Slice(first, last, step).Apply(value.Tensor), value.Order);
    }

    /// <summary>An index that may be counted from the end, brought into a range.</summary>
    static int Within(long index, int count) => (int)Math.Clamp(index < 0 ? index + count : index, 0, count);
}
