namespace ResNetSharp.Cpu;

/// <summary>
/// The output of <see cref="BatchNormForwardKernel{T}"/> once more, bit for bit, from <see cref="BatchNormForward{T}.SavedMean"/> and
/// <see cref="BatchNormForward{T}.SavedInverseStd"/>, which are only read here. The running statistics are not looked at.
/// </summary>
internal sealed unsafe class BatchNormRepeatKernel<T> : Kernel, IParallelBody where T : unmanaged
{
    readonly BatchNormForward<T> o;
    readonly ChannelGrid grid;
    readonly delegate*<in AffineOperands<T>, int, in ChannelTile, void> loop;
    AffineOperands<T> operands;

    public BatchNormRepeatKernel(in BatchNormForward<T> operands)
    {
        o = operands;
        grid = new ChannelGrid(o.Rows, o.Channels);
        loop = AffineLoops.Of<T>(centred: true, o.Residual != null, o.Relu);
        this.operands = new AffineOperands<T> { X = o.X, Residual = o.Residual, Y = o.Y, Generated = GeneratedRows.TryCreate<T>(new RowFunction(IsGradient: false, o.Residual != null, o.Relu), grid) };
    }

    public override long ScratchBytes(int workers) => 3L * grid.Period * sizeof(float);

    public override void Run(Workers workers)
    {
        operands.Mean = (float*)Scratch;
        operands.Scale = operands.Mean + grid.Period;
        operands.Shift = operands.Scale + grid.Period;
        for (var c = 0; c < grid.Channels; c++)
        {
            operands.Mean[c] = o.SavedMean[c];
            operands.Scale[c] = BatchNormCoefficients.Scale(o.Gamma, o.SavedInverseStd, c);
            operands.Shift[c] = o.Beta == null ? 0 : o.Beta[c];
        }
        grid.Repeat(operands.Mean);
        grid.Repeat(operands.Scale);
        grid.Repeat(operands.Shift);
        workers.Run(this, grid.Tiles);
    }

    public void Execute(int part, int worker) => loop(operands, grid.Period, grid[part]);
}
