namespace ResNetSharp.Cpu;

/// <summary>
/// Batch normalisation on stored statistics while gamma and beta may still be learned:
/// y = relu((x - mean) / sqrt(variance + epsilon) gamma + beta + residual). Momentum, sums and the running statistics' update do not
/// apply; <see cref="BatchNormForward{T}.RunningMean"/> and <see cref="BatchNormForward{T}.RunningVariance"/> are only read, and
/// <see cref="BatchNormForward{T}.SavedMean"/> and <see cref="BatchNormForward{T}.SavedInverseStd"/> are written for the backward pass.
/// </summary>
internal sealed unsafe class FrozenBatchNormForwardKernel<T> : Kernel, IParallelBody where T : unmanaged
{
    readonly BatchNormForward<T> o;
    readonly ChannelGrid grid;
    readonly delegate*<in AffineOperands<T>, int, in ChannelTile, void> loop;
    AffineOperands<T> operands;

    public FrozenBatchNormForwardKernel(in BatchNormForward<T> operands)
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
            o.SavedMean[c] = operands.Mean[c] = o.RunningMean[c];
            o.SavedInverseStd[c] = (float)(1 / Math.Sqrt((double)o.RunningVariance[c] + o.Epsilon));
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
