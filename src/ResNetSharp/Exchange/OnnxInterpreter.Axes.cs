using ResNetSharp.Graph.Operations;

namespace ResNetSharp.Exchange;

internal sealed partial class OnnxInterpreter
{
    static Tensor Images(ImportedTensor value) => value.Order.Rank == 4
        ? Arranged(value, AxisOrder.Images)
        : throw new ShapeException($"images of four axes are needed, but the file has shape {value.Shape}");

    /// <summary>A value all of whose axes in the file are axes of the tensor.</summary>
    static ImportedTensor Whole(ImportedTensor value)
    {
        if (value.Order.IsPermutation) return value;
        var order = AxisOrder.Usual(value.Order.Rank);
        return new ImportedTensor(Arranged(value, order), order);
    }

    /// <summary>The tensor whose axes lie in the file as an order says.</summary>
    static Tensor Arranged(ImportedTensor value, AxisOrder order)
    {
        if (value.Order == order) return value.Tensor;
        var shape = value.Shape;
        var own = order.OwnShape(shape);
        if (value.Order.KeepsSequence(value.Tensor.Shape) && order.KeepsSequence(own)) return Reshaped(value.Tensor, own);
        if (value.Order.IsPermutation) return Turned(value.Tensor, [.. Enumerable.Range(0, order.Rank).Select(axis => value.Order[order.IndexOf(axis)])]);
        return Turned(Reshaped(InSequence(value), shape), [.. Enumerable.Range(0, order.Rank).Select(order.IndexOf)]);
    }

    /// <summary>The tensor with its elements in the file's sequence.</summary>
    static Tensor InSequence(ImportedTensor value) =>
        value.Order.KeepsSequence(value.Tensor.Shape) ? value.Tensor : Turned(value.Tensor, [.. value.Order.Where(axis => axis != AxisOrder.Unit)]);

    static Tensor Turned(Tensor tensor, int[] axes) => axes.Select((axis, i) => axis == i).All(same => same) ? tensor : new Transpose(axes).Apply(tensor);

    static Tensor Reshaped(Tensor tensor, Shape shape)
    {
        if (tensor.Shape == shape) return tensor;
        if (shape.Count(e => e == ResNetSharp.Shape.Unknown) > 1) throw new ShapeException($"a reshape from {tensor.Shape} to {shape} leaves too much open; export the model for pictures of a fixed size");
        return tensor.Reshape(shape.AsSpan());
    }

    static ImportedTensor Each(OnnxCall call, Func<Tensor, Tensor> function) => new(function(call.Tensor(0).Tensor), call.Tensor(0).Order);

    ImportedValue Reshape(OnnxCall call)
    {
        var target = call.Input(1) as ImportedIntegers ?? throw call.Fail("needs whole numbers as its shape");
        var data = call.Input(0);
        var shape = ResolveShape(call, data.Shape, target.Values);
        switch (data)
        {
            case ImportedIntegers integers when shape.Rank <= 1 && shape.Size == integers.Values.Length:
                return new ImportedIntegers(integers.Values, shape.Rank == 0);
            case ImportedNumbers numbers when shape.IsKnown && shape.Size == numbers.Shape.Size:
                return numbers.WithShape(shape);
            case ImportedTensor tensor:
                if (GroupsOf(call, tensor) is { } normalized) return normalized;
                return Viewed(tensor, shape);
            default:
                throw call.Fail($"cannot bring shape {data.Shape} to {shape}");
        }
    }

    /// <summary>The same elements in the same sequence under another shape.</summary>
    static ImportedTensor Viewed(ImportedTensor tensor, Shape shape)
    {
        var order = AxisOrder.Usual(shape.Rank);
        if (!order.KeepsSequence(order.OwnShape(shape))) order = AxisOrder.Identity(shape.Rank);
        return new ImportedTensor(Reshaped(InSequence(tensor), order.OwnShape(shape)), order);
    }

    Shape ResolveShape(OnnxCall call, Shape from, long?[] target)
    {
        var extents = new int[target.Length];
        var open = -1;
        for (var i = 0; i < extents.Length; i++)
        {
            var keeps = target[i] == 0 && call.Long("allowzero", 0) == 0;
            if (keeps && i >= from.Rank) throw call.Fail($"keeps extent {i} of shape {from}");
            if (target[i] == -1 && open >= 0) throw call.Fail("leaves two extents open");
            if (target[i] == -1) open = i;
            // A file for one batch alone has its size written in.
            var isBatch = i == 0 && from.Rank > 0 && from[0] == Shape.Unknown && target[i] == fixedBatch;
            extents[i] = keeps ? from[i]
                : target[i] is null or -1 || isBatch ? Shape.Unknown
                : target[i] is >= 0 and <= int.MaxValue and var extent ? (int)extent
                : throw call.Fail($"asks for an extent of {target[i]}");
        }
        if (open < 0) return new Shape(extents);
        // The open extent follows where the batch, if it is open itself, stays as it is.
        var batchStays = open > 0 && from.Rank > 0 && from[0] == Shape.Unknown && extents[0] == Shape.Unknown;
        var (before, after) = (Product(from, batchStays ? 0 : -1), Product(new Shape(extents), open, batchStays ? 0 : -1));
        if (before is { } all && after is { } rest)
        {
            if (rest == 0 || all % rest != 0) throw call.Fail($"cannot bring shape {from} to {new Shape(extents)}");
            extents[open] = checked((int)(all / rest));
        }
        return new Shape(extents);
    }

    /// <summary>The product of the extents but some; null if one of them is open.</summary>
    static long? Product(Shape shape, params ReadOnlySpan<int> without)
    {
        long product = 1;
        for (var i = 0; i < shape.Rank; i++)
        {
            if (without.Contains(i)) continue;
            if (shape[i] == Shape.Unknown) return null;
            product = checked(product * shape[i]);
        }
        return product;
    }

    static ImportedTensor Flatten(OnnxCall call)
    {
        var value = call.Tensor(0);
        var shape = value.Shape;
        var axis = call.Long("axis", 1) is var given && given == shape.Rank ? shape.Rank : call.Axis(given, Math.Max(1, shape.Rank));
        int Of(IEnumerable<int> extents) => extents.Contains(Shape.Unknown) ? Shape.Unknown : extents.Aggregate(1, (a, b) => checked(a * b));
        var flat = new Shape(Of(shape.Take(axis)), Of(shape.Skip(axis)));
        var sequence = InSequence(value);
        var keepsBatch = axis == 1 && value.Order[0] == 0 && sequence.Shape != flat;
        return new ImportedTensor(keepsBatch ? sequence.Flatten() : Reshaped(sequence, flat), AxisOrder.Identity(2));
    }

    static ImportedValue Transpose(OnnxCall call)
    {
        var data = call.Input(0);
        var rank = data.Shape.Rank;
        var axes = call.Longs("perm")?.Select(axis => call.Axis(axis, rank)).ToArray() ?? [.. Enumerable.Range(0, rank).Reverse()];
        if (!axes.Order().SequenceEqual(Enumerable.Range(0, rank))) throw call.Fail($"does not name each of {rank} axes once");
        if (data is ImportedNumbers numbers)
        {
            AxisOrder order = [.. axes];
            return new ImportedNumbers(numbers.Name, order.ShapeOf(numbers.Shape), () => order.Arrange(numbers.Read(), numbers.Shape));
        }
        var value = call.Tensor(0);
        return new ImportedTensor(value.Tensor, [.. axes.Select(axis => value.Order[axis])]);
    }

    static ImportedValue Unsqueeze(OnnxCall call)
    {
        var data = call.Input(0);
        var added = call.IntegersOrSetting(1, "axes", 13) ?? throw call.Fail("names no axes");
        var rank = data.Shape.Rank + added.Length;
        if (rank > 8) throw call.Fail($"makes {rank} axes");
        var axes = added.Select(axis => call.Axis(axis, rank)).ToHashSet();
        if (axes.Count < added.Length) throw call.Fail("names an axis twice");
        if (data is ImportedIntegers { IsScalar: true } integers && rank == 1) return new ImportedIntegers(integers.Values, isScalar: false);
        var next = 0;
        int[] old = [.. Enumerable.Range(0, rank).Select(axis => axes.Contains(axis) ? -1 : next++)];
        if (data is ImportedNumbers numbers) return numbers.WithShape(new Shape([.. old.Select(axis => axis < 0 ? 1 : numbers.Shape[axis])]));
        var value = call.Tensor(0);
        return new ImportedTensor(value.Tensor, [.. old.Select(axis => axis < 0 ? AxisOrder.Unit : value.Order[axis])]);
    }

    static ImportedValue Squeeze(OnnxCall call)
    {
        var data = call.Input(0);
        var shape = data.Shape;
        var gone = (call.IntegersOrSetting(1, "axes", 13)?.Select(axis => call.Axis(axis, shape.Rank)) ?? Enumerable.Range(0, shape.Rank).Where(axis => shape[axis] == 1)).ToHashSet();
        if (gone.Any(axis => shape[axis] != 1)) throw call.Fail($"removes axes of shape {shape} whose extent is not 1");
        var left = new Shape([.. shape.Where((_, axis) => !gone.Contains(axis))]);
        return data switch
        {
            ImportedIntegers integers => new ImportedIntegers(integers.Values, gone.Count > 0 || integers.IsScalar),
            ImportedNumbers numbers => numbers.WithShape(left),
            _ => Without((ImportedTensor)data, gone),
        };
    }

    /// <summary>A tensor without axes of extent 1.</summary>
    /// <param name="value">The tensor.</param>
    /// <param name="gone">The axes, as the file counts them.</param>
    static ImportedTensor Without(ImportedTensor value, HashSet<int> gone)
    {
        var own = gone.Select(axis => value.Order[axis]).Where(axis => axis != AxisOrder.Unit).ToHashSet();
        var left = value.Order.Where((_, axis) => !gone.Contains(axis)).Select(axis => axis - own.Count(g => g < axis));
        // The axes of the file alone are -1, and stay so.
        return new ImportedTensor(Reshaped(value.Tensor, new Shape([.. value.Tensor.Shape.Where((_, axis) => !own.Contains(axis))])), [.. left]);
    }
}
