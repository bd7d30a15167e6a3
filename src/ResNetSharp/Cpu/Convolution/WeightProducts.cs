using System.Runtime.CompilerServices;

namespace ResNetSharp.Cpu;

/// <summary>
/// The sums of products that make a weight gradient. The output is cut into slices of input and output channels, and the pixels into
/// blocks; a block of a slice is first packed, so that the product kernels read it from the first-level cache in the order they want. Where a
/// packed pixel would be used too rarely to pay for it, kernels read pixels where they lie. Which sums are made in which order follows from the shape alone.
/// </summary>
/// <typeparam name="TNumber">What the images consist of: float, or bfloat16 as <see cref="ushort"/>, which is widened as it is packed.</typeparam>
internal sealed unsafe class WeightProducts<TNumber> : IParallelBody where TNumber : unmanaged
{
    /// <summary>Pixels of a block: a tile of input channels and a panel of gradients fit into 48 kilobytes together.</summary>
    const int BlockPixels = 224;

    /// <summary>Weights whose gradients stay in the second-level cache while the pixels pass.</summary>
    const long SliceBytes = 400 << 10;

    /// <summary>Output channels of a slice, where the kernel has several positions and where it has one.</summary>
    const int SliceChannels = 64, SliceChannelsOfOneTap = 256;

    /// <summary>Memory for sums of parts of the batch that are made at the same time.</summary>
    const long PartialBytes = 2 << 20;

    const int MaxChunks = 64;

    /// <summary>Pixels that are fetched from memory while one is packed.</summary>
    const int PixelsAhead = 8;

    readonly ConvolutionGeometry geometry;
    readonly ImageLayout inputLayout;
    readonly bool isPacked;
    readonly TNumber* input;
    readonly TNumber* inputEnd;
    readonly TNumber* outputGradient;
    readonly PixelBlocks pixels;
    readonly PartialSums partials;
    readonly ProductTiles tiles;
    readonly int blockImages;
    readonly int blocks;
    readonly int chunks;
    readonly int sliceTiles;
    readonly int slicePanels;
    readonly int inputSlices;
    readonly int outputSlices;
    byte* scratch;

    /// <summary>Fixes shape and addresses.</summary>
    /// <param name="geometry">The shape.</param>
    /// <param name="set">The kind of kernels.</param>
    /// <param name="inputLayout">How the input lies in memory; its pixels may overlap.</param>
    /// <param name="inputLength">Numbers of the whole input.</param>
    /// <param name="window">Numbers of an input pixel, where they may lie beyond the edges of the image and are zero there; otherwise 0.</param>
    /// <param name="input">The input.</param>
    /// <param name="outputGradient">The gradient of the output.</param>
    /// <param name="weightGradient">The result.</param>
    public WeightProducts(
        ConvolutionGeometry geometry, InstructionSet set, ImageLayout inputLayout, long inputLength, int window,
        TNumber* input, TNumber* outputGradient, float* weightGradient)
    {
        this.geometry = geometry;
        this.inputLayout = inputLayout;
        this.input = input;
        inputEnd = input + inputLength;
        this.outputGradient = outputGradient;
        isPacked = !ReadsInPlace(geometry, set, inputLayout, window);
        tiles = new ProductTiles(geometry, set, isPacked, isPacked && geometry.IsPointwise && window == 0 ? cut => cut.Packed : null);
        pixels = new PixelBlocks(
            geometry, inputLayout, BlockPixels, window, isPacked ? tiles.Slot * sizeof(float) : null, (isPacked ? tiles.PanelWidth : geometry.OutChannels) * sizeof(float));
        blockImages = Math.Clamp(BlockPixels / (geometry.OutHeight * geometry.OutWidth), 1, Math.Max(geometry.Batch, 1));
        blocks = (geometry.Batch + blockImages - 1) / blockImages * pixels.Count;
        chunks = (int)Math.Clamp(PartialBytes / (geometry.WeightLength * sizeof(float)), 1, Math.Clamp(blocks, 1, MaxChunks));
        partials = new PartialSums(geometry.WeightLength, chunks, weightGradient);
        var channels = geometry.Taps == 1 ? SliceChannelsOfOneTap : SliceChannels;
        slicePanels = Math.Clamp(channels / tiles.PanelWidth, 1, tiles.Panels);
        var tileBytes = (long)geometry.Taps * slicePanels * tiles.PanelWidth * tiles.Slot * sizeof(float);
        sliceTiles = (int)Math.Clamp(SliceBytes / tileBytes, 1, tiles.Tiles);
        inputSlices = (tiles.Tiles + sliceTiles - 1) / sliceTiles;
        outputSlices = (tiles.Panels + slicePanels - 1) / slicePanels;
    }

    /// <summary>Bytes of scratch memory.</summary>
    public long ScratchBytes(int workers) => partials.ScratchBytes + workers * WorkerBytes;

    long PackedInput => !isPacked ? 0 : sliceTiles * NativeBuffer.OddLines((long)blockImages * pixels.MaxSources * tiles.Slot);

    long PackedGradient => !isPacked ? 0 : slicePanels * NativeBuffer.OddLines((long)blockImages * pixels.Outputs(0) * tiles.PanelWidth);

    /// <summary>Channels of a row of the slice's sums in scratch memory, with a gap, so that rows of the same channels lie in different sets of the cache.</summary>
    long SumsPitch => NativeBuffer.OddLines(slicePanels * tiles.PanelWidth);

    long SliceSums => geometry.Taps * sliceTiles * tiles.MaxRows * SumsPitch;

    long WorkerBytes => (PackedInput + PackedGradient + SliceSums) * sizeof(float);

    /// <summary>
    /// Whether kernels read pixels where they lie: in single precision, where each is used for one tap only, pixels do not push each other out of the first-level cache, and
    /// kernels take time enough with a pixel for the next to come from the second-level cache.
    /// </summary>
    static bool ReadsInPlace(ConvolutionGeometry geometry, InstructionSet set, ImageLayout input, int window)
    {
        const int SetPeriod = 4096;
        return typeof(TNumber) == typeof(float) && set >= InstructionSet.Avx512 && geometry.Taps == 1 && window == 0 && geometry.GroupOutChannels % TileKernel.Lanes(set) == 0
            && Math.Max(geometry.StrideWidth * input.PixelPitch, geometry.OutChannels) * sizeof(float) < SetPeriod
            && input.ImagePitch * sizeof(float) <= int.MaxValue;
    }

    /// <summary>Makes the sums.</summary>
    public void Run(Workers workers, byte* scratch)
    {
        this.scratch = scratch;
        partials.Scratch = (float*)(scratch + workers.Count * WorkerBytes);
        workers.Run(this, chunks * geometry.Groups * outputSlices * inputSlices);
        partials.Reduce(workers);
    }

    void IParallelBody.Execute(int part, int worker)
    {
        var (chunk, slice) = Math.DivRem(part, geometry.Groups * outputSlices * inputSlices);
        var (outputSlice, inputSlice) = Math.DivRem(slice, inputSlices);
        var (group, panelSlice) = Math.DivRem(outputSlice, outputSlices);
        var work = new Slice
        {
            Group = group,
            FirstTile = tiles.Tiles * inputSlice / inputSlices,
            LastTile = tiles.Tiles * (inputSlice + 1) / inputSlices,
            FirstPanel = tiles.Panels * panelSlice / outputSlices,
            LastPanel = tiles.Panels * (panelSlice + 1) / outputSlices,
            Input = (float*)(scratch + worker * WorkerBytes),
            Gradient = (float*)(scratch + worker * WorkerBytes) + PackedInput,
            Sums = (float*)(scratch + worker * WorkerBytes) + PackedInput + PackedGradient,
        };
        var first = (int)((long)blocks * chunk / chunks);
        var last = (int)((long)blocks * (chunk + 1) / chunks);
        for (var block = first; block < last; block++) Compute(block, ref work, accumulate: block > first);
        Write(ref work, partials.Chunk(chunk), isZero: first == last);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Compute(int block, ref Slice work, bool accumulate)
    {
        var (imageBlock, rowBlock) = Math.DivRem(block, pixels.Count);
        var image = imageBlock * blockImages;
        var images = Math.Min(blockImages, geometry.Batch - image);
        long tilePitch, panelPitch;
        ProductArguments arguments;
        arguments.Images = images;
        if (isPacked)
        {
            PackInput(ref work, image, images, rowBlock);
            PackGradient(ref work, image, images, rowBlock);
            tilePitch = NativeBuffer.OddLines((long)images * pixels.Sources(rowBlock).Length * tiles.Slot);
            panelPitch = NativeBuffer.OddLines((long)images * pixels.Outputs(rowBlock) * tiles.PanelWidth);
            arguments.InputImageBytes = (long)pixels.Sources(rowBlock).Length * tiles.Slot * sizeof(float);
            arguments.GradientImageBytes = (long)pixels.Outputs(rowBlock) * tiles.PanelWidth * sizeof(float);
        }
        else
        {
            work.Input = (float*)FirstInput(ref work, image);
            work.Gradient = (float*)FirstGradient(ref work, image, rowBlock);
            (tilePitch, panelPitch) = (0, tiles.PanelWidth);
            arguments.InputImageBytes = inputLayout.ImagePitch * sizeof(float);
            arguments.GradientImageBytes = (long)geometry.OutHeight * geometry.OutWidth * geometry.OutChannels * sizeof(float);
        }
        var ahead = Ahead(ref work, block);
        arguments.SumsRowBytes = SumsPitch * sizeof(float);
        arguments.Accumulate = accumulate ? 1 : 0;
        var (workTiles, workPanels) = (work.LastTile - work.FirstTile, work.LastPanel - work.FirstPanel);
        for (var i = 0; i < workTiles * workPanels; i++)
        {
            // The larger of both stays in the first-level cache if it is packed, and otherwise the smaller.
            var (panel, tile) = isPacked ? Math.DivRem(i, workTiles) : (i % workPanels, i / workPanels);
            arguments.Gradient = (byte*)(work.Gradient + panel * panelPitch);
            arguments.Input = (byte*)(work.Input + (isPacked ? tile * tilePitch : tiles.Start(work.FirstTile + tile)));
            var kernel = tiles.Kernel(work.FirstTile + tile, work.FirstPanel + panel);
            for (var tap = 0; tap < geometry.Taps; tap++)
            {
                arguments.Pixels = pixels.PairCount(rowBlock, tap);
                if (accumulate && arguments.Pixels == 0) continue;
                arguments.Offsets = pixels.Pairs(rowBlock, tap);
                arguments.Sums = (byte*)(work.Sums + SumsRow(ref work, tap, tiles.Start(work.FirstTile + tile)) * SumsPitch + panel * tiles.PanelWidth);
                arguments.Ahead = ahead.Take(arguments.Pixels * images);
                kernel.Run(&arguments);
            }
        }
    }

    /// <summary>A group's first channel of the first pixel of an image.</summary>
    TNumber* FirstInput(ref Slice work, int image) => input + image * inputLayout.ImagePitch + work.Group * geometry.GroupInChannels;

    /// <summary>A slice's first gradient in a block of an image.</summary>
    TNumber* FirstGradient(ref Slice work, int image, int rowBlock)
    {
        var pixel = (long)image * geometry.OutHeight * geometry.OutWidth + pixels.FirstOutput(rowBlock);
        return outputGradient + pixel * geometry.OutChannels + work.Group * geometry.GroupOutChannels + work.FirstPanel * tiles.PanelWidth;
    }

    /// <summary>
    /// The memory of the next block, for the kernels to fetch while they work on this one. A slice of the channels is not one run of
    /// memory, so there this is but a part of what is needed, or more.
    /// </summary>
    Prefetch Ahead(ref Slice work, int block)
    {
        var (imageBlock, rowBlock) = Math.DivRem(block + 1, pixels.Count);
        var image = Math.Min(imageBlock * blockImages, geometry.Batch - 1);
        var images = Math.Min(blockImages, geometry.Batch - image);
        var sources = pixels.Sources(rowBlock);
        if (sources.Length == 0) return default;
        var gradient = outputGradient + ((long)image * geometry.OutHeight * geometry.OutWidth + pixels.FirstOutput(rowBlock)) * geometry.OutChannels;
        return new Prefetch
        {
            Input = (byte*)(input + image * inputLayout.ImagePitch + sources[0].Offset),
            InputBytes = ((images - 1) * inputLayout.ImagePitch + sources[^1].Offset - sources[0].Offset + inputLayout.PixelPitch) * sizeof(TNumber),
            Gradient = (byte*)gradient,
            GradientBytes = (long)images * pixels.Outputs(rowBlock) * geometry.OutChannels * sizeof(TNumber),
        };
    }

    /// <summary>The row of an input channel among those of a slice.</summary>
    long SumsRow(ref Slice work, int tap, int channel)
    {
        var first = tiles.Start(work.FirstTile);
        return (long)tap * (tiles.Start(work.LastTile) - first) + channel - first;
    }

    /// <summary>Packed input: tile, image, pixel, channel of the tile.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void PackInput(ref Slice work, int firstImage, int images, int rowBlock)
    {
        var sources = pixels.Sources(rowBlock);
        var slot = tiles.Slot;
        var tilePitch = NativeBuffer.OddLines((long)images * sources.Length * slot);
        var lastChannel = tiles.Start(work.LastTile);
        var starts = tiles.Starts(work.FirstTile, work.LastTile);
        for (var image = 0; image < images; image++)
        {
            var from = FirstInput(ref work, firstImage + image);
            var to = work.Input + (long)image * sources.Length * slot;
            foreach (var source in sources)
            {
                // A slot may be longer than its tile: what it reads beyond is ignored, but must exist.
                var pixel = from + source.Offset;
                if (source.First == 0 && source.End == int.MaxValue && pixel + lastChannel + slot <= inputEnd)
                {
                    VectorCopy.Scatter(pixel, starts, to, tilePitch, slot, PixelsAhead * inputLayout.PixelPitch);
                }
                else
                {
                    ScatterExactly(ref work, pixel, source, to, tilePitch);
                }
                to += slot;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void ScatterExactly(ref Slice work, TNumber* from, PixelBlocks.Source source, float* to, long tilePitch)
    {
        for (var tile = work.FirstTile; tile < work.LastTile; tile++, to += tilePitch)
        {
            new Span<float>(to, tiles.Slot).Clear();
            var start = Math.Max(tiles.Start(tile), source.First);
            var end = Math.Min(tiles.Start(tile + 1), source.End);
            for (var channel = start; channel < end; channel++) to[channel - tiles.Start(tile)] = Lanes.Number(from[channel]);
        }
    }

    /// <summary>Packed gradients: panel, image, pixel, channel of the panel. Read pixel after pixel, for the processor to foresee it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void PackGradient(ref Slice work, int firstImage, int images, int rowBlock)
    {
        var count = pixels.Outputs(rowBlock);
        var width = tiles.PanelWidth;
        var panelPitch = NativeBuffer.OddLines((long)images * count * width);
        var rest = work.LastPanel == tiles.Panels ? geometry.GroupOutChannels % width : 0;
        var panels = work.LastPanel - work.FirstPanel - (rest > 0 ? 1 : 0);
        for (var image = 0; image < images; image++)
        {
            var from = FirstGradient(ref work, firstImage + image, rowBlock);
            var to = work.Gradient + (long)image * count * width;
            VectorCopy.Panels(from, geometry.OutChannels, count, to, width, panels, panelPitch, PixelsAhead);
            if (rest > 0) VectorCopy.Padded(from + panels * width, geometry.OutChannels, count, to + panels * panelPitch, width, rest);
        }
    }

    /// <summary>Writes the sums of a slice to their places among all.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Write(ref Slice work, float* sums, bool isZero)
    {
        var start = work.FirstPanel * tiles.PanelWidth;
        var count = Math.Min(work.LastPanel * tiles.PanelWidth, geometry.GroupOutChannels) - start;
        var end = tiles.Start(work.LastTile);
        for (var tap = 0; tap < geometry.Taps; tap++)
        {
            for (var channel = tiles.Start(work.FirstTile); channel < end; channel++)
            {
                var place = ((long)tap * geometry.GroupInChannels + channel) * geometry.OutChannels + work.Group * geometry.GroupOutChannels + start;
                var to = new Span<float>(sums + place, count);
                if (isZero) to.Clear();
                else new Span<float>(work.Sums + SumsRow(ref work, tap, channel) * SumsPitch, count).CopyTo(to);
            }
        }
    }

    /// <summary>A range of tiles and panels of a group, and the memory that one worker packs them in.</summary>
    struct Slice
    {
        public int Group;
        public int FirstTile;
        public int LastTile;
        public int FirstPanel;
        public int LastPanel;
        public float* Input;
        public float* Gradient;
        public float* Sums;
    }
}
