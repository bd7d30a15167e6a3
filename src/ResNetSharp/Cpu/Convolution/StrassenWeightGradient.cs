using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace ResNetSharp.Cpu;

/// <summary>
/// The weight gradient of a 1x1 convolution by Strassen's algorithm: pixels and the channels of both sides are each cut into halves, of which
/// <see cref="StrassenBlocks"/> makes seven products. Each of these is summed over all pixels before they are added to each other, so of the
/// algorithm's additions only those of pixels take time.
/// </summary>
/// <typeparam name="TNumber">What the images consist of: float, or bfloat16 as <see cref="ushort"/>, which is widened as it is packed.</typeparam>
internal sealed unsafe class StrassenWeightGradient<TNumber> : StrassenWeightGradient, IParallelBody where TNumber : unmanaged
{
    /// <summary>Pairs of pixels of a block: a tile of input channels and a panel of gradients fit into the first-level cache together.</summary>
    const int BlockPairs = 224;

    /// <summary>About how many channels a slice has in each half, at most: what is packed is used for all channels of the other side.</summary>
    const int SliceInputs = 256, SliceOutputs = 256;

    /// <summary>And how many sums of each product, which stay in the caches while the pixels pass.</summary>
    const int SliceSums = 32 << 10;

    /// <summary>Memory for sums of parts of the batch that are made at the same time.</summary>
    const long PartialBytes = 2 << 20;

    /// <summary>Parts there are at least, where there are blocks for them, so that workers end together.</summary>
    const int LeastParts = 8;

    const int MaxChunks = 64;

    /// <summary>Pairs of pixels that are fetched from memory while one is packed.</summary>
    const int PairsAhead = 8;

    readonly ConvolutionGeometry geometry;
    readonly int lanes;
    readonly TNumber* input;
    readonly TNumber* inputEnd;
    readonly TNumber* outputGradient;
    readonly PairSpacing spacing;
    readonly ProductTiles tiles;
    readonly PartialSums partials;
    readonly int halfInputs;
    readonly int halfOutputs;
    readonly int pairs;
    readonly int blocks;
    readonly int blockPairs;
    readonly int chunks;
    readonly int inputSlices;
    readonly int outputSlices;
    readonly int sliceTiles;
    readonly int slicePanels;
    byte* scratch;

    /// <summary>Fixes shape and addresses; see <see cref="ConvolutionWeightGradient"/>.</summary>
    public StrassenWeightGradient(ConvolutionGeometry geometry, InstructionSet set, TNumber* input, TNumber* outputGradient, float* weightGradient)
    {
        this.geometry = geometry;
        lanes = TileKernel.Lanes(set);
        this.input = input;
        inputEnd = input + geometry.InputLength;
        this.outputGradient = outputGradient;
        (halfInputs, halfOutputs) = (geometry.InChannels / 2, geometry.OutChannels / 2);
        var half = geometry with { InChannels = halfInputs, OutChannels = halfOutputs };
        tiles = new ProductTiles(half, set, isPacked: true, cut => cut.Dense);
        spacing = tiles.Dense;
        pairs = geometry.Batch * geometry.OutHeight * geometry.OutWidth / 2;
        blocks = (pairs - 1) / BlockPairs + 1;
        blockPairs = (pairs - 1) / blocks + 1;
        blocks = (pairs - 1) / blockPairs + 1;
        inputSlices = Slices(halfInputs, SliceInputs);
        outputSlices = Slices(halfOutputs, Math.Min(SliceOutputs, SliceSums / Math.Min(halfInputs, SliceInputs)));
        sliceTiles = (tiles.Tiles - 1) / inputSlices + 1;
        slicePanels = (tiles.Panels - 1) / outputSlices + 1;
        var slices = inputSlices * outputSlices;
        chunks = (int)Math.Max(PartialBytes / (geometry.WeightLength * sizeof(float)), (LeastParts - 1) / slices + 1);
        chunks = Math.Min(chunks, Math.Min(blocks, MaxChunks));
        partials = new PartialSums(geometry.WeightLength, chunks, weightGradient);

        static int Slices(int channels, int wanted) => Math.Max(1, (channels + wanted / 2) / wanted);
    }

    /// <summary>A tile's pixels, and what the last register reaches beyond them.</summary>
    long TilePitch => NativeBuffer.OddLines((long)blockPairs * spacing.Input + lanes);

    long PanelPitch => NativeBuffer.OddLines((long)blockPairs * spacing.Gradient);

    /// <summary>Channels of a row of the slice's sums, with a gap, so that rows of the same channels lie in different sets of the cache.</summary>
    long SumsPitch => NativeBuffer.OddLines(slicePanels * tiles.PanelWidth);

    long PackedInput => StrassenBlocks.Count * sliceTiles * TilePitch;

    long PackedGradient => StrassenBlocks.Count * slicePanels * PanelPitch;

    long ProductSums => sliceTiles * tiles.MaxRows * SumsPitch;

    /// <summary>A copy of the last pixel, behind which registers may reach.</summary>
    long LastPixel => NativeBuffer.OddLines(geometry.InChannels + lanes);

    long WorkerBytes => (PackedInput + PackedGradient + StrassenBlocks.Count * ProductSums + LastPixel) * sizeof(float) + NativeBuffer.Lines(2L * blockPairs * sizeof(TNumber*));

    public override long ScratchBytes(int workers) => partials.ScratchBytes + workers * WorkerBytes;

    public override void Run(Workers workers, byte* scratch)
    {
        this.scratch = scratch;
        partials.Scratch = (float*)(scratch + workers.Count * WorkerBytes);
        workers.Run(this, chunks * outputSlices * inputSlices);
        partials.Reduce(workers);
    }

    void IParallelBody.Execute(int part, int worker)
    {
        if (lanes == Register512.Lanes) Execute<Register512>(part, worker);
        else Execute<Register256>(part, worker);
    }

    void Execute<T>(int part, int worker) where T : unmanaged, IRegister<T>
    {
        var (chunk, slice) = Math.DivRem(part, outputSlices * inputSlices);
        var (outputSlice, inputSlice) = Math.DivRem(slice, inputSlices);
        var memory = (float*)(scratch + worker * WorkerBytes);
        var work = new Slice
        {
            FirstTile = tiles.Tiles * inputSlice / inputSlices,
            LastTile = tiles.Tiles * (inputSlice + 1) / inputSlices,
            FirstPanel = tiles.Panels * outputSlice / outputSlices,
            LastPanel = tiles.Panels * (outputSlice + 1) / outputSlices,
            Input = memory,
            Gradient = memory + PackedInput,
            Sums = memory + PackedInput + PackedGradient,
        };
        work.LastPixel = (TNumber*)(work.Sums + StrassenBlocks.Count * ProductSums);
        work.Pixels = (TNumber**)((float*)work.LastPixel + LastPixel);
        var (first, last) = ((int)((long)blocks * chunk / chunks), (int)((long)blocks * (chunk + 1) / chunks));
        for (var block = first; block < last; block++)
        {
            var pair = block * blockPairs;
            var count = Math.Min(blockPairs, pairs - pair);
            Find(pair, count, ref work);
            PackInput<T>(count, ref work);
            PackGradient<T>(pair, count, ref work);
            Multiply(count, ref work, accumulate: block > first);
        }
        Write<T>(ref work, partials.Chunk(chunk));
    }

    /// <summary>Lists the input pixels of a block: the upper ones of all pairs, and then the lower ones.</summary>
    void Find(int firstPair, int count, ref Slice work)
    {
        var layout = geometry.InputLayout;
        for (var i = 0; i < 2 * count; i++)
        {
            var (image, place) = Math.DivRem(2 * firstPair + i, geometry.OutHeight * geometry.OutWidth);
            var (row, column) = Math.DivRem(place, geometry.OutWidth);
            var pixel = input + image * layout.ImagePitch + row * geometry.StrideHeight * layout.RowPitch + column * geometry.StrideWidth * layout.PixelPitch;
            if (pixel + geometry.InChannels + lanes > inputEnd)
            {
                new Span<TNumber>(pixel, geometry.InChannels).CopyTo(new Span<TNumber>(work.LastPixel, geometry.InChannels));
                pixel = work.LastPixel;
            }
            work.Pixels[i] = pixel;
        }
    }

    /// <summary>Packed input: product, tile, pair, channel of the tile. What a register has beyond a tile is not read, or is written over by the next pair.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void PackInput<T>(int count, ref Slice work) where T : unmanaged, IRegister<T>
    {
        var (tilePitch, pitch, half) = (TilePitch, sliceTiles * TilePitch, halfInputs);
        var starts = tiles.Starts(work.FirstTile, work.LastTile);
        var (firstChannel, lastChannel) = (tiles.Start(work.FirstTile), tiles.Start(work.LastTile));
        for (var pair = 0; pair < count; pair++)
        {
            TNumber* upper = work.Pixels[pair], lower = work.Pixels[count + pair];
            var ahead = Math.Min(pair + PairsAhead, count - 1);
            Fetch(work.Pixels[ahead] + firstChannel, half, lastChannel - firstChannel);
            Fetch(work.Pixels[count + ahead] + firstChannel, half, lastChannel - firstChannel);
            var to = work.Input + (long)pair * spacing.Input;
            foreach (var start in starts)
            {
                TNumber* left = upper + start, right = lower + start;
                StrassenBlocks.Left(T.Load(left), T.Load(right), T.Load(left + half), T.Load(right + half), to, pitch);
                to += tilePitch;
            }
        }
    }

    /// <summary>Packed gradients: product, panel, pair, channel of the panel.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void PackGradient<T>(int firstPair, int count, ref Slice work) where T : unmanaged, IRegister<T>
    {
        var (panelPitch, pitch, half, width) = (PanelPitch, slicePanels * PanelPitch, halfOutputs, tiles.PanelWidth);
        var channels = geometry.OutChannels;
        var length = (work.LastPanel - work.FirstPanel) * width;
        var upper = outputGradient + 2L * firstPair * channels + work.FirstPanel * width;
        var lower = upper + (long)count * channels;
        for (var pair = 0; pair < count; pair++, upper += channels, lower += channels)
        {
            Fetch(upper + PairsAhead * channels, half, length);
            Fetch(lower + PairsAhead * channels, half, length);
            var to = work.Gradient + (long)pair * width;
            for (var panel = 0; panel < length; panel += width, to += panelPitch)
            {
                for (var lane = 0; lane < width; lane += T.Lanes)
                {
                    TNumber* top = upper + panel + lane, bottom = lower + panel + lane;
                    StrassenBlocks.Right(T.Load(top), T.Load(top + half), T.Load(bottom), T.Load(bottom + half), to + lane, pitch);
                }
            }
        }
    }

    /// <summary>Fetches a pixel's channels in each half. It may be none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Fetch(TNumber* pixel, int half, int channels)
    {
        for (var i = 0; i < channels; i += NativeBuffer.Alignment / sizeof(TNumber))
        {
            Sse.Prefetch0(pixel + i);
            Sse.Prefetch0(pixel + half + i);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Multiply(int count, ref Slice work, bool accumulate)
    {
        ProductArguments arguments;
        arguments.Images = 1;
        arguments.Pixels = count;
        arguments.SumsRowBytes = SumsPitch * sizeof(float);
        arguments.Accumulate = accumulate ? 1 : 0;
        var (tilePitch, panelPitch, sumsPitch) = (TilePitch, PanelPitch, SumsPitch);
        var (firstRow, panels) = (tiles.Start(work.FirstTile), work.LastPanel - work.FirstPanel);
        for (var product = 0; product < StrassenBlocks.Count; product++)
        {
            for (var panel = 0; panel < panels; panel++)
            {
                arguments.Gradient = (byte*)(work.Gradient + (product * slicePanels + panel) * panelPitch);
                var input = work.Input + product * sliceTiles * tilePitch;
                var sums = work.Sums + product * ProductSums + panel * tiles.PanelWidth;
                for (var tile = work.FirstTile; tile < work.LastTile; tile++, input += tilePitch)
                {
                    arguments.Input = (byte*)input;
                    arguments.Sums = (byte*)(sums + (tiles.Start(tile) - firstRow) * sumsPitch);
                    arguments.Ahead = arguments.Sums;
                    tiles.Kernel(tile, work.FirstPanel + panel).Run(&arguments);
                }
            }
        }
    }

    /// <summary>Writes the sums of a slice to their places in all four quarters.</summary>
    void Write<T>(ref Slice work, float* to) where T : unmanaged, IRegister<T>
    {
        var first = tiles.Start(work.FirstTile);
        var rows = tiles.Start(work.LastTile) - first;
        var length = (work.LastPanel - work.FirstPanel) * tiles.PanelWidth;
        var channels = (long)geometry.OutChannels;
        to += first * channels + work.FirstPanel * tiles.PanelWidth;
        for (var row = 0; row < rows; row++, to += channels)
            StrassenBlocks.Results<T>(work.Sums + row * SumsPitch, ProductSums, length, to, to + halfInputs * channels, halfOutputs);
    }

    /// <summary>A range of tiles and panels in each half, and the memory that one worker packs them in.</summary>
    struct Slice
    {
        public int FirstTile;
        public int LastTile;
        public int FirstPanel;
        public int LastPanel;
        public float* Input;
        public float* Gradient;
        public float* Sums;
        public TNumber* LastPixel;
        public TNumber** Pixels;
    }
}

/// <summary>What <see cref="StrassenWeightGradient{TNumber}"/> is for all numbers.</summary>
internal abstract class StrassenWeightGradient : WeightGradientEngine
{
    /// <summary>The least channels on either side, and the least pixels, measured with registers of 256 bits.</summary>
    const int LeastChannels = 128, LeastPixels = 700;

    /// <summary>
    /// Whether it is expected to be faster, or is possible where that is asked for. With registers of 512 bits products take half as long and additions do not, and
    /// pixels need not be packed at all (<see cref="WeightProducts{TNumber}"/>).
    /// </summary>
    /// <param name="set">The kind of kernels.</param>
    /// <param name="g">The convolution.</param>
    /// <param name="strassen">Whether it may be used.</param>
    public static bool Suits(InstructionSet set, ConvolutionGeometry g, Strassen strassen)
    {
        var lanes = TileKernel.Lanes(set);
        var pixels = (long)g.Batch * g.OutHeight * g.OutWidth;
        var isPossible = strassen != Strassen.Off && set != InstructionSet.Portable && WinogradEngine.HasRegisters(set)
            && g is { IsPointwise: true, Groups: 1 } && g.InChannels % (2 * lanes) == 0 && g.OutChannels % (4 * lanes) == 0 && pixels % 2 == 0 && pixels > 0;
        return isPossible
            && (strassen == Strassen.Always || (lanes == Register256.Lanes && Math.Min(g.InChannels, g.OutChannels) >= LeastChannels && pixels >= LeastPixels));
    }
}
