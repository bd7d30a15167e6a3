namespace ResNetSharp.Formats;

/// <summary>Turns the extents that files declare into shapes.</summary>
internal static class ShapeChecks
{
    /// <summary>A shape whose number of elements fits a long.</summary>
    /// <exception cref="InvalidDataException">An extent is negative or beyond 2^31-1, or the product overflows.</exception>
    public static Shape ToShape(ByteSource source, string tensor, IReadOnlyList<long> extents)
    {
        var small = new int[extents.Count];
        for (int i = 0; i < small.Length; i++)
        {
            if (extents[i] is < 0 or > int.MaxValue)
                throw source.Fail($"tensor '{tensor}': dimension {i} is {extents[i]}, not between 0 and {int.MaxValue}");
            small[i] = (int)extents[i];
        }
        var shape = new Shape(small);
        var size = (Int128)1;
        foreach (var extent in small)
        {
            size *= Math.Max(extent, 1);
            if (size > long.MaxValue / 16) throw source.Fail($"tensor '{tensor}' of shape {shape} has too many elements");
        }
        return shape;
    }
}
