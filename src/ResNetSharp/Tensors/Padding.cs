namespace ResNetSharp;

/// <summary>How a window is padded at the borders of an image.</summary>
public readonly record struct Padding
{
    Padding(bool same, int top, int bottom, int left, int right) => (IsSame, Top, Bottom, Left, Right) = (same, top, bottom, left, right);

    /// <summary>No padding: the window stays inside the image. The default.</summary>
    public static Padding Valid => default;

    /// <summary>
    /// As much as makes the output ceil(input / stride) large, the odd row and column at the bottom and right, as in Keras.
    /// </summary>
    public static Padding Same { get; } = new(true, 0, 0, 0, 0);

    /// <summary>The same number of rows and columns on every side, as PyTorch's <c>padding=n</c>.</summary>
    public static Padding Of(int all) => Of(all, all, all, all);

    /// <summary>A number of rows and columns for each side.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A number is negative.</exception>
    public static Padding Of(int top, int bottom, int left, int right)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(top);
        ArgumentOutOfRangeException.ThrowIfNegative(bottom);
        ArgumentOutOfRangeException.ThrowIfNegative(left);
        ArgumentOutOfRangeException.ThrowIfNegative(right);
        return new Padding(false, top, bottom, left, right);
    }

    /// <summary>Whether the amount follows from the image; then the other members are 0.</summary>
    public bool IsSame { get; }

    /// <summary>Rows above.</summary>
    public int Top { get; }

    /// <summary>Rows below.</summary>
    public int Bottom { get; }

    /// <summary>Columns to the left.</summary>
    public int Left { get; }

    /// <summary>Columns to the right.</summary>
    public int Right { get; }

    /// <summary><c>same</c>, <c>valid</c> or the four numbers.</summary>
    public override string ToString() => IsSame ? "same" : this == Valid ? "valid" : $"{Top},{Bottom},{Left},{Right}";

    /// <summary>PyTorch's <c>padding=n</c>.</summary>
    public static implicit operator Padding(int all) => Of(all);
}
