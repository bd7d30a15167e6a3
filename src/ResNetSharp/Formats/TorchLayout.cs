namespace ResNetSharp.Formats;

/// <summary>
/// Turns weights between this library's order, convolutions (height, width, in, out) and dense layers (in, out), and PyTorch's,
/// (out, in, height, width) and (out, in). Everything else is the same in both.
/// </summary>
internal static class TorchLayout
{
    /// <summary>PyTorch's shape of a parameter.</summary>
    public static Shape ShapeOf(Shape shape) => shape.Rank switch
    {
        4 => new Shape(shape[3], shape[2], shape[0], shape[1]),
        2 => new Shape(shape[1], shape[0]),
        _ => shape,
    };

    /// <summary>From this library's order to PyTorch's.</summary>
    /// <param name="own">The numbers in this library's order.</param>
    /// <param name="shape">The shape in this library's order.</param>
    /// <param name="torch">Where PyTorch's order goes.</param>
    public static void ToTorch(ReadOnlySpan<float> own, Shape shape, Span<float> torch)
    {
        var (rows, columns) = Matrix(shape);
        if (shape.Rank == 4) ToTorch(own, shape[0] * shape[1], shape[2], shape[3], torch);
        else Transpose(own, rows, columns, torch);
    }

    /// <summary>From PyTorch's order to this library's.</summary>
    /// <param name="torch">The numbers in PyTorch's order.</param>
    /// <param name="shape">The shape in this library's order.</param>
    /// <param name="own">Where this library's order goes.</param>
    public static void FromTorch(ReadOnlySpan<float> torch, Shape shape, Span<float> own)
    {
        if (shape.Rank == 4) FilterTransposer.FromTorch(torch, shape[0] * shape[1], shape[2], shape[3], own);
        else if (shape.Rank == 2) FilterTransposer.FromTorch(torch, 1, shape[0], shape[1], own);
        else torch.CopyTo(own);
    }

    /// <summary>A dense layer as a matrix; anything else as one column, which transposing leaves alone.</summary>
    static (int Rows, int Columns) Matrix(Shape shape) => shape.Rank == 2 ? (shape[0], shape[1]) : (checked((int)shape.Size), 1);

    static void Transpose(ReadOnlySpan<float> from, int rows, int columns, Span<float> to)
    {
        // Square blocks keep both the lines read and the lines written in the cache.
        const int block = 32;
        for (var r0 = 0; r0 < rows; r0 += block)
            for (var c0 = 0; c0 < columns; c0 += block)
                for (var r = r0; r < Math.Min(r0 + block, rows); r++)
                    for (var c = c0; c < Math.Min(c0 + block, columns); c++)
                        to[c * rows + r] = from[r * columns + c];
    }

    /// <summary>(taps, in, out) to (out, in, taps).</summary>
    static void ToTorch(ReadOnlySpan<float> own, int taps, int inputs, int outputs, Span<float> torch)
    {
        const int block = 16;
        for (var i0 = 0; i0 < inputs; i0 += block)
            for (var o0 = 0; o0 < outputs; o0 += block)
                for (var t = 0; t < taps; t++)
                    for (var i = i0; i < Math.Min(i0 + block, inputs); i++)
                        for (var o = o0; o < Math.Min(o0 + block, outputs); o++)
                            torch[(o * inputs + i) * taps + t] = own[(t * inputs + i) * outputs + o];
    }
}
