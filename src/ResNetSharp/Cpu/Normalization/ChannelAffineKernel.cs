namespace ResNetSharp.Cpu;

/// <summary>
/// y = relu(scale x + shift + residual) over the last axis: batch normalisation on stored statistics, or a bias.
/// y may be x or the residual.
/// </summary>
internal sealed unsafe class ChannelAffineKernel : Kernel, IParallelBody
{
    readonly ChannelGrid grid;
    readonly float* scale;
    readonly float* shift;
    readonly delegate*<in AffineOperands<float>, int, in ChannelTile, void> loop;
    AffineOperands<float> operands;

    /// <param name="rows">Batch times positions.</param>
    /// <param name="channels">The extent of the last axis.</param>
    /// <param name="x">The input.</param>
    /// <param name="scale">A factor for each channel; null for 1.</param>
    /// <param name="shift">What to add for each channel; null for 0.</param>
    /// <param name="residual">What to add for each element; null for nothing.</param>
    /// <param name="relu">Whether negative results become 0.</param>
    /// <param name="y">The output.</param>
    public ChannelAffineKernel(long rows, int channels, float* x, float* scale, float* shift, float* residual, bool relu, float* y)
    {
        grid = new ChannelGrid(rows, channels);
        this.scale = scale;
        this.shift = shift;
        operands = new AffineOperands<float> { X = x, Residual = residual, Y = y };
        loop = AffineLoops.Of<float>(centred: false, residual != null, relu);
    }

    public override long ScratchBytes(int workers) => 2L * grid.Period * sizeof(float);

    public override void Run(Workers workers)
    {
        operands.Scale = (float*)Scratch;
        operands.Shift = operands.Scale + grid.Period;
        Coefficients(scale, 1, operands.Scale);
        Coefficients(shift, 0, operands.Shift);
        workers.Run(this, grid.Tiles);
    }

    public void Execute(int part, int worker) => loop(operands, grid.Period, grid[part]);

    void Coefficients(float* source, float otherwise, float* wide)
    {
        var values = new Span<float>(wide, grid.Channels);
        if (source == null) values.Fill(otherwise);
        else new ReadOnlySpan<float>(source, grid.Channels).CopyTo(values);
        grid.Repeat(wide);
    }
}
