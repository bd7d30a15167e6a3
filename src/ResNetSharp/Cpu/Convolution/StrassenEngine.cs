namespace ResNetSharp.Cpu;

/// <summary>
/// 1x1 convolutions of many channels by Strassen's algorithm: pixels, channels and results are each cut into halves; see
/// <see cref="StrassenBlocks"/>. Chunks of pixels are so small that what is made of them stays in the second-level cache while weights stream by.
/// </summary>
internal sealed unsafe class StrassenEngine : ConvolutionEngine
{
    /// <summary>
    /// The least channels, summed and computed: with fewer, the additions cost what the multiplications save. Where a register of 512 bits is multiplied
    /// at once, and not in two halves, multiplications are faster, and additions are not.
    /// </summary>
    const int LeastChannels = 256, LeastChannelsOfWholeRegisters = 512;

    /// <summary>
    /// The least pixels: the weights, of which there are seven blocks for four, come from memory or the shared cache for each run, and registers of 256 bits
    /// meet half as many pixels at once.
    /// </summary>
    const int LeastPixels = 350, LeastPixelsOfNarrowRegisters = 1000;

    /// <summary>Blocks of pixels that stay in the second-level cache.</summary>
    const long CachedBytes = 300 << 10;

    /// <summary>Chunks that pixels are cut into at least, so that there are parts for all workers, unless they have too few pairs then.</summary>
    const int LeastChunks = 16;

    /// <summary>The least pairs of a chunk, which share what is read of the weights.</summary>
    const int LeastPairs = 48;

    /// <summary>The number of chunks is a multiple of this, so that two, four or eight workers end together.</summary>
    const int EvenChunks = 8;

    /// <summary>From so many on, each chunk is one worker's.</summary>
    const int ChunksPerWorker = 6;

    /// <summary>Pairs of pixels that one part prepares, where all are prepared first.</summary>
    const int PairGroup = 8;

    readonly InstructionSet set;
    readonly TileGrid grid;
    readonly WeightPanels panels;
    readonly ImageLayout source;
    readonly TileEpilogue epilogue;
    readonly int half;
    readonly int width;
    readonly int panelPairs;
    readonly int pairs;
    readonly int chunkPairs;
    readonly int chunks;
    readonly long rowPitch;
    readonly StrassenProducts fullProducts;
    readonly StrassenProducts lastProducts;
    readonly PackBody packBody;
    readonly ChunkBody chunkBody;
    readonly StageBody stageBody;
    ConvolutionPointers pointers;

    /// <param name="set">The kind of kernels.</param>
    /// <param name="batch">Images.</param>
    /// <param name="grid">The pixels to compute.</param>
    /// <param name="panels">The weights.</param>
    /// <param name="source">How the source lies.</param>
    /// <param name="destination">How the results lie.</param>
    /// <param name="epilogue">What is done with the sums.</param>
    public StrassenEngine(
        InstructionSet set, int batch, TileGrid grid, WeightPanels panels, ImageLayout source, ImageLayout destination, TileEpilogue epilogue)
    {
        (this.set, this.grid, this.panels, this.source, this.epilogue) = (set, grid, panels, source, epilogue);
        half = panels.Channels / 2;
        width = StrassenProducts.Vectors * TileKernel.Lanes(set);
        panelPairs = panels.Panels / 2;
        pairs = batch * grid.Points / 2;
        // One cache line more, so that the rows of a tile do not fall into one set of the cache.
        rowPitch = half + NativeBuffer.LineNumbers;
        var tile = StrassenProducts.MaxRows(set);
        var cached = CachedBytes / (StrassenBlocks.Count * rowPitch * sizeof(float) * tile);
        var wanted = Math.Max((LeastPairs + tile - 1) / tile, Math.Min(cached, pairs / (LeastChunks * tile))) * tile;
        chunks = Math.Max(1, (int)Math.Round(pairs / (double)(wanted * EvenChunks)) * EvenChunks);
        chunkPairs = (pairs - 1) / chunks + 1;
        chunks = (pairs - 1) / chunkPairs + 1;
        fullProducts = Products(chunkPairs);
        lastProducts = Products(pairs - (chunks - 1) * chunkPairs);
        packBody = new PackBody(this);
        chunkBody = new ChunkBody(this);
        stageBody = new StageBody(this);

        StrassenProducts Products(int count) =>
            new(set, count, half, rowPitch, BlockPitch, destination, panels.Results, epilogue);
    }

    public override int MomentBlocks => epilogue.Moments ? chunks : 0;

    public override long PackedBytes => panelPairs * PackedLength * sizeof(float);

    long PackedLength => StrassenBlocks.Count * (long)half * width;

    long BlockPitch => chunkPairs * rowPitch;

    long BlocksLength => StrassenBlocks.Count * BlockPitch;

    /// <summary>Whether it is expected to be faster, or is possible where that is asked for.</summary>
    /// <param name="set">The kind of kernels.</param>
    /// <param name="g">The convolution.</param>
    /// <param name="grids">What is computed.</param>
    /// <param name="panels">The weights.</param>
    /// <param name="strassen">Whether it may be used.</param>
    public static bool Suits(InstructionSet set, ConvolutionGeometry g, TileGrid[] grids, WeightPanels panels, Strassen strassen)
    {
        var width = StrassenProducts.Vectors * TileKernel.Lanes(set);
        var pixels = (long)g.Batch * grids[0].Points;
        var isPossible = strassen != Strassen.Off && set != InstructionSet.Portable && WinogradEngine.HasRegisters(set)
            && g is { IsPointwise: true, Groups: 1 } && grids.Length == 1
            && panels.Channels % width == 0 && panels.Results % (2 * width) == 0 && pixels % 2 == 0 && pixels > 0;
        var isWide = TileKernel.Lanes(set) == Register512.Lanes;
        var leastChannels = isWide && !ProcessorKind.SplitsWideRegisters ? LeastChannelsOfWholeRegisters : LeastChannels;
        var leastPixels = isWide ? LeastPixels : LeastPixelsOfNarrowRegisters;
        return isPossible
            && (strassen == Strassen.Always || (Math.Min(panels.Channels, panels.Results) >= leastChannels && pixels >= leastPixels));
    }

    public override long WorkBytes(int workers) =>
        ((IsByChunk(workers) ? workers : chunks) * BlocksLength + workers * fullProducts.SumsLength) * sizeof(float);

    public override void Pack(Workers workers, float* weights, float* packed)
    {
        pointers.Weights = weights;
        pointers.Packed = packed;
        workers.Run(packBody, panelPairs);
    }

    public override void RunPacked(Workers workers, ConvolutionPointers pointers)
    {
        this.pointers = pointers;
        chunkBody.Workers = workers.Count;
        if (IsByChunk(workers.Count)) workers.Run(chunkBody, chunks);
        else stageBody.Run(workers);
    }

    bool IsByChunk(int workers) => workers == 1 || chunks >= workers * ChunksPerWorker;

    /// <summary>The blocks of a worker's chunk, or those of a chunk.</summary>
    float* Blocks(int number) => (float*)pointers.Work + number * BlocksLength;

    float* Sums(int worker, int blocks) => Blocks(blocks) + worker * fullProducts.SumsLength;

    int PairsOf(int chunk) => Math.Min(chunkPairs, pairs - chunk * chunkPairs);

    float* Pixel(long number)
    {
        var (image, point) = Math.DivRem(number, grid.Points);
        var (y, x) = Math.DivRem(point, grid.Columns);
        return pointers.Source + image * source.ImagePitch + y * grid.SourceStepRow * source.RowPitch + x * grid.SourceStepColumn * source.PixelPitch;
    }

    void Prepare(int chunk, int first, int end, float* blocks)
    {
        var upper = 2L * chunk * chunkPairs;
        var lower = upper + PairsOf(chunk);
        for (var i = first; i < end; i++)
        {
            var to = blocks + i * rowPitch;
            if (TileKernel.Lanes(set) == Register512.Lanes) StrassenBlocks.Pixels<Register512>(Pixel(upper + i), Pixel(lower + i), half, to, BlockPitch);
            else StrassenBlocks.Pixels<Register256>(Pixel(upper + i), Pixel(lower + i), half, to, BlockPitch);
        }
    }

    /// <summary>The pixels of a chunk, where there is one, and they lie one behind the other.</summary>
    AheadMemory PixelsOf(int chunk) =>
        chunk < chunks && grid is { SourceStepRow: 1, SourceStepColumn: 1 } ? new(Pixel(2L * chunk * chunkPairs), 2 * PairsOf(chunk) * source.PixelPitch) : default;

    /// <summary>The weights of a panel, where there is one.</summary>
    AheadMemory WeightsOf(int panel) => panel < panelPairs ? new(pointers.Packed + panel * PackedLength, PackedLength) : default;

    void Multiply(int chunk, int panel, float* blocks, float* sums, AheadMemory ahead)
    {
        var moved = pointers;
        moved.Moments += 2L * chunk * panels.Results;
        var products = chunk == chunks - 1 ? lastProducts : fullProducts;
        products.Run(moved, 2L * chunk * chunkPairs, panel * width, blocks, pointers.Packed + panel * PackedLength, sums, ahead);
    }

    /// <summary>A part are the blocks of a panel in each half of the results.</summary>
    sealed class PackBody(StrassenEngine engine) : IParallelBody
    {
        public void Execute(int part, int worker)
        {
            var to = engine.pointers.Packed + part * engine.PackedLength;
            var length = (long)engine.half * engine.width;
            engine.panels.Pack(engine.pointers.Weights, part, to + StrassenBlocks.LeftWeights * length);
            engine.panels.Pack(engine.pointers.Weights, engine.panelPairs + part, to + StrassenBlocks.RightWeights * length);
            if (TileKernel.Lanes(engine.set) == Register512.Lanes) StrassenBlocks.Weights<Register512>(to, length);
            else StrassenBlocks.Weights<Register256>(to, length);
        }
    }

    /// <summary>A part is a chunk, from pixels to results.</summary>
    sealed class ChunkBody(StrassenEngine engine) : IParallelBody
    {
        public int Workers { get; set; }

        public void Execute(int part, int worker)
        {
            engine.Prepare(part, 0, engine.PairsOf(part), engine.Blocks(worker));
            var next = engine.PixelsOf(part + 1);
            for (var panel = 0; panel < engine.panelPairs; panel++)
                engine.Multiply(part, panel, engine.Blocks(worker), engine.Sums(worker, Workers), next.Part(panel, engine.panelPairs));
        }
    }

    /// <summary>
    /// Where there are few chunks, all pixels are prepared first, and a part are the products of a chunk and a panel. Neighbouring parts, which one
    /// worker does most often, share the larger of both.
    /// </summary>
    sealed class StageBody(StrassenEngine engine) : IParallelBody
    {
        bool isPrepared;

        public void Run(Workers workers)
        {
            isPrepared = false;
            workers.Run(this, engine.chunks * Groups);
            isPrepared = true;
            workers.Run(this, engine.chunks * engine.panelPairs);
        }

        int Groups => (engine.chunkPairs - 1) / PairGroup + 1;

        public void Execute(int part, int worker)
        {
            if (!isPrepared)
            {
                var (chunk, group) = Math.DivRem(part, Groups);
                engine.Prepare(chunk, group * PairGroup, Math.Min((group + 1) * PairGroup, engine.PairsOf(chunk)), engine.Blocks(chunk));
                return;
            }
            var fewPixels = engine.PackedBytes > engine.chunks * engine.BlocksLength * sizeof(float);
            var (panel, number) = fewPixels ? Math.DivRem(part, engine.chunks) : (part % engine.panelPairs, part / engine.panelPairs);
            var next = engine.WeightsOf(panel + 1);
            engine.Multiply(number, panel, engine.Blocks(number), engine.Sums(worker, engine.chunks), fewPixels ? next.Part(number, engine.chunks) : next);
        }
    }
}
