using ResNetSharp.Cpu;
using ResNetSharp.Graph.Operations;

namespace ResNetSharp.Tests.Graph;

/// <summary>Where elements go, one element after the other.</summary>
static class NaiveLayout
{
    /// <summary>An array whose elements are a function of their place.</summary>
    public static double[] Gather(Shape shape, Func<int[], double> element)
    {
        var result = new double[shape.Size];
        for (var i = 0; i < result.Length; i++) result[i] = element(Index(i, shape));
        return result;
    }

    public static int[] Index(int flat, Shape shape)
    {
        var index = new int[shape.Rank];
        for (var axis = shape.Rank - 1; axis >= 0; axis--) (flat, index[axis]) = (flat / shape[axis], flat % shape[axis]);
        return index;
    }

    public static int Flat(int[] index, Shape shape)
    {
        var flat = 0;
        for (var axis = 0; axis < index.Length; axis++) flat = flat * shape[axis] + index[axis];
        return flat;
    }

    /// <summary>The element of a smaller tensor that stands at a place of the tensor it is stretched to.</summary>
    public static int Stretched(int[] index, Shape shape)
    {
        var lead = index.Length - shape.Rank;
        return Flat([.. Enumerable.Range(0, shape.Rank).Select(a => shape[a] == 1 ? 0 : index[lead + a])], shape);
    }

    public static double[] Reduce(ReduceFunction function, int[] axes, double[] x, Shape shape)
    {
        var kept = new Shape([.. shape.Select((extent, axis) => axes.Contains(axis) ? 1 : extent)]);
        var groups = new List<double>[kept.Size];
        for (var i = 0; i < x.Length; i++) (groups[Stretched(Index(i, shape), kept)] ??= []).Add(x[i]);
        return [.. groups.Select(g => function switch
        {
            ReduceFunction.Sum => g.Sum(),
            ReduceFunction.Mean => g.Average(),
            ReduceFunction.Max => g.Max(),
            _ => throw new NotSupportedException($"the reference does not know {function}"),
        })];
    }

    public static double[] Pad(Pad pad, double[] x, Shape shape, Shape output) => Gather(output, at =>
    {
        int[] from = [.. at.Select((e, a) => e - pad.Before[a])];
        return from.Where((e, a) => e < 0 || e >= shape[a]).Any() ? pad.Value : x[Flat(from, shape)];
    });

    public static double[] Join(int axis, (double[] Values, Shape Shape)[] parts, Shape output) => Gather(output, at =>
    {
        var index = at.ToArray();
        foreach (var (values, shape) in parts)
        {
            if (index[axis] < shape[axis]) return values[Flat(index, shape)];
            index[axis] -= shape[axis];
        }
        throw new InvalidOperationException("the parts are shorter than the whole");
    });
}
