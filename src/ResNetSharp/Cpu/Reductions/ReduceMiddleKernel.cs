using System.Runtime.CompilerServices;

namespace ResNetSharp.Cpu;

/// <summary>
/// Reduces the middle axis of (outer, reduced, inner): y[o, i] from all x[o, ., i]. Partial results per tile are fp32, joined in double
/// precision in a fixed order. With (batch, positions, channels) and a mean it is the global average pooling.
/// </summary>
internal sealed unsafe class ReduceMiddleKernel : Kernel, IParallelBody
{
    readonly ReduceLoops loops;
    readonly ChannelGrid grid;
    readonly long outer;
    readonly int inner;
    readonly long slice;
    readonly double factor;
    readonly bool whole;
    readonly int outerPerPart;
    bool joining;

    public ReduceMiddleKernel(ReduceFunction function, long outer, long reduced, int inner, float* x, float* y)
    {
        loops = ReduceLoops.Of(function);
        grid = new ChannelGrid(reduced, inner);
        this.outer = outer;
        this.inner = inner;
        slice = reduced * inner;
        X = x;
        Y = y;
        factor = function == ReduceFunction.Mean ? 1.0 / reduced : 1;
        // A small slice is one part's work from end to end, together with its neighbours; a large one is cut into tiles.
        whole = slice <= ElementwiseKernel.PartSize;
        outerPerPart = (int)Math.Clamp(ElementwiseKernel.PartSize / slice, 1, ElementwiseKernel.PartSize);
    }

    /// <summary>The input.</summary>
    public float* X { get; set; }

    /// <summary>The output.</summary>
    public float* Y { get; set; }

    int JoinParts => (inner + ChannelMoments.ChannelsPerPart - 1) / ChannelMoments.ChannelsPerPart;

    public override long ScratchBytes(int workers) => (whole ? workers : outer) * grid.RowBlocks * grid.Period * sizeof(float);

    public override void Run(Workers workers)
    {
        joining = false;
        if (whole)
        {
            workers.Run(this, checked((int)((outer + outerPerPart - 1) / outerPerPart)));
            return;
        }
        workers.Run(this, checked((int)(outer * grid.Tiles)));
        joining = true;
        workers.Run(this, checked((int)(outer * JoinParts)));
    }

    public void Execute(int part, int worker)
    {
        if (whole) Whole(part, Partials(worker));
        else if (joining)
        {
            var o = part / JoinParts;
            var begin = part % JoinParts * ChannelMoments.ChannelsPerPart;
            Join(o, begin, Math.Min(begin + ChannelMoments.ChannelsPerPart, inner), Partials(o));
        }
        else
        {
            var o = part / grid.Tiles;
            Tile(o, grid[part % grid.Tiles], Partials(o));
        }
    }

    float* Partials(long o) => (float*)Scratch + o * grid.RowBlocks * grid.Period;

    void Tile(long o, in ChannelTile tile, float* partials) =>
        loops.Columns(X + o * slice, grid.Period, tile, partials + (long)tile.Block * grid.Period + tile.Column);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Whole(int part, float* partials)
    {
        var end = Math.Min((part + 1L) * outerPerPart, outer);
        for (var o = (long)part * outerPerPart; o < end; o++)
        {
            for (var tile = 0; tile < grid.Tiles; tile++) Tile(o, grid[tile], partials);
            Join(o, 0, inner, partials);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Join(long o, int begin, int end, float* partials)
    {
        for (var i = begin; i < end; i++)
        {
            var result = (double)loops.Identity;
            for (var block = 0; block < grid.RowBlocks; block++)
                result = loops.Join(partials + (long)block * grid.Period + i, inner, grid.Fold, result);
            Y[o * inner + i] = (float)(result * factor);
        }
    }
}
