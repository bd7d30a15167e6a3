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

    /// <summary>Copied pixels that all workers may share, so that they are copied once for all panels.</summary>
    const long SharedPixelBytes = 16 << 20;

    /// <summary>Pixels that stay in the second-level cache beside one panel of weights.</summary>
    const long KeptPixelBytes = 700 << 10;

    /// <summary>Cache lines that a step asks for at most.</summary>
    const int MostFetchedLines = 16;

    /// <summary>Blocks of rows beyond which reading a panel takes so small a part of the time that asking for it ahead does not pay.</summary>
    const int MostFetchingBlocks = 8;

    const int BothSumsBytes = 2 * TileProductKernel.SumsBytes;

    const int PartsPerWorker = 8;

    readonly TileSource[] sources;
    readonly TilePanels panels;
    readonly int destinationBytes;
    readonly int residualBytes;
    readonly long bufferBytes;
    readonly long[] gridStarts;
    readonly List<TileChunk> chunks = [];
    readonly Preparation preparation;
    readonly long[] sharedPlaces;
    readonly long sharedBytes;
    readonly bool canShare;
    readonly TileProductKernel narrowKernel;
    readonly TileProductKernel wideKernel;
    TileProductArguments prototype;
    byte* work;
    byte* buffers;
    Cut cut;
    int workers;

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
        gridStarts = [.. grids.Select((_, i) => panels.GridStart(i))];
        for (var g = 0; g < grids.Length; g++)
        {
            if (batch == 0 || grids[g].Points == 0 || (accumulate && grids[g].Taps.Length == 0)) continue;
            var wanted = (int)Math.Clamp(CachedPixelBytes / Math.Max(sources[g].RowBytes, 1), 2 * TileProductKernel.BlockRows, sources[g].MostRows);
            var parts = TileChunk.Make(g, grids[g], sources[g], destination, batch, wanted);
            chunks.AddRange(parts);
            bufferBytes = Math.Max(bufferBytes, parts.Max(BufferBytes));
        }
        sharedPlaces = new long[chunks.Count];
        for (var i = 0; i < chunks.Count; i++)
        {
            sharedPlaces[i] = sharedBytes;
            sharedBytes += BufferBytes(chunks[i]);
        }
        canShare = panels.GroupPanels == panels.Panels && sharedBytes <= SharedPixelBytes && Array.Exists(sources, s => s.Copies);
        preparation = new Preparation(this);
        var fetching = shape with { FetchedLines = StreamsWeights ? FetchedLines() : 0 };
        narrowKernel = new TileProductKernel(fetching with { Columns = 1 });
        wideKernel = new TileProductKernel(fetching with { Columns = 2 });
    }

    /// <summary>Bytes of scratch memory; a multiple of 64.</summary>
    public long WorkBytes(int workers) =>
        workers * (long)BothSumsBytes + (Plan(workers).Shared ? sharedBytes : workers * NativeBuffer.Lines(bufferBytes));

    /// <summary>Whether the weights are more than a worker can keep, so that pixels are kept while each panel of weights is read once.</summary>
    bool StreamsWeights =>
        panels.Bytes > CachedWeightBytes && panels.GroupPanels == panels.Panels && sharedBytes <= SharedPixelBytes && chunks.Count > 0;

    int KeptSlices => (int)Math.Clamp((sharedBytes + KeptPixelBytes - 1) / KeptPixelBytes, 1, chunks.Count);

    /// <summary>As many lines as are needed to have read the next panel of weights when the last block of a slice is done.</summary>
    int FetchedLines()
    {
        var blocks = chunks.Sum(c => (c.Shape.Rows + TileProductKernel.BlockRows - 1) / TileProductKernel.BlockRows) / KeptSlices;
        var lines = 2 * TileProductKernel.TileBytes / TileProductKernel.StepBytes;
        return blocks > MostFetchingBlocks ? 0 : Math.Clamp((lines + blocks - 1) / Math.Max(blocks, 1), 1, MostFetchedLines);
    }

    long BufferBytes(TileChunk chunk) => NativeBuffer.Lines(sources[chunk.Grid].BufferBytes(chunk.Part.Images, chunk.Part.Rows));

    /// <summary>Computes.</summary>
    /// <param name="workers">Who computes.</param>
    /// <param name="arguments">Where everything starts: source, all weights, destination, residual, and numbers for each channel.</param>
    /// <param name="work">Scratch memory.</param>
    public void Run(Workers workers, TileProductArguments arguments, byte* work)
    {
        prototype = arguments;
        this.work = work;
        this.workers = workers.Count;
        cut = Plan(workers.Count);
        buffers = work + workers.Count * BothSumsBytes;
        if (cut.Shared) workers.Run(preparation, chunks.Count);
        workers.Run(this, cut.Blocks * cut.Slices);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void IParallelBody.Execute(int part, int worker)
    {
        // Neighbouring parts have the same pixels, which stay in the second-level cache; weights are read in the order of memory.
        var (slice, block) = Math.DivRem(part, cut.Blocks);
        var firstPanel = block * cut.BlockPanels;
        var lastPanel = Math.Min(firstPanel + cut.BlockPanels, panels.Panels);
        var arguments = prototype;
        arguments.Sums = work + worker * BothSumsBytes;
        arguments.NextSums = arguments.Sums + TileProductKernel.SumsBytes;
        // Other workers take the blocks between.
        arguments.Fetched = prototype.Weights + (block + workers) % cut.Blocks * cut.BlockPanels * panels.PanelBytes;
        var lastChunk = (int)((long)chunks.Count * (slice + 1) / cut.Slices);
        for (var i = (int)((long)chunks.Count * slice / cut.Slices); i < lastChunk; i++)
        {
            if (cut.Shared)
            {
                arguments.Source = preparation.Rows[i];
                arguments.SourcePitch = preparation.Pitches[i];
            }
            for (var panel = firstPanel; panel < lastPanel; panel++)
            {
                if (!cut.Shared && (panel == firstPanel || panel % panels.GroupPanels == 0))
                {
                    arguments.Source = Prepare(chunks[i], panels.Group(panel), buffers + worker * NativeBuffer.Lines(bufferBytes), out var pitch);
                    arguments.SourcePitch = pitch;
                }
                Compute(chunks[i], panel, &arguments);
            }
        }
    }

    byte* Prepare(TileChunk chunk, int group, byte* buffer, out long pitch) =>
        sources[chunk.Grid].Prepare(chunk.Part, prototype.Source, group, buffer, out pitch);

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

    Cut Plan(int workers)
    {
        var wanted = workers * PartsPerWorker;
        var slices = Math.Max(1, Math.Min(chunks.Count, wanted));
        var blockPanels = (int)Math.Clamp(CachedWeightBytes / Math.Max(panels.PanelBytes, 1), 1, panels.Panels);
        if (StreamsWeights)
        {
            slices = Math.Clamp((wanted + panels.Panels - 1) / panels.Panels, KeptSlices, chunks.Count);
            blockPanels = 1;
        }
        else if (slices < wanted && !sources[0].IsComputed) blockPanels = Math.Clamp(panels.Panels * slices / wanted, 1, blockPanels);
        var blocks = (panels.Panels + blockPanels - 1) / blockPanels;
        return new Cut(blockPanels, blocks, slices, canShare && blocks > 1);
    }

    /// <summary>How the work is cut.</summary>
    /// <param name="BlockPanels">Panels that a worker takes together.</param>
    /// <param name="Blocks">Blocks of panels.</param>
    /// <param name="Slices">Slices of the pixels.</param>
    /// <param name="Shared">Whether pixels are copied once, before all else, and not by each part that needs them.</param>
    readonly record struct Cut(int BlockPanels, int Blocks, int Slices, bool Shared);

    /// <summary>Copies all pixels for all workers.</summary>
    sealed class Preparation(TileProductEngine engine) : IParallelBody
    {
        public byte*[] Rows { get; } = new byte*[engine.chunks.Count];

        public long[] Pitches { get; } = new long[engine.chunks.Count];

        public void Execute(int part, int worker) =>
            Rows[part] = engine.Prepare(engine.chunks[part], 0, engine.buffers + engine.sharedPlaces[part], out Pitches[part]);
    }
}
