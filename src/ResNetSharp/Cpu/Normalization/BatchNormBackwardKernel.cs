using System.Runtime.CompilerServices;

namespace ResNetSharp.Cpu;

/// <summary>
/// The gradients of batch normalisation and of the ReLU and addition after it, in two passes over the tensors. With g the gradient
/// before the ReLU and x' = (x - mean) / std: dbeta = sum g, dgamma = sum g x', and
/// dx = gamma / std (g - dbeta / rows - x' dgamma / rows). With constant statistics, dx = gamma / std g; so a plain channel-wise scale
/// and shift is the case of null mean and deviation.
/// </summary>
internal sealed unsafe class BatchNormBackwardKernel<T> : Kernel, IParallelBody where T : unmanaged
{
    readonly BatchNormBackward<T> o;
    readonly ChannelGrid grid;
    readonly bool sumsNeeded;
    readonly delegate*<in GradientOperands<T>, int, in ChannelTile, float*, float*, void> sumLoop;
    readonly delegate*<in GradientOperands<T>, int, in ChannelTile, void> inputLoop;
    GradientOperands<T> sumOperands;
    GradientOperands<T> inputOperands;
    Phase phase;

    public BatchNormBackwardKernel(in BatchNormBackward<T> operands)
    {
        o = operands;
        grid = new ChannelGrid(o.Rows, o.Channels);
        sumsNeeded = !o.Frozen || o.DGamma != null || o.DBeta != null || o.DResidual != null;
        sumOperands = new GradientOperands<T> { X = o.X, Y = o.Y, DY = o.DY, Out = o.DResidual };
        sumLoop = GradientSumLoops.Of<T>(o.Relu, o.Y != null, o.DResidual != null);
        // The masked gradient, once written out for the residual, saves the second pass the mask.
        var masked = o.DResidual != null;
        inputOperands = new GradientOperands<T> { X = o.X, Y = o.Y, DY = masked ? o.DResidual : o.DY, Out = o.DX, Generated = GeneratedRows.TryCreate<T>(new RowFunction(IsGradient: true, HasResidual: false, o.Relu && !masked, o.Y != null, o.Frozen), grid) };
        inputLoop = GradientInputLoops.Of<T>(o.Relu && !masked, o.Y != null, o.Frozen);
    }

    enum Phase
    {
        Coefficients,
        Sums,
        Join,
        Input,
    }

    int ChannelParts => (grid.Channels + ChannelMoments.ChannelsPerPart - 1) / ChannelMoments.ChannelsPerPart;

    float* Partials => (float*)Scratch + 5L * grid.Period;

    public override long ScratchBytes(int workers) =>
        (5L * grid.Period + (sumsNeeded ? 2L * grid.RowBlocks * grid.Period : 0)) * sizeof(float);

    public override void Run(Workers workers)
    {
        Place(ref sumOperands);
        Place(ref inputOperands);
        Loop(workers, Phase.Coefficients, ChannelParts);
        if (sumsNeeded)
        {
            Loop(workers, Phase.Sums, grid.Tiles);
            Loop(workers, Phase.Join, ChannelParts);
        }
        if (o.DX != null) Loop(workers, Phase.Input, grid.Tiles);
    }

    public void Execute(int part, int worker)
    {
        if (phase == Phase.Sums) Sums(part);
        // Backwards, since what was read last is still in the cache.
        else if (phase == Phase.Input) inputLoop(inputOperands, grid.Period, grid[grid.Tiles - 1 - part]);
        else
        {
            var begin = part * ChannelMoments.ChannelsPerPart;
            var end = Math.Min(begin + ChannelMoments.ChannelsPerPart, grid.Channels);
            if (phase == Phase.Join) Join(begin, end - begin);
            else
                for (var c = begin; c < end; c++) Coefficients(c);
        }
    }

    void Loop(Workers workers, Phase next, int parts)
    {
        phase = next;
        workers.Run(this, parts);
    }

    void Place(ref GradientOperands<T> operands)
    {
        operands.Mean = (float*)Scratch;
        operands.Scale = operands.Mean + grid.Period;
        operands.Shift = operands.Scale + grid.Period;
        operands.CentredFactor = operands.Shift + grid.Period;
        operands.Constant = operands.CentredFactor + grid.Period;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Coefficients(int c)
    {
        var mean = o.Mean == null ? 0 : o.Mean[c];
        var scale = BatchNormCoefficients.Scale(o.Gamma, o.InverseStd, c);
        var shift = o.Beta == null ? 0 : o.Beta[c];
        for (var column = c; column < grid.Period; column += grid.Channels)
        {
            sumOperands.Mean[column] = mean;
            sumOperands.Scale[column] = scale;
            sumOperands.Shift[column] = shift;
        }
    }

    void Sums(int part)
    {
        var tile = grid[part];
        var sums = Partials + 2L * tile.Block * grid.Period + tile.Column;
        sumLoop(sumOperands, grid.Period, tile, sums, sums + grid.Period);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Join(int first, int count)
    {
        double* sums = stackalloc double[ChannelMoments.ChannelsPerPart], products = stackalloc double[ChannelMoments.ChannelsPerPart];
        new Span<double>(sums, count).Clear();
        new Span<double>(products, count).Clear();
        for (var block = 0; block < grid.RowBlocks; block++)
            for (var column = first; column < grid.Period; column += grid.Channels)
            {
                var partial = Partials + 2L * block * grid.Period + column;
                DoubleLanes.Add(sums, partial, count);
                DoubleLanes.Add(products, partial + grid.Period, count);
            }
        for (var c = 0; c < count; c++) Store(first + c, sums[c], products[c]);
    }

    void Store(int c, double sum, double product)
    {
        double inverse = o.InverseStd == null ? 1 : o.InverseStd[c];
        if (o.DBeta != null) o.DBeta[c] = (float)sum;
        if (o.DGamma != null) o.DGamma[c] = (float)(product * inverse);
        if (o.Frozen) return;
        double scale = inputOperands.Scale[c];
        var factor = (float)(-scale * inverse * inverse * product / grid.Rows);
        var constant = (float)(-scale * sum / grid.Rows);
        for (var column = c; column < grid.Period; column += grid.Channels)
        {
            inputOperands.CentredFactor[column] = factor;
            inputOperands.Constant[column] = constant;
        }
    }
}
