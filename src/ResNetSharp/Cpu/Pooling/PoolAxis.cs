namespace ResNetSharp.Cpu;

/// <summary>One axis of a pooling: which pixels a window sees, and which windows see a pixel.</summary>
internal readonly struct PoolAxis(int size, int pool, int stride, int before, int after, int outputs)
{
    /// <summary>Extent of the input.</summary>
    public readonly int Size = size;

    /// <summary>Extent of the output.</summary>
    public readonly int Outputs = outputs;

    public static PoolAxis Rows(PoolGeometry g) => new(g.InHeight, g.PoolHeight, g.StrideHeight, g.PadTop, g.PadBottom, g.OutHeight);

    public static PoolAxis Columns(PoolGeometry g) => new(g.InWidth, g.PoolWidth, g.StrideWidth, g.PadLeft, g.PadRight, g.OutWidth);

    /// <summary>The first pixel of a window.</summary>
    public int Begin(int output) => Math.Max(0, output * stride - before);

    /// <summary>The pixel after a window's last; not after the first if the window sees only padding.</summary>
    public int End(int output) => Math.Min(Size, output * stride - before + pool);

    /// <summary>How many positions of a window are pixels or, if wanted, padding.</summary>
    public int Count(int output, bool padding)
    {
        var begin = output * stride - before;
        return padding ? Math.Min(begin + pool, Size + after) - begin : Math.Max(0, End(output) - Begin(output));
    }

    /// <summary>The first window that sees a pixel.</summary>
    public int FirstOutput(int pixel) => Math.Max(0, (pixel + before - pool + stride) / stride);

    /// <summary>The last window that sees a pixel.</summary>
    public int LastOutput(int pixel) => Math.Min(Outputs - 1, (pixel + before) / stride);
}
