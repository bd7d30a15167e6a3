using ResNetSharp.Formats;

namespace ResNetSharp.Tests.Exchange;

/// <summary>One operator of <see cref="NaiveOnnx"/>.</summary>
sealed class NaiveOnnxNode(OnnxNode node, NaiveArray?[] inputs)
{
    NaiveArray X => inputs[0]!;

    public NaiveArray Compute() => node.Operator switch
    {
        "Constant" => NaiveOnnx.Read((StoredTensor)Setting("value")!),
        "Identity" or "Dropout" or "Cast" => X,
        "Relu" => Each(x => Math.Max(x, 0)),
        "LeakyRelu" => Each(x => x > 0 ? x : Float("alpha", 0.01) * x),
        "Elu" => Each(x => x > 0 ? x : Float("alpha", 1) * (Math.Exp(x) - 1)),
        "Selu" => Each(x => 1.0507009873554805 * (x > 0 ? x : 1.6732632423543772 * (Math.Exp(x) - 1))),
        "Sigmoid" => Each(x => 1 / (1 + Math.Exp(-x))),
        "Tanh" => Each(Math.Tanh),
        "Softplus" => Each(x => Math.Log(1 + Math.Exp(x))),
        "HardSigmoid" => Each(x => Math.Clamp(Float("alpha", 0.2) * x + Float("beta", 0.5), 0, 1)),
        "HardSwish" => Each(x => x * Math.Clamp(x / 6 + 0.5, 0, 1)),
        "Exp" => Each(Math.Exp),
        "Log" => Each(Math.Log),
        "Sqrt" => Each(Math.Sqrt),
        "Abs" => Each(Math.Abs),
        "Neg" => Each(x => -x),
        "Reciprocal" => Each(x => 1 / x),
        "Erf" => Each(Erf),
        "Clip" => Each(x => Math.Min(Math.Max(x, inputs.ElementAtOrDefault(1)?.Values[0] ?? double.NegativeInfinity), inputs.ElementAtOrDefault(2)?.Values[0] ?? double.PositiveInfinity)),
        "Add" or "Sum" => Combine((a, b) => a + b),
        "Sub" => Combine((a, b) => a - b),
        "Mul" => Combine((a, b) => a * b),
        "Div" => Combine((a, b) => a / b),
        "Max" => Combine(Math.Max),
        "Min" => Combine(Math.Min),
        "Pow" => Combine(Math.Pow),
        "Conv" => Convolve(),
        "MaxPool" => Pool((inside, _) => inside.Max()),
        "AveragePool" => Pool((inside, all) => inside.Sum() / (Long("count_include_pad", 0) != 0 ? all : inside.Count)),
        "GlobalAveragePool" => Reduce([.. Enumerable.Range(2, X.Shape.Length - 2)], keep: true, group => group.Average()),
        "Gemm" => Gemm(),
        "MatMul" => NaiveArray.Of([X.Shape[0], inputs[1]!.Shape[1]], i => Enumerable.Range(0, X.Shape[1]).Sum(k => X.At(i[0], k) * inputs[1]!.At(k, i[1]))),
        "BatchNormalization" => NaiveArray.Of(X.Shape, i => Channel(1, i) * (X.At(i) - Channel(3, i)) / Math.Sqrt(Channel(4, i) + Float("epsilon", 1e-5)) + Channel(2, i)),
        "InstanceNormalization" => NormalizeInstances(),
        "Softmax" => Distribute(x => x),
        "LogSoftmax" => Distribute(Math.Log),
        "ReduceMean" => Reduce(Axes(Longs("axes")), Long("keepdims", 1) != 0, group => group.Average()),
        "ReduceMax" => Reduce(Axes(Longs("axes")), Long("keepdims", 1) != 0, group => group.Max()),
        "ReduceSum" => Reduce(Axes(Whole(1)), Long("keepdims", 1) != 0, group => group.Sum()),
        "Reshape" => new NaiveArray(Resolve([.. Whole(1)!.Select((e, i) => e == 0 ? X.Shape[i] : (int)e)]), X.Values),
        "Flatten" => new NaiveArray(Resolve(Long("axis", 1) == 0 ? [1, -1] : [X.Shape.Take((int)Long("axis", 1)).Aggregate((a, b) => a * b), -1]), X.Values),
        "Transpose" => Transpose(Longs("perm")!),
        "Unsqueeze" => Unsqueeze(),
        "Squeeze" => new NaiveArray([.. X.Shape.Where((_, a) => !Axes(Whole(1)).Contains(a))], X.Values),
        "Concat" => Join((int)Long("axis", 0)),
        "Pad" => Pad(),
        "Slice" => Slice(),
        "QuantizeLinear" => Rescale((x, scale, zero) => Math.Clamp(Math.Round(x / scale) + zero, inputs.ElementAtOrDefault(2) is { IsSigned: true } ? -128 : 0, inputs.ElementAtOrDefault(2) is { IsSigned: true } ? 127 : 255)),
        "DequantizeLinear" => Rescale((x, scale, zero) => scale * (x - zero)),
        "Shape" => new NaiveArray([X.Shape.Length], [.. X.Shape.Select(e => (double)e)]),
        "Gather" => new NaiveArray(inputs[1]!.Shape, [.. inputs[1]!.Values.Select(i => X.Values[(int)i < 0 ? (int)i + X.Values.Length : (int)i])]),
        _ => throw new NotSupportedException($"the reference does not know {node.Operator}"),
    };

    object? Setting(string name) => node.Attributes.FirstOrDefault(a => a.Name == name)?.Value;

    long Long(string name, long otherwise) => (long?)Setting(name) ?? otherwise;

    double Float(string name, double otherwise) => (float?)Setting(name) ?? otherwise;

    long[]? Longs(string name) => (long[]?)Setting(name);

    long[]? Whole(int input) => inputs.ElementAtOrDefault(input)?.Values.Select(v => (long)v).ToArray();

    int[] Axes(long[]? axes) => axes is null ? [.. Enumerable.Range(0, X.Shape.Length)] : [.. axes.Select(a => (int)(a < 0 ? a + X.Shape.Length : a))];

    NaiveArray Each(Func<double, double> function) => new(X.Shape, [.. X.Values.Select(function)]);

    NaiveArray Combine(Func<double, double, double> function) => inputs.Select(i => i!).Aggregate((a, b) =>
    {
        var rank = Math.Max(a.Shape.Length, b.Shape.Length);
        int Extent(NaiveArray array, int axis) => axis < rank - array.Shape.Length ? 1 : array.Shape[axis - rank + array.Shape.Length];
        return NaiveArray.Of([.. Enumerable.Range(0, rank).Select(axis => Math.Max(Extent(a, axis), Extent(b, axis)))], i => function(a.Stretched(i), b.Stretched(i)));
    });

    /// <summary>A function of a number, and of the scale and the zero point at its index of an axis.</summary>
    NaiveArray Rescale(Func<double, double, double, double> function)
    {
        var axis = (int)Long("axis", 1);
        double At(int input, int[] index, double otherwise) =>
            inputs.ElementAtOrDefault(input) is not { } array ? otherwise : array.Values.Length == 1 ? array.Values[0] : array.Values[index[axis]];
        return NaiveArray.Of(X.Shape, i => function(X.At(i), At(1, i, 1), At(2, i, 0)));
    }

    double Channel(int input, int[] index) => inputs[input]!.Values[index[1]];

    (int[] Kernel, int[] Stride, int[] Dilation, int[] Before, int[] Output) Window(int[] kernel)
    {
        int[] Numbers(string name) => [.. (Longs(name) ?? [1, 1]).Select(v => (int)v)];
        var (stride, dilation) = (Numbers("strides"), Numbers("dilations"));
        var (before, output) = (new int[2], new int[2]);
        for (var a = 0; a < 2; a++)
        {
            var (size, span) = (X.Shape[2 + a], dilation[a] * (kernel[a] - 1) + 1);
            var (begin, end) = Longs("pads") is { } pads ? ((int)pads[a], (int)pads[a + 2]) : (0, 0);
            if ((string?)Setting("auto_pad") is "SAME_UPPER" or "SAME_LOWER")
            {
                var total = Math.Max(0, ((size + stride[a] - 1) / stride[a] - 1) * stride[a] + span - size);
                (begin, end) = (string)Setting("auto_pad")! == "SAME_UPPER" ? (total / 2, total - total / 2) : (total - total / 2, total / 2);
            }
            before[a] = begin;
            var steps = (size + begin + end - span) / (double)stride[a];
            output[a] = (int)(Long("ceil_mode", 0) != 0 ? Math.Ceiling(steps) : Math.Floor(steps)) + 1;
            if (Long("ceil_mode", 0) != 0 && (output[a] - 1) * stride[a] >= size + begin) output[a]--;
        }
        return (kernel, stride, dilation, before, output);
    }

    IEnumerable<(int Row, int Column, int Tap)> Taps((int[] Kernel, int[] Stride, int[] Dilation, int[] Before, int[] Output) w, int row, int column)
    {
        for (var a = 0; a < w.Kernel[0]; a++)
            for (var b = 0; b < w.Kernel[1]; b++)
            {
                var (r, c) = (row * w.Stride[0] - w.Before[0] + a * w.Dilation[0], column * w.Stride[1] - w.Before[1] + b * w.Dilation[1]);
                if (r >= 0 && c >= 0 && r < X.Shape[2] && c < X.Shape[3]) yield return (r, c, a * w.Kernel[1] + b);
            }
    }

    NaiveArray Convolve()
    {
        var weights = inputs[1]!;
        var window = Window([weights.Shape[2], weights.Shape[3]]);
        var (filters, channels, taps) = (weights.Shape[0], weights.Shape[1], weights.Shape[2] * weights.Shape[3]);
        var perGroup = filters / (int)Long("group", 1);
        return NaiveArray.Of([X.Shape[0], filters, window.Output[0], window.Output[1]], i =>
        {
            var sum = inputs.ElementAtOrDefault(2)?.Values[i[1]] ?? 0;
            foreach (var (row, column, tap) in Taps(window, i[2], i[3]))
                for (var c = 0; c < channels; c++) sum += X.At(i[0], i[1] / perGroup * channels + c, row, column) * weights.Values[(i[1] * channels + c) * taps + tap];
            return sum;
        });
    }

    NaiveArray Pool(Func<List<double>, int, double> join)
    {
        var window = Window([.. Longs("kernel_shape")!.Select(v => (int)v)]);
        return NaiveArray.Of([X.Shape[0], X.Shape[1], window.Output[0], window.Output[1]],
            i => join([.. Taps(window, i[2], i[3]).Select(t => X.At(i[0], i[1], t.Row, t.Column))], window.Kernel[0] * window.Kernel[1]));
    }

    NaiveArray Gemm()
    {
        var b = inputs[1]!;
        var turned = Long("transB", 0) != 0;
        return NaiveArray.Of([X.Shape[0], b.Shape[turned ? 0 : 1]], i => Float("beta", 1) * (inputs.ElementAtOrDefault(2)?.Stretched(i) ?? 0)
            + Float("alpha", 1) * Enumerable.Range(0, X.Shape[1]).Sum(k => X.At(i[0], k) * (turned ? b.At(i[1], k) : b.At(k, i[1]))));
    }

    NaiveArray NormalizeInstances()
    {
        int[] axes = [.. Enumerable.Range(2, X.Shape.Length - 2)];
        var mean = Reduce(axes, keep: true, group => group.Average());
        var variance = Reduce(axes, keep: true, group => group.Average(v => v * v) - Math.Pow(group.Average(), 2));
        return NaiveArray.Of(X.Shape, i => Channel(1, i) * (X.At(i) - mean.Stretched(i)) / Math.Sqrt(variance.Stretched(i) + Float("epsilon", 1e-5)) + Channel(2, i));
    }

    NaiveArray Distribute(Func<double, double> of)
    {
        var axis = Axes([Long("axis", -1)]);
        var sum = Reduce(axis, keep: true, group => group.Sum(Math.Exp));
        return NaiveArray.Of(X.Shape, i => of(Math.Exp(X.At(i)) / sum.Stretched(i)));
    }

    NaiveArray Reduce(int[] axes, bool keep, Func<List<double>, double> join)
    {
        int[] kept = [.. X.Shape.Select((e, a) => axes.Contains(a) ? 1 : e)];
        var groups = new Dictionary<string, List<double>>();
        string Key(int[] index) => string.Join(',', index.Select((e, a) => axes.Contains(a) ? 0 : e));
        NaiveArray.Of(X.Shape, i =>
        {
            if (!groups.TryGetValue(Key(i), out var group)) groups[Key(i)] = group = [];
            group.Add(X.At(i));
            return 0;
        });
        var result = NaiveArray.Of(kept, i => join(groups[Key(i)]));
        return keep ? result : result with { Shape = [.. X.Shape.Where((_, a) => !axes.Contains(a))] };
    }

    int[] Resolve(int[] shape)
    {
        var known = shape.Where(e => e >= 0).Aggregate(1, (a, b) => a * b);
        return [.. shape.Select(e => e < 0 ? X.Values.Length / known : e)];
    }

    NaiveArray Transpose(long[] perm) =>
        NaiveArray.Of([.. perm.Select(a => X.Shape[a])], i => X.At([.. Enumerable.Range(0, perm.Length).Select(a => i[Array.IndexOf(perm, (long)a)])]));

    NaiveArray Unsqueeze()
    {
        var shape = X.Shape.ToList();
        foreach (var axis in Whole(1)!.Order()) shape.Insert((int)axis, 1);
        return new NaiveArray([.. shape], X.Values);
    }

    NaiveArray Join(int axis)
    {
        axis = axis < 0 ? axis + X.Shape.Length : axis;
        var shape = X.Shape.ToArray();
        shape[axis] = inputs.Sum(i => i!.Shape[axis]);
        return NaiveArray.Of(shape, i =>
        {
            var (at, which) = (i[axis], 0);
            while (at >= inputs[which]!.Shape[axis]) at -= inputs[which++]!.Shape[axis];
            return inputs[which]!.At([.. i.Select((e, a) => a == axis ? at : e)]);
        });
    }

    NaiveArray Pad()
    {
        var pads = Whole(1)!;
        var rank = X.Shape.Length;
        return NaiveArray.Of([.. X.Shape.Select((e, a) => e + (int)(pads[a] + pads[a + rank]))], i =>
        {
            int[] inside = [.. i.Select((e, a) => e - (int)pads[a])];
            return inside.Where((e, a) => e < 0 || e >= X.Shape[a]).Any() ? inputs.ElementAtOrDefault(2)?.Values[0] ?? 0 : X.At(inside);
        });
    }

    NaiveArray Slice()
    {
        var (starts, ends) = (Whole(1)!, Whole(2)!);
        var axes = Axes(Whole(3));
        var steps = Whole(4) ?? [.. starts.Select(_ => 1L)];
        var (first, step, shape) = (new long[X.Shape.Length], new long[X.Shape.Length], X.Shape.ToArray());
        Array.Fill(step, 1);
        for (var k = 0; k < starts.Length; k++)
        {
            long Clamped(long v) => Math.Clamp(v < 0 ? v + X.Shape[axes[k]] : v, 0, X.Shape[axes[k]]);
            (first[axes[k]], step[axes[k]]) = (Clamped(starts[k]), steps[k]);
            shape[axes[k]] = (int)((Clamped(ends[k]) - Clamped(starts[k]) + steps[k] - 1) / steps[k]);
        }
        return NaiveArray.Of(shape, i => X.At([.. i.Select((e, a) => (int)(first[a] + e * step[a]))]));
    }

    static double Erf(double x)
    {
        double term = x, sum = x;
        for (var n = 1; n < 200; n++) sum += term *= 2 * x * x / (2 * n + 1);
        return 2 / Math.Sqrt(Math.PI) * Math.Exp(-x * x) * sum;
    }
}
