namespace ResNetSharp.Cpu;

/// <summary>
/// Runs tile kernels over a batch: cuts it into parts for the workers so that weights and pixels stay in the second-level cache. How it
/// cuts follows the number of workers, but every sum is made by one kernel in one order, so the results do not depend on it.
/// </summary>
internal sealed unsafe class TileEngine : ConvolutionEngine, IParallelBody
{
    /// <summary>Weights that a worker keeps in its second-level cache while pixels stream by.</summary>
    const long CachedWeightBytes = 768 << 10;

    /// <summary>Pixels, read and written, that stay in the second-level cache while panels of weights stream by.</summary>
    const long CachedPixelBytes = 384 << 10;

    /// <summary>Weights up to this size are packed by one thread.</summary>
    const long SmallWeightBytes = 64 << 10;

    /// <summary>Pixels that are prepared at once, where that is done here.</summary>
    const long PreparedBytes = 192 << 10;

    /// <summary>Chunks that images are cut into at least where they are shared out, rather than weights, so that there are parts for all workers.</summary>
    const int LeastChunks = 16;

    const int PartsPerWorker = 8;

    /// <summary>
    /// Most parts for each worker where a part are panels of weights that only one worker reads: the more there are, the less is left to
    /// wait for at the end when another program slows one worker down.
    /// </summary>
    const int BlocksPerWorker = 8;

    /// <summary>Least parts for each worker where only one is to read each panel.</summary>
    const int LeastBlocksPerWorker = 2;

    /// <summary>Images up to this size are in the caches already when they are read.</summary>
    const long CachedImageBytes = 4 << 20;

    /// <summary>How many times its channels a pixel may take up for all of that to be fetched before it is prepared.</summary>
    const int MostRawPitch = 2;

    readonly InstructionSet set;
    readonly TileGrid[] grids;
    readonly WeightPanels panels;
    readonly ImageLayout source;
    readonly ImageLayout destination;
    readonly TileEpilogue epilogue;
    readonly PixelPreparation? preparation;
    readonly TileNumbers numbers;
    readonly int resultBytes;
    readonly int residualBytes;
    readonly PreparingBody preparing;
    readonly long rawPitch;
    readonly bool fetchesPixels;
    readonly List<Chunk> chunks = [];
    readonly long[] gridStarts;
    readonly long panelLength;
    readonly bool fewPixels;
    readonly int panelCount;
    readonly long preparedBytes;
    readonly NativeBuffer zeros;
    readonly PackingBody packing;
    ConvolutionPointers pointers;
    int blockPanels;
    int blocks;
    int slices;
    bool packInParts;

    /// <param name="set">The kind of kernels.</param>
    /// <param name="batch">Images.</param>
    /// <param name="grids">The pixels to compute.</param>
    /// <param name="panels">The weights.</param>
    /// <param name="source">How the source lies; in words.</param>
    /// <param name="destination">How the results lie.</param>
    /// <param name="epilogue">What is done with the sums.</param>
    /// <param name="preparation">What the source's pixels become first, for kernels that move pixel by pixel; null for nothing.</param>
    /// <param name="numbers">What is multiplied, and what the results are.</param>
    /// <param name="outside">The bytes of what lies outside the images.</param>
    public TileEngine(
        InstructionSet set, int batch, TileGrid[] grids, WeightPanels panels, ImageLayout source, ImageLayout destination, TileEpilogue epilogue,
        PixelPreparation? preparation = null, TileNumbers numbers = TileNumbers.Single, byte outside = 0)
    {
        (this.preparation, this.numbers) = (preparation, numbers);
        (resultBytes, residualBytes) = numbers switch
        {
            TileNumbers.PairsToBytes or TileNumbers.QuadsToBytes => (sizeof(byte), sizeof(byte)),
            TileNumbers.PairsToSingle or TileNumbers.QuadsToSingle => (sizeof(float), sizeof(byte)),
            TileNumbers.SingleToBFloat16 or TileNumbers.BFloat16Pairs => (sizeof(ushort), sizeof(ushort)),
            _ => (sizeof(float), sizeof(float)),
        };
        rawPitch = source.PixelPitch;
        if (preparation is not null) source = PixelPreparation.Layout(source, panels.Channels * panels.Groups);
        (this.set, this.grids, this.panels, this.source, this.destination, this.epilogue) = (set, grids, panels, source, destination, epilogue);
        gridStarts = [.. grids.Select((_, i) => panels.GridStart(i))];
        panelLength = Math.Max(panels.PanelLength, 1);
        panelCount = panels.Panels;
        // Most of what is read are weights: each is to come from memory once, not once for every worker, and while others are worked with.
        fewPixels = panels.Bytes > Math.Max(CachedPixelBytes, batch * (source.ImagePitch * sizeof(float) + destination.ImagePitch * resultBytes));
        fetchesPixels = preparation is not null && !fewPixels && set >= InstructionSet.Avx512 && !ProcessorKind.SplitsWideRegisters
            && rawPitch <= MostRawPitch * panels.Channels && batch * source.ImagePitch * sizeof(float) > CachedImageBytes;
        zeros = new NativeBuffer((long)panels.Channels * sizeof(float));
        new Span<byte>(zeros.Pointer, checked((int)zeros.Bytes)).Fill(outside);
        packing = new PackingBody(this);
        preparing = new PreparingBody(this);
        MakeChunks(batch);
        preparedBytes = preparation is null ? 0
            : fewPixels ? batch * source.ImagePitch * sizeof(float)
            : chunks.Select(chunk => chunk.Tiles * chunk.Run.Rows).DefaultIfEmpty().Max() * source.PixelPitch * sizeof(float);
    }

    public override long PackedBytes => panels.Bytes;

    public override int MomentBlocks => epilogue.Moments ? chunks.Count : 0;

    public override long WorkBytes(int workers) => preparation is null ? workers * BlockBytes : fewPixels ? preparedBytes : workers * preparedBytes;

    long BlockBytes => Math.Clamp(CachedWeightBytes / (panelLength * sizeof(float)), 1, panelCount) * panelLength * sizeof(float);

    public override void Pack(Workers workers, float* weights, float* packed)
    {
        pointers.Weights = weights;
        pointers.Packed = packed;
        if (panels.Bytes <= SmallWeightBytes)
        {
            for (var panel = 0; panel < panelCount; panel++) packing.Execute(panel, 0);
        }
        else
        {
            workers.Run(packing, panelCount);
        }
    }

    /// <summary>Many weights are packed by the parts that use them, while they are in the cache.</summary>
    public override void Run(Workers workers, ConvolutionPointers pointers)
    {
        if (panels.Bytes <= CachedWeightBytes)
        {
            base.Run(workers, pointers);
            return;
        }
        this.pointers = pointers;
        Plan(workers.Count, packInParts: true);
        workers.Run(this, blocks * slices);
    }

    public override void RunPacked(Workers workers, ConvolutionPointers pointers)
    {
        this.pointers = pointers;
        Plan(workers.Count, packInParts: false);
        if (preparation is not null && fewPixels) workers.Run(preparing, chunks.Count);
        workers.Run(this, blocks * slices);
    }

    void IParallelBody.Execute(int part, int worker)
    {
        // Neighbouring parts, which one worker does most often, share the larger of both, pixels or weights.
        var (block, slice) = fewPixels ? Math.DivRem(part, slices) : (part % blocks, part / blocks);
        var firstPanel = block * blockPanels;
        var lastPanel = Math.Min(firstPanel + blockPanels, panelCount);
        var packed = pointers.Packed + firstPanel * panelLength;
        if (packInParts)
        {
            packed = (float*)pointers.Work + worker * (BlockBytes / sizeof(float));
            for (var panel = firstPanel; panel < lastPanel; panel++) panels.Pack(pointers.Weights, panel, packed + (panel - firstPanel) * panelLength);
        }
        var (firstChunk, lastChunk) = ((int)((long)chunks.Count * slice / slices), (int)((long)chunks.Count * (slice + 1) / slices));
        if (fewPixels)
        {
            for (var panel = firstPanel; panel < lastPanel; panel++, packed += panelLength)
            {
                // A worker's next part is most often the one behind this.
                var isLast = packInParts ? panel + 1 == lastPanel : panel + 1 == panelCount;
                var ahead = isLast ? packed : packed + panelLength;
                for (var i = firstChunk; i < lastChunk; i++) Compute(chunks[i], panel, Images(chunks[i]), packed, ahead);
            }
            return;
        }
        for (var i = firstChunk; i < lastChunk; i++)
        {
            var images = preparation is null ? Images(chunks[i]) : Prepare(chunks[i], (float*)(pointers.Work + worker * preparedBytes));
            // Where nothing is wanted next, something that is there is asked for.
            var next = fetchesPixels && i + 1 < lastChunk ? RawPixels(chunks[i + 1]) : null;
            for (var panel = firstPanel; panel < lastPanel; panel++)
            {
                Compute(chunks[i], panel, images, packed + (panel - firstPanel) * panelLength, next == null ? packed : next);
                if (next != null) next += FetchedNumbers(chunks[i]);
            }
        }
    }

    /// <summary>The first image of a chunk.</summary>
    float* Images(Chunk chunk) => (preparation is null ? pointers.Source : (float*)pointers.Work) + chunk.FirstImage * source.ImagePitch;

    /// <summary>A chunk's pixels before they are prepared, to be fetched while those of the chunk before are multiplied.</summary>
    float* RawPixels(Chunk chunk) => pointers.Source + (chunk.FirstImage * (source.ImagePitch / source.PixelPitch) + FirstPixel(chunk)) * rawPitch;

    /// <summary>Numbers that the kernel of a panel fetches on its way through a chunk.</summary>
    long FetchedNumbers(Chunk chunk) => (long)chunk.Tiles * (panels.Channels / TileKernel.Unroll) * chunk.FetchedLines * NativeBuffer.LineNumbers;

    /// <summary>The lines that each turn of a kernel's loop has to fetch, so that all panels together fetch a chunk.</summary>
    int FetchedLines(TileRun run)
    {
        var turns = (double)panelCount * panels.Channels / TileKernel.Unroll;
        return fetchesPixels ? (int)Math.Ceiling(run.Rows * rawPitch / (NativeBuffer.LineNumbers * turns)) : 0;
    }

    /// <summary>The first pixel of a chunk, counted from its first image.</summary>
    long FirstPixel(Chunk chunk) => chunk.Run.SourceOffsets[chunk.FirstTile * chunk.Run.Rows] / (source.PixelPitch * sizeof(float));

    /// <summary>Prepares a chunk's pixels.</summary>
    /// <param name="chunk">The chunk.</param>
    /// <param name="to">Where the first pixel goes.</param>
    /// <returns>Where the chunk's first image would begin.</returns>
    float* Prepare(Chunk chunk, float* to)
    {
        var first = FirstPixel(chunk);
        var pixel = chunk.FirstImage * (source.ImagePitch / source.PixelPitch) + first;
        preparation!.Apply(pointers.Source, pixel, chunk.Tiles * chunk.Run.Rows, to, source.PixelPitch);
        return to - first * source.PixelPitch;
    }

    void Compute(Chunk chunk, int panel, float* images, float* packed, float* ahead)
    {
        var run = chunk.Run;
        var last = (panel + 1) % panels.GroupPanels == 0;
        var firstResult = panels.Group(panel) * panels.Results + panels.First(panel);
        var channels = panels.Channels;
        TileArguments arguments;
        arguments.Source = (byte*)(images + panels.Group(panel) * channels);
        arguments.SourceOffsets = run.SourceOffsets + (long)chunk.FirstTile * run.Grid.Taps.Length * run.Rows;
        arguments.Zeros = zeros.Pointer;
        arguments.Weights = packed + gridStarts[run.GridIndex];
        arguments.Destination = (byte*)pointers.Destination + (chunk.FirstImage * destination.ImagePitch + firstResult) * resultBytes;
        arguments.DestinationOffsets = run.DestinationOffsets + (long)chunk.FirstTile * run.Rows;
        arguments.Bias = pointers.Bias + firstResult;
        arguments.Residual = (byte*)(epilogue.Accumulate ? pointers.Destination : pointers.Residual)
            + (chunk.FirstImage * destination.ImagePitch + firstResult) * residualBytes;
        arguments.Tiles = chunk.Tiles;
        arguments.Ahead = (byte*)(ahead + (long)(chunk.Ahead * panelLength));
        arguments.Scale = pointers.Scale + firstResult;
        arguments.Constants = pointers.Constants;
        arguments.Correction = pointers.Correction + firstResult;
        if (epilogue.Moments) StartMoments(chunk, panel, &arguments, firstResult);
        arguments.Taps = run.Grid.Taps.Length;
        arguments.Channels = channels;
        arguments.MainBytes = (long)(channels - channels % TileKernel.Unroll) * panels.PanelVectors(panel) * TileKernel.Lanes(set) * sizeof(float);
        (last ? chunk.LastKernel : chunk.FullKernel).Run(&arguments);
    }

    void StartMoments(Chunk chunk, int panel, TileArguments* arguments, int firstResult)
    {
        var results = panels.Groups * panels.Results;
        var width = (panels.PanelVectors(panel) - 1) * TileKernel.Lanes(set) + panels.TailLanes(panel);
        arguments->Expected = pointers.Expected + firstResult;
        arguments->Moments = pointers.Moments + 2L * chunk.Index * results + firstResult;
        arguments->SquaresBytes = results * sizeof(float);
        new Span<float>(arguments->Moments, width).Clear();
        new Span<float>(arguments->Moments + results, width).Clear();
    }

    void Plan(int workers, bool packInParts)
    {
        this.packInParts = packInParts;
        blockPanels = (int)Math.Clamp(CachedWeightBytes / (panelLength * sizeof(float)), 1, panelCount);
        var wanted = workers == 1 ? 1 : workers * PartsPerWorker;
        slices = Math.Min(chunks.Count, packInParts ? (wanted * blockPanels + panelCount - 1) / panelCount : wanted);
        if (slices == 0) slices = 1;
        if (!packInParts && fewPixels && panelCount >= workers * LeastBlocksPerWorker)
        {
            slices = 1;
            blockPanels = workers == 1 ? panelCount : Math.Max(1, panelCount / (workers * BlocksPerWorker));
        }
        else if (!packInParts && slices < wanted && preparation is null)
        {
            blockPanels = Math.Clamp(panelCount * slices / wanted, 1, blockPanels);
        }
        blocks = (panelCount + blockPanels - 1) / blockPanels;
    }

    void MakeChunks(int batch)
    {
        if (batch == 0) return;
        var maxRows = MaxRows();
        var size = TileTable.GroupSize(grids, batch, maxRows);
        var full = TileTable.Make(grids, size, source, destination, resultBytes, maxRows);
        var rest = batch % size == 0 ? [] : TileTable.Make(grids, batch % size, source, destination, resultBytes, maxRows);
        for (var image = 0; image < batch; image += size)
        {
            foreach (var run in image + size <= batch ? full : rest) AddChunks(run, image, (batch + size - 1) / size);
        }
        if (fewPixels) SpreadFetching();
    }

    /// <summary>Shares the work of fetching the next panel of weights among the tiles.</summary>
    void SpreadFetching()
    {
        double all = chunks.Sum(c => c.Tiles);
        var lines = (int)Math.Ceiling(TileKernel.Unroll * panels.Vectors * TileKernel.Lanes(set) * sizeof(float) / NativeBuffer.Alignment / all);
        var done = 0;
        for (var i = 0; i < chunks.Count; i++)
        {
            var (full, last) = (Shape(chunks[i].Run, 0), Shape(chunks[i].Run, panels.GroupPanels - 1));
            chunks[i] = chunks[i] with
            {
                Ahead = done / all,
                FullKernel = TileKernel.Create(full with { AheadLines = lines }),
                LastKernel = TileKernel.Create(last with { AheadLines = lines }),
            };
            done += chunks[i].Tiles;
        }
    }

    void AddChunks(TileRun run, int image, int groups)
    {
        if (run.Grid.Taps.Length == 0 && epilogue.Accumulate) return;
        var step = run.Grid.SourceStepRow * run.Grid.SourceStepColumn;
        var tileBytes = run.Rows * (step * source.PixelPitch * sizeof(float) + destination.PixelPitch * resultBytes);
        var tiles = (int)Math.Clamp((preparation is null ? CachedPixelBytes : PreparedBytes) / tileBytes, 1, 64);
        if (preparation is not null || !fewPixels) tiles = Math.Clamp(run.Tiles * groups / LeastChunks, 1, tiles);
        var lines = FetchedLines(run);
        var full = TileKernel.Create(Shape(run, 0) with { AheadLines = lines });
        var last = TileKernel.Create(Shape(run, panels.GroupPanels - 1) with { AheadLines = lines });
        for (var first = 0; first < run.Tiles; first += tiles)
        {
            chunks.Add(new Chunk(chunks.Count, run, image, first, Math.Min(tiles, run.Tiles - first), full, last) { FetchedLines = lines });
        }
    }

    TileShape Shape(TileRun run, int panel) =>
        new(set, run.Rows, panels.PanelVectors(panel), panels.TailLanes(panel), panels.Channels, run.Padding, epilogue.Bias, epilogue.Residual || epilogue.Accumulate, epilogue.Relu)
        {
            Numbers = numbers,
            Moments = epilogue.Moments,
            Streams = epilogue.Streams,
        };

    /// <summary>
    /// Rows whose distance is a multiple of 4096 bytes fall into one set of the first-level cache, which holds twelve lines (eight on
    /// older processors): larger tiles would push out their own pixels between one channel and the next.
    /// </summary>
    int MaxRows()
    {
        const int SetPeriod = 4096, SafeRows = 10;
        var rows = TileKernel.MaxTileRows(set, panels.Vectors);
        if (fewPixels || fetchesPixels) rows = Math.Min(rows, TileKernel.MaxFetchingRows);
        var distance = grids[0].SourceStepColumn * source.PixelPitch * sizeof(float);
        return panels.Channels >= 16 && distance % SetPeriod == 0 ? Math.Min(rows, SafeRows) : rows;
    }

    /// <summary>Some tiles of a group of images, with the kernels for full panels and for the last one of a group of channels.</summary>
    sealed record Chunk(int Index, TileRun Run, int FirstImage, int FirstTile, int Tiles, TileKernel FullKernel, TileKernel LastKernel)
    {
        /// <summary>The part of the next panel that earlier chunks fetch.</summary>
        public double Ahead { get; init; }

        /// <summary>Lines of the next chunk that each turn of a kernel's loop fetches.</summary>
        public int FetchedLines { get; init; }
    }

    /// <summary>Prepares all pixels, where there are few.</summary>
    sealed class PreparingBody(TileEngine engine) : IParallelBody
    {
        public void Execute(int part, int worker)
        {
            var chunk = engine.chunks[part];
            engine.Prepare(chunk, engine.Images(chunk) + chunk.Run.SourceOffsets[chunk.FirstTile * chunk.Run.Rows] / sizeof(float));
        }
    }

    sealed class PackingBody(TileEngine engine) : IParallelBody
    {
        public void Execute(int part, int worker) =>
            engine.panels.Pack(engine.pointers.Weights, part, engine.pointers.Packed + part * engine.panelLength);
    }
}
