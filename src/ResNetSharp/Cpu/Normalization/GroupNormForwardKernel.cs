using System.Runtime.CompilerServices;

namespace ResNetSharp.Cpu;

/// <summary>
/// Group normalisation (Wu and He, 2018): each image's groups of channels get mean 0 and variance 1, then
/// y = relu(x' gamma + beta).
/// </summary>
internal sealed unsafe class GroupNormForwardKernel<T> : Kernel, IParallelBody where T : unmanaged
{
    readonly GroupNorm<T> o;
    readonly ChannelGrid grid;
    readonly ChannelMoments moments;
    readonly delegate*<in AffineOperands<T>, int, in ChannelTile, void> loop;
    Phase phase;

    public GroupNormForwardKernel(in GroupNorm<T> operands)
    {
        o = operands;
        grid = new ChannelGrid(o.Positions, o.Channels);
        moments = new ChannelMoments(grid);
        loop = AffineLoops.Of<T>(centred: true, residual: false, o.Relu);
    }

    enum Phase
    {
        Sums,
        Statistics,
        Normalize,
    }

    public override long ScratchBytes(int workers) => o.Batch * (3L * grid.Period + moments.Scratch) * sizeof(float);

    public override void Run(Workers workers)
    {
        phase = Phase.Sums;
        workers.Run(this, checked(o.Batch * grid.Tiles));
        phase = Phase.Statistics;
        workers.Run(this, checked(o.Batch * o.Groups));
        phase = Phase.Normalize;
        workers.Run(this, checked(o.Batch * grid.Tiles));
    }

    public void Execute(int part, int worker)
    {
        if (phase == Phase.Statistics)
        {
            Statistics(part / o.Groups, part % o.Groups);
            return;
        }
        var image = part / grid.Tiles;
        if (phase == Phase.Sums) moments.Partial(o.X + image * o.ImageSize, part % grid.Tiles, Partials(image));
        else loop(Operands(image), grid.Period, grid[part % grid.Tiles]);
    }

    AffineOperands<T> Operands(int image)
    {
        var coefficients = (float*)Scratch + 3L * image * grid.Period;
        return new AffineOperands<T>
        {
            X = o.X + image * o.ImageSize,
            Y = o.Y + image * o.ImageSize,
            Mean = coefficients,
            Scale = coefficients + grid.Period,
            Shift = coefficients + 2L * grid.Period,
        };
    }

    float* Partials(int image) => (float*)Scratch + 3L * o.Batch * grid.Period + image * moments.Scratch;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Statistics(int image, int group)
    {
        var operands = Operands(image);
        var begin = group * o.GroupSize;
        double mean = 0, squares = 0;
        for (var i = 0; i < o.GroupSize; i++)
        {
            double channelMean, channelSquares;
            moments.Join(operands.X, begin + i, 1, Partials(image), &channelMean, &channelSquares);
            var delta = channelMean - mean;
            mean += delta / (i + 1);
            squares += channelSquares + delta * delta * o.Positions * i / (i + 1);
        }
        var at = image * o.Groups + group;
        o.Mean[at] = (float)mean;
        o.InverseStd[at] = (float)(1 / Math.Sqrt(squares / ((double)o.Positions * o.GroupSize) + o.Epsilon));
        for (var c = begin; c < begin + o.GroupSize; c++)
            for (var column = c; column < grid.Period; column += grid.Channels)
            {
                operands.Mean[column] = o.Mean[at];
                operands.Scale[column] = (o.Gamma == null ? 1 : o.Gamma[c]) * o.InverseStd[at];
                operands.Shift[column] = o.Beta == null ? 0 : o.Beta[c];
            }
    }
}
