using System.Runtime.CompilerServices;

namespace ResNetSharp.Cpu;

/// <summary>
/// Runs <see cref="TileProductKernel"/>s over a batch: cuts it into parts for the workers so that weights and pixels stay in the second-level
/// cache. Every sum is made in one order however it is cut.
/// </summary>
internal sealed unsafe class TileProductEngine : IParallelBody
{
    /// <summary>Weights that a worker keeps in its second-level cache while pixels stream by.</summary>
    const long CachedWeightBytes = 1200 << 10;

    /// <summary>Pixels that stay in the second-level cache while panels of weights stream by.</summary>
    const long CachedPixelBytes = 384 << 10;

    const int MaxRows = 512;

    const int PartsPerWorker = 8;

    /// <summary>Parts for each worker where a part is a panel of weights that only one worker reads.</summary>
    const int PanelsPerWorker = 4;

    readonly TileSource[] sources;
    readonly TilePanels panels;
    readonly int destinationBytes;
    readonly int residualBytes;
    readonly long imageBytes;
    readonly long bufferBytes;
    readonly long[] gridStarts;
    readonly List<TileChunk> chunks = [];
    readonly TileProductKernel narrowKernel;
    readonly TileProductKernel wideKernel;
    TileProductArguments prototype;
    byte* work;
    int blockPanels;
    int blocks;
    int slices;

    /// <summary>Cuts a convolution.</summary>
    /// <param name="batch">Images.</param>
    /// <param name="grids">What is computed.</param>
    /// <param name="sources">For each grid how its rows are made.</param>
    /// <param name="panels">The weights.</param>
    /// <param name="destination">How the result lies in memory.</param>
    /// <param name="shape">The kernel, but for its columns.</param>
    /// <param name="accumulate">Whether the results are added to what is there, so that nothing is to be done where nothing is added.</param>
    public TileProductEngine(
        int batch, TileGrid[] grids, TileSource[] sources, TilePanels panels, ImageLayout destination, TileProductShape shape, bool accumulate)
    {
        this.sources = sources;
        this.panels = panels;
        destinationBytes = shape.Type switch
        {
            NarrowType.BFloat16 => sizeof(ushort),
            NarrowType.Int8 => sizeof(byte),
            _ => sizeof(float),
        };
        residualBytes = shape.Type == NarrowType.BFloat16 ? sizeof(ushort) : sizeof(byte);
        narrowKernel = new TileProductKernel(shape with { Columns = 1 });
        wideKernel = new TileProductKernel(shape with { Columns = 2 });
        gridStarts = [.. grids.Select((_, i) => panels.GridStart(i))];
        imageBytes = batch * destination.ImagePitch * destinationBytes;
        for (var g = 0; g < grids.Length; g++)
        {
            if (batch == 0 || grids[g].Points == 0 || (accumulate && grids[g].Taps.Length == 0)) continue;
            var wanted = (int)Math.Clamp(CachedPixelBytes / Math.Max(sources[g].RowBytes, 1), 2 * TileProductKernel.BlockRows, MaxRows);
            var parts = TileChunk.Make(g, grids[g], sources[g], destination, batch, wanted);
            chunks.AddRange(parts);
            bufferBytes = Math.Max(bufferBytes, parts.Max(c => sources[g].BufferBytes(c.Part.Images, c.Part.Rows)));
        }
    }

    /// <summary>Bytes of scratch memory; a multiple of 64.</summary>
    public long WorkBytes(int workers) => workers * WorkerBytes;

    long WorkerBytes => TileProductKernel.SumsBytes + (bufferBytes + NativeBuffer.Alignment - 1) / NativeBuffer.Alignment * NativeBuffer.Alignment;

    /// <summary>Computes.</summary>
    /// <param name="workers">Who computes.</param>
    /// <param name="arguments">Where everything starts: source, all weights, destination, residual, and numbers for each channel.</param>
    /// <param name="work">Scratch memory.</param>
    public void Run(Workers workers, TileProductArguments arguments, byte* work)
    {
        prototype = arguments;
        this.work = work;
        Plan(workers.Count);
        workers.Run(this, blocks * slices);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void IParallelBody.Execute(int part, int worker)
    {
        var (block, slice) = Math.DivRem(part, slices);
        var firstPanel = block * blockPanels;
        var lastPanel = Math.Min(firstPanel + blockPanels, panels.Panels);
        var arguments = prototype;
        arguments.Sums = work + worker * WorkerBytes;
        var buffer = arguments.Sums + TileProductKernel.SumsBytes;
        var lastChunk = (int)((long)chunks.Count * (slice + 1) / slices);
        for (var i = (int)((long)chunks.Count * slice / slices); i < lastChunk; i++)
        {
            var chunk = chunks[i];
            for (var panel = firstPanel; panel < lastPanel; panel++)
            {
                if (panel == firstPanel || panel % panels.GroupPanels == 0)
                {
                    arguments.Source = sources[chunk.Grid].Prepare(chunk.Part, prototype.Source, panels.Group(panel), buffer, out var pitch);
                    arguments.SourcePitch = pitch;
                }
                Compute(chunk, panel, &arguments);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Compute(TileChunk chunk, int panel, TileProductArguments* arguments)
    {
        var result = panels.Group(panel) * panels.Results + panels.First(panel);
        var first = chunk.FirstResult + result;
        arguments->Steps = sources[chunk.Grid].Steps;
        arguments->StepOffsets = chunk.Shape.StepOffsets;
        arguments->Weights = prototype.Weights + panel * panels.PanelBytes + gridStarts[chunk.Grid];
        arguments->Rows = chunk.Shape.Rows;
        arguments->DestinationOffsets = chunk.Shape.DestinationOffsets;
        arguments->Destination = prototype.Destination + first * destinationBytes;
        arguments->Residual = prototype.Residual + first * residualBytes;
        arguments->Bias = prototype.Bias + result;
        arguments->Scale = prototype.Scale + result;
        arguments->Correction = prototype.Correction + result;
        arguments->Mask = (1L << panels.Used(panel)) - 1;
        (panels.Columns(panel) == 1 ? narrowKernel : wideKernel).Run(arguments);
    }

    void Plan(int workers)
    {
        var wanted = workers == 1 ? 1 : workers * PartsPerWorker;
        blockPanels = (int)Math.Clamp(CachedWeightBytes / Math.Max(panels.PanelBytes, 1), 1, panels.Panels);
        slices = Math.Max(1, Math.Min(chunks.Count, wanted));
        // Few pixels: most of what is read are weights, and each is to come from memory once, not once for every worker.
        if (panels.Bytes > imageBytes && panels.Panels >= workers * PanelsPerWorker) slices = 1;
        if (slices < wanted && !sources[0].IsComputed) blockPanels = Math.Clamp(panels.Panels * slices / wanted, 1, blockPanels);
        blocks = (panels.Panels + blockPanels - 1) / blockPanels;
    }
}
