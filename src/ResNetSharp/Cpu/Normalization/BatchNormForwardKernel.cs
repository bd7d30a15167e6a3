using System.Runtime.CompilerServices;

namespace ResNetSharp.Cpu;

/// <summary>
/// Batch normalisation in training, over all axes but the last (Ioffe and Szegedy, 2015), with what usually follows it in the same pass:
/// y = relu((x - mean) / sqrt(variance + epsilon) gamma + beta + residual). One reading of x for the statistics, if they are not known, another
/// for y, which may be x or the residual.
/// </summary>
internal sealed unsafe class BatchNormForwardKernel<T> : Kernel, IParallelBody where T : unmanaged
{
    readonly BatchNormForward<T> o;
    readonly ChannelGrid grid;
    readonly ChannelMoments moments;
    readonly delegate*<in AffineOperands<T>, int, in ChannelTile, void> loop;
    AffineOperands<T> operands;
    Phase phase;

    public BatchNormForwardKernel(in BatchNormForward<T> operands)
    {
        o = operands;
        grid = new ChannelGrid(o.Rows, o.Channels);
        moments = new ChannelMoments(grid);
        loop = AffineLoops.Of<T>(centred: true, o.Residual != null, o.Relu);
        this.operands = new AffineOperands<T> { X = o.X, Residual = o.Residual, Y = o.Y, Generated = GeneratedRows.TryCreate<T>(new RowFunction(IsGradient: false, o.Residual != null, o.Relu), grid) };
    }

    enum Phase
    {
        Sums,
        Statistics,
        Normalize,
    }

    float* Partials => (float*)Scratch + 3L * grid.Period;

    public override long ScratchBytes(int workers) => (3L * grid.Period + moments.Scratch) * sizeof(float);

    public override void Run(Workers workers)
    {
        operands.Mean = (float*)Scratch;
        operands.Scale = operands.Mean + grid.Period;
        operands.Shift = operands.Scale + grid.Period;
        if (o.Moments is not { AreSummed: true })
        {
            phase = Phase.Sums;
            workers.Run(this, grid.Tiles);
        }
        phase = Phase.Statistics;
        workers.Run(this, moments.JoinParts);
        phase = Phase.Normalize;
        workers.Run(this, grid.Tiles);
    }

    public void Execute(int part, int worker)
    {
        if (phase == Phase.Sums) moments.Partial(o.X, part, Partials);
        else if (phase == Phase.Statistics) Statistics(part);
        // Backwards, since what was read last is still in the cache.
        else loop(operands, grid.Period, grid[grid.Tiles - 1 - part]);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Statistics(int part)
    {
        var begin = part * ChannelMoments.ChannelsPerPart;
        var end = Math.Min(begin + ChannelMoments.ChannelsPerPart, grid.Channels);
        double* means = stackalloc double[ChannelMoments.ChannelsPerPart], squares = stackalloc double[ChannelMoments.ChannelsPerPart];
        if (o.Moments is not { AreSummed: true } summed) moments.Join(o.X, begin, end - begin, Partials, means, squares);
        else if (!summed.TryJoin(begin, end - begin, grid.Rows, o.Epsilon, means, squares)) moments.Exact(o.X, begin, end - begin, means, squares);
        for (var c = begin; c < end; c++) Store(c, means[c - begin], squares[c - begin] / grid.Rows);
    }

    void Store(int c, double mean, double variance)
    {
        var inverse = 1 / Math.Sqrt(variance + o.Epsilon);
        o.SavedMean[c] = (float)mean;
        o.SavedInverseStd[c] = (float)inverse;
        if (o.RunningMean != null) o.RunningMean[c] = (float)(o.Momentum * (double)o.RunningMean[c] + (1 - (double)o.Momentum) * mean);
        if (o.RunningVariance != null)
        {
            var running = o.UnbiasedRunningVariance && grid.Rows > 1 ? variance * grid.Rows / (grid.Rows - 1) : variance;
            o.RunningVariance[c] = (float)(o.Momentum * (double)o.RunningVariance[c] + (1 - (double)o.Momentum) * running);
        }
        var scale = BatchNormCoefficients.Scale(o.Gamma, o.SavedInverseStd, c);
        for (var column = c; column < grid.Period; column += grid.Channels)
        {
            operands.Mean[column] = o.SavedMean[c];
            operands.Scale[column] = scale;
            operands.Shift[column] = o.Beta == null ? 0 : o.Beta[c];
        }
    }
}
