namespace ResNetSharp.Cpu;

/// <summary>The gradients of a convolution with respect to its weights and its bias.</summary>
internal sealed unsafe class ConvolutionWeightGradient : Kernel, IParallelBody
{
    /// <summary>Pixels that all channels pass over before the next ones come.</summary>
    const int BlockPixels = 224;

    /// <summary>Memory for partial sums, which parts of the batch need that are summed at the same time.</summary>
    const long PartialBytes = 2 << 20;

    const int MaxChunks = 64;

    const int PartsPerWorker = 8;

    readonly ConvolutionGeometry geometry;
    readonly InstructionSet set;
    readonly PixelPairs pairs;
    readonly ImageLayout inputLayout;
    readonly ImageLayout outputLayout;
    readonly float* input;
    readonly float* outputGradient;
    readonly float* weightGradient;
    readonly ColumnSums? biasSums;
    readonly PartialSums partials;
    readonly int lanes;
    readonly int vectors;
    readonly int panelCount;
    readonly int[] tileStarts;
    readonly ProductKernel[,] kernels;
    readonly int blockImages;
    readonly int blocks;
    readonly int chunks;
    int splits;

    /// <summary>Fixes shape and addresses.</summary>
    /// <param name="geometry">The shape of the forward convolution.</param>
    /// <param name="set">The kind of kernels; see <see cref="InstructionSets.Selected"/>.</param>
    /// <param name="input">(batch, height, width, input channels).</param>
    /// <param name="outputGradient">(batch, output height, output width, output channels).</param>
    /// <param name="weightGradient">(kernel height, kernel width, input channels / groups, output channels).</param>
    /// <param name="biasGradient">(output channels), or null.</param>
    public ConvolutionWeightGradient(
        ConvolutionGeometry geometry, InstructionSet set, float* input, float* outputGradient, float* weightGradient, float* biasGradient)
    {
        geometry.Validate();
        this.geometry = geometry;
        this.set = set;
        this.input = input;
        this.outputGradient = outputGradient;
        this.weightGradient = weightGradient;
        inputLayout = ImageLayout.Dense(geometry.InHeight, geometry.InWidth, geometry.InChannels);
        outputLayout = ImageLayout.Dense(geometry.OutHeight, geometry.OutWidth, geometry.OutChannels);
        pairs = new PixelPairs(geometry, inputLayout, outputLayout, BlockPixels);
        lanes = TileKernel.Lanes(set);
        vectors = TileKernel.PanelVectors(set, geometry.GroupOutChannels);
        panelCount = (geometry.GroupOutChannels + vectors * lanes - 1) / (vectors * lanes);
        tileStarts = Split(geometry.GroupInChannels, ProductKernel.MaxTileRows(set, vectors));
        kernels = MakeKernels();
        blockImages = Math.Clamp(BlockPixels / (geometry.OutHeight * geometry.OutWidth), 1, Math.Max(geometry.Batch, 1));
        blocks = (geometry.Batch + blockImages - 1) / blockImages * pairs.Blocks;
        chunks = (int)Math.Clamp(PartialBytes / (geometry.WeightLength * sizeof(float)), 1, Math.Clamp(blocks, 1, MaxChunks));
        partials = new PartialSums(geometry.WeightLength, chunks, weightGradient);
        if (biasGradient != null)
        {
            biasSums = new ColumnSums((long)geometry.Batch * geometry.OutHeight * geometry.OutWidth, geometry.OutChannels, outputGradient, biasGradient);
        }
    }

    public override long ScratchBytes(int workers) => Math.Max(partials.ScratchBytes, biasSums?.ScratchBytes ?? 0);

    public override void Run(Workers workers)
    {
        biasSums?.Run(workers, Scratch);
        partials.Scratch = (float*)Scratch;
        var items = geometry.Groups * panelCount * (tileStarts.Length - 1);
        var wanted = workers.Count == 1 ? 1 : workers.Count * PartsPerWorker;
        splits = Math.Clamp((wanted + chunks - 1) / chunks, 1, items);
        workers.Run(this, chunks * splits);
        partials.Reduce(workers);
    }

    void IParallelBody.Execute(int part, int worker)
    {
        var (chunk, split) = Math.DivRem(part, splits);
        var items = geometry.Groups * panelCount * (tileStarts.Length - 1);
        var firstItem = (int)((long)items * split / splits);
        var lastItem = (int)((long)items * (split + 1) / splits);
        var firstBlock = (int)((long)blocks * chunk / chunks);
        var lastBlock = (int)((long)blocks * (chunk + 1) / chunks);
        var sums = partials.Chunk(chunk);
        if (blocks == 0) new Span<byte>(weightGradient, (int)(geometry.WeightLength * sizeof(float))).Clear();
        for (var block = firstBlock; block < lastBlock; block++)
        {
            for (var item = firstItem; item < lastItem; item++) Compute(block, item, sums, accumulate: block > firstBlock);
        }
    }

    void Compute(int block, int item, float* sums, bool accumulate)
    {
        var tiles = tileStarts.Length - 1;
        var (panelOfAll, tile) = Math.DivRem(item, tiles);
        var (group, panel) = Math.DivRem(panelOfAll, panelCount);
        var (imageBlock, rowBlock) = Math.DivRem(block, pairs.Blocks);
        var image = imageBlock * blockImages;
        var inChannel = tileStarts[tile];
        var outChannel = group * geometry.GroupOutChannels + panel * vectors * lanes;
        var kernel = kernels[tileStarts[tile + 1] - inChannel == tileStarts[1] ? 0 : 1, panel == panelCount - 1 ? 1 : 0];
        ProductArguments arguments;
        arguments.Input = (byte*)(input + image * inputLayout.ImagePitch + group * geometry.GroupInChannels + inChannel);
        arguments.Gradient = (byte*)(outputGradient + image * outputLayout.ImagePitch + outChannel);
        arguments.Images = Math.Min(blockImages, geometry.Batch - image);
        arguments.InputImageBytes = inputLayout.ImagePitch * sizeof(float);
        arguments.GradientImageBytes = outputLayout.ImagePitch * sizeof(float);
        arguments.SumsRowBytes = (long)geometry.OutChannels * sizeof(float);
        arguments.Accumulate = accumulate ? 1 : 0;
        for (var tap = 0; tap < geometry.Taps; tap++)
        {
            arguments.Offsets = pairs.Offsets(tap, rowBlock);
            arguments.Pixels = pairs.Count(tap, rowBlock);
            if (accumulate && arguments.Pixels == 0) continue;
            arguments.Sums = (byte*)(sums + ((long)tap * geometry.GroupInChannels + inChannel) * geometry.OutChannels + outChannel);
            kernel.Run(&arguments);
        }
    }

    /// <summary>Kernels by size of the tile (larger, smaller) and kind of panel (full, last).</summary>
    ProductKernel[,] MakeKernels()
    {
        var made = new ProductKernel[2, 2];
        for (var size = 0; size < 2; size++)
        {
            var tile = size == 0 ? 0 : tileStarts.Length - 2;
            for (var last = 0; last < 2; last++)
            {
                var results = last == 0 ? Math.Min(vectors * lanes, geometry.GroupOutChannels) : geometry.GroupOutChannels - (panelCount - 1) * vectors * lanes;
                var used = set == InstructionSet.Portable ? vectors : (results + lanes - 1) / lanes;
                made[size, last] = ProductKernel.Create(
                    new ProductShape(set, tileStarts[tile + 1] - tileStarts[tile], used, Math.Min(results - (used - 1) * lanes, lanes)));
            }
        }
        return made;
    }

    /// <summary>The starts of parts of at most two sizes, the larger ones first, and the end.</summary>
    static int[] Split(int count, int largest)
    {
        var parts = (count + largest - 1) / largest;
        var (size, larger) = Math.DivRem(count, parts);
        return [.. Enumerable.Range(0, parts + 1).Select(i => i * size + Math.Min(i, larger))];
    }
}
