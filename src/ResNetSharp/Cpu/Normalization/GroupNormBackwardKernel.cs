using System.Runtime.CompilerServices;

namespace ResNetSharp.Cpu;

/// <summary>
/// The gradients of group normalisation. With g the gradient before the ReLU, h = gamma g, x' the normalised input and means taken over
/// an image's group: dx = (h - mean(h) - x' mean(h x')) / std, dgamma = sum g x', dbeta = sum g.
/// </summary>
internal sealed unsafe class GroupNormBackwardKernel<T> : Kernel, IParallelBody where T : unmanaged
{
    readonly GroupNorm<T> o;
    readonly ChannelGrid grid;
    readonly delegate*<in GradientOperands<T>, int, in ChannelTile, float*, float*, void> sumLoop;
    readonly delegate*<in GradientOperands<T>, int, in ChannelTile, void> inputLoop;
    Phase phase;

    public GroupNormBackwardKernel(in GroupNorm<T> operands)
    {
        o = operands;
        grid = new ChannelGrid(o.Positions, o.Channels);
        sumLoop = GradientSumLoops.Of<T>(o.Relu, o.Y != null, writes: false);
        inputLoop = GradientInputLoops.Of<T>(o.Relu, o.Y != null, frozen: false);
    }

    enum Phase
    {
        Coefficients,
        Sums,
        Join,
        Parameters,
        Input,
    }

    /// <summary>For each image and channel the sums of g and of g (x - mean).</summary>
    double* ChannelSums => (double*)Scratch;

    float* Coefficients => (float*)(ChannelSums + 2L * o.Batch * o.Channels);

    float* Partials => Coefficients + 5L * o.Batch * grid.Period;

    public override long ScratchBytes(int workers) =>
        o.Batch * (2L * o.Channels * sizeof(double) + (5L + 2L * grid.RowBlocks) * grid.Period * sizeof(float));

    public override void Run(Workers workers)
    {
        Loop(workers, Phase.Coefficients, checked(o.Batch * o.Groups));
        Loop(workers, Phase.Sums, checked(o.Batch * grid.Tiles));
        Loop(workers, Phase.Join, checked(o.Batch * o.Groups));
        if (o.DGamma != null || o.DBeta != null) Loop(workers, Phase.Parameters, o.Groups);
        if (o.DX != null) Loop(workers, Phase.Input, checked(o.Batch * grid.Tiles));
    }

    public void Execute(int part, int worker)
    {
        if (phase is Phase.Sums or Phase.Input)
        {
            var image = part / grid.Tiles;
            var tile = grid[part % grid.Tiles];
            var sums = Partials + (2L * image * grid.RowBlocks + 2L * tile.Block) * grid.Period + tile.Column;
            if (phase == Phase.Sums) sumLoop(Operands(image), grid.Period, tile, sums, sums + grid.Period);
            else inputLoop(Operands(image), grid.Period, tile);
        }
        else if (phase == Phase.Parameters) Parameters(part);
        else if (phase == Phase.Join) Join(part / o.Groups, part % o.Groups);
        else Prepare(part / o.Groups, part % o.Groups);
    }

    void Loop(Workers workers, Phase next, int parts)
    {
        phase = next;
        workers.Run(this, parts);
    }

    GradientOperands<T> Operands(int image)
    {
        var coefficients = Coefficients + 5L * image * grid.Period;
        return new GradientOperands<T>
        {
            X = o.X + image * o.ImageSize,
            Y = o.Y == null ? null : o.Y + image * o.ImageSize,
            DY = o.DY + image * o.ImageSize,
            Out = o.DX == null ? null : o.DX + image * o.ImageSize,
            Mean = coefficients,
            Scale = coefficients + grid.Period,
            Shift = coefficients + 2L * grid.Period,
            CentredFactor = coefficients + 3L * grid.Period,
            Constant = coefficients + 4L * grid.Period,
        };
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Prepare(int image, int group)
    {
        var operands = Operands(image);
        var at = image * o.Groups + group;
        for (var c = group * o.GroupSize; c < (group + 1) * o.GroupSize; c++)
            for (var column = c; column < grid.Period; column += grid.Channels)
            {
                operands.Mean[column] = o.Mean[at];
                operands.Scale[column] = (o.Gamma == null ? 1 : o.Gamma[c]) * o.InverseStd[at];
                operands.Shift[column] = o.Beta == null ? 0 : o.Beta[c];
            }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Join(int image, int group)
    {
        var operands = Operands(image);
        double inverse = o.InverseStd[image * o.Groups + group];
        double sum = 0, product = 0;
        var (begin, end) = (group * o.GroupSize, (group + 1) * o.GroupSize);
        for (var c = begin; c < end; c++)
        {
            var own = ChannelSums + 2L * (image * (long)o.Channels + c);
            Channel(image, c, out own[0], out own[1]);
            double gamma = o.Gamma == null ? 1 : o.Gamma[c];
            sum += gamma * own[0];
            product += gamma * own[1];
        }
        var count = (double)o.Positions * o.GroupSize;
        for (var c = begin; c < end; c++)
            for (var column = c; column < grid.Period; column += grid.Channels)
            {
                operands.CentredFactor[column] = (float)(-inverse * inverse * inverse * product / count);
                operands.Constant[column] = (float)(-inverse * sum / count);
            }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Channel(int image, int channel, out double sum, out double product)
    {
        sum = product = 0;
        for (var block = 0; block < grid.RowBlocks; block++)
            for (var column = channel; column < grid.Period; column += grid.Channels)
            {
                var partial = Partials + (2L * image * grid.RowBlocks + 2L * block) * grid.Period + column;
                sum += partial[0];
                product += partial[grid.Period];
            }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Parameters(int group)
    {
        for (var c = group * o.GroupSize; c < (group + 1) * o.GroupSize; c++)
        {
            double sum = 0, product = 0;
            for (var image = 0; image < o.Batch; image++)
            {
                var own = ChannelSums + 2L * (image * (long)o.Channels + c);
                sum += own[0];
                product += own[1] * o.InverseStd[image * o.Groups + group];
            }
            if (o.DBeta != null) o.DBeta[c] = (float)sum;
            if (o.DGamma != null) o.DGamma[c] = (float)product;
        }
    }
}
