namespace ResNetSharp.Graph;

/// <summary>The window of a convolution or a pooling: its size, how it steps, how it is padded.</summary>
internal sealed record Window(int Height, int Width, int StrideHeight, int StrideWidth, Padding Padding, int DilationHeight = 1, int DilationWidth = 1)
{
    /// <summary>Rows of padding above and below for an image of a height.</summary>
    public (int Before, int After) RowPadding(int height) =>
        Padding.IsSame ? Same(height, Height, StrideHeight, DilationHeight) : (Padding.Top, Padding.Bottom);

    /// <summary>Columns of padding left and right for an image of a width.</summary>
    public (int Before, int After) ColumnPadding(int width) =>
        Padding.IsSame ? Same(width, Width, StrideWidth, DilationWidth) : (Padding.Left, Padding.Right);

    /// <summary>Whether nothing is added around images of a shape; not known of padding that depends on an unknown size.</summary>
    public bool IsUnpadded(Shape images) => (!Padding.IsSame || (images[1] != Shape.Unknown && images[2] != Shape.Unknown))
        && RowPadding(images[1]) == (0, 0) && ColumnPadding(images[2]) == (0, 0);

    /// <summary>The shape of the result for images of shape (batch, height, width, any), with a number of channels.</summary>
    public Shape OutputShape(string operation, Shape input, int channels) => new(
        input[0],
        Extent(operation, input, input[1], Height, StrideHeight, DilationHeight, RowPadding),
        Extent(operation, input, input[2], Width, StrideWidth, DilationWidth, ColumnPadding),
        channels);

    /// <summary>Refuses sizes that make no sense, once, when a layer is made.</summary>
    public Window Checked()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Height, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(Width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(StrideHeight, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(StrideWidth, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(DilationHeight, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(DilationWidth, 1);
        return this;
    }

    int Extent(string operation, Shape input, int size, int window, int stride, int dilation, Func<int, (int Before, int After)> padding)
    {
        if (size == Shape.Unknown) return Shape.Unknown;
        var (before, after) = padding(size);
        var span = dilation * (window - 1) + 1;
        if (size + before + after < span)
            throw new ShapeException(
                $"{operation}: a window of {Height}x{Width} with padding {Padding} and dilation {DilationHeight}x{DilationWidth} does not fit into an image of shape {input}");
        return (size + before + after - span) / stride + 1;
    }

    static (int, int) Same(int size, int window, int stride, int dilation)
    {
        var total = Math.Max(0, ((size + stride - 1) / stride - 1) * stride + dilation * (window - 1) + 1 - size);
        return (total / 2, total - total / 2);
    }
}
