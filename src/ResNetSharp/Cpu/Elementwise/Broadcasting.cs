namespace ResNetSharp.Cpu;

/// <summary>NumPy's rules for shapes that differ.</summary>
internal static class Broadcasting
{
    /// <summary>The shape that two shapes make together.</summary>
    /// <exception cref="ArgumentException">They do not fit.</exception>
    public static Shape Result(Shape a, Shape b)
    {
        var extents = new int[Math.Max(a.Rank, b.Rank)];
        for (var i = 1; i <= extents.Length; i++)
        {
            var (left, right) = (i <= a.Rank ? a[-i] : 1, i <= b.Rank ? b[-i] : 1);
            if (left != right && left != 1 && right != 1)
                throw new ArgumentException($"Shapes {a} and {b} cannot be combined: their extents {left} and {right} differ and neither is 1.");
            extents[^i] = left == 1 ? right : left;
        }
        return new Shape(extents);
    }

    /// <summary>The strides with which a dense tensor of one shape is read as if it had another: 0 where it is repeated.</summary>
    public static long[] Strides(Shape from, Shape to)
    {
        var dense = StridedLoops.DenseStrides(from.AsSpan());
        var strides = new long[to.Rank];
        for (var i = 1; i <= from.Rank; i++) strides[^i] = from[-i] == 1 ? 0 : dense[^i];
        return strides;
    }
}
