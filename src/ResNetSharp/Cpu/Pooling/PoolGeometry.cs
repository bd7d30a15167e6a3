namespace ResNetSharp.Cpu;

/// <summary>The geometry of a pooling window over (batch, height, width, channels).</summary>
/// <param name="Batch">Images.</param>
/// <param name="InHeight">Rows of the input.</param>
/// <param name="InWidth">Columns of the input.</param>
/// <param name="Channels">Channels of input and output.</param>
/// <param name="PoolHeight">Rows of the window.</param>
/// <param name="PoolWidth">Columns of the window.</param>
/// <param name="StrideHeight">Rows from one window to the next.</param>
/// <param name="StrideWidth">Columns from one window to the next.</param>
/// <param name="PadTop">Rows added above.</param>
/// <param name="PadBottom">Rows added below.</param>
/// <param name="PadLeft">Columns added on the left.</param>
/// <param name="PadRight">Columns added on the right.</param>
/// <param name="CountIncludePad">Whether an average counts the padding as zeros; otherwise it is over the pixels alone.</param>
internal sealed record PoolGeometry(
    int Batch, int InHeight, int InWidth, int Channels, int PoolHeight, int PoolWidth, int StrideHeight, int StrideWidth,
    int PadTop, int PadBottom, int PadLeft, int PadRight, bool CountIncludePad = false)
{
    /// <summary>Rows that a window may reach below the padding, where output extents are rounded up; never counted by an average.</summary>
    public int ExcessBottom { get; init; }

    /// <summary>Columns that a window may reach beyond the padding, where output extents are rounded up; never counted by an average.</summary>
    public int ExcessRight { get; init; }

    /// <summary>Numbers from one pixel of an input that is normalized to the next.</summary>
    public int InputPitch { get; init; } = Channels;

    /// <summary>Numbers from one pixel of a forward pass's output to the next.</summary>
    public int OutputPitch { get; init; } = Channels;

    /// <summary>Rows of the output.</summary>
    public int OutHeight => Extent(InHeight + PadTop + PadBottom + ExcessBottom, PoolHeight, StrideHeight);

    /// <summary>Columns of the output.</summary>
    public int OutWidth => Extent(InWidth + PadLeft + PadRight + ExcessRight, PoolWidth, StrideWidth);

    static int Extent(int size, int pool, int stride) => size < pool ? 0 : (size - pool) / stride + 1;
}
