namespace ResNetSharp.Cpu;

/// <summary>The products of <see cref="StrassenBlocks"/> for a number of pairs of pixels and a panel of channels in each half of the results.</summary>
internal sealed unsafe class StrassenProducts
{
    /// <summary>Registers across a panel.</summary>
    public const int Vectors = 2;

    /// <summary>Cache lines that a turn of a kernel's loop fetches, which is enough for a chunk's pixels, and for weights where there are many pixels.</summary>
    const int AheadLines = 1;

    /// <summary>The number of what is not a product.</summary>
    const int NoProduct = StrassenBlocks.Count;

    readonly InstructionSet set;
    readonly int pairs;
    readonly int half;
    readonly int width;
    readonly long rowPitch;
    readonly long blockPitch;
    readonly ImageLayout destination;
    readonly int results;
    readonly TileEpilogue epilogue;
    readonly NativeBuffer offsets;
    readonly TileRow[] rows;

    /// <param name="set">The kind of kernels.</param>
    /// <param name="pairs">Pairs of pixels, one of each half.</param>
    /// <param name="half">Half the channels that are summed over; registers divide them.</param>
    /// <param name="rowPitch">Numbers from a row of a block of pixels to the next.</param>
    /// <param name="blockPitch">Numbers from a block of pixels to the next.</param>
    /// <param name="destination">How the results lie.</param>
    /// <param name="results">Channels of the results.</param>
    /// <param name="epilogue">What is done with them.</param>
    public StrassenProducts(
        InstructionSet set, int pairs, int half, long rowPitch, long blockPitch, ImageLayout destination, int results, TileEpilogue epilogue)
    {
        (this.set, this.pairs, this.half, this.rowPitch, this.blockPitch) = (set, pairs, half, rowPitch, blockPitch);
        (this.destination, this.results, this.epilogue) = (destination, results, epilogue);
        width = Vectors * TileKernel.Lanes(set);
        offsets = new NativeBuffer(3L * pairs * sizeof(int));
        Fill(BlockRows, rowPitch);
        Fill(SumRows, width);
        Fill(ResultRows, destination.PixelPitch);
        var tiles = (pairs - 1) / MaxRows(set) + 1;
        var (size, larger) = Math.DivRem(pairs, tiles);
        rows = [.. new[] { (size + 1, larger), (size, tiles - larger) }.Where(r => r.Item2 > 0).Select(r => new TileRow(this, r.Item1, r.Item2))];
    }

    /// <summary>Pairs of pixels in the largest tile.</summary>
    public static int MaxRows(InstructionSet set) => Math.Min(TileKernel.MaxTileRows(set, Vectors), TileKernel.MaxFetchingRows);

    int* BlockRows => (int*)offsets.Pointer;

    int* SumRows => BlockRows + pairs;

    int* ResultRows => SumRows + pairs;

    /// <summary>Numbers that <see cref="Run"/> needs memory for.</summary>
    public long SumsLength => 2L * pairs * width;

    /// <summary>Computes.</summary>
    /// <param name="pointers">Where results, residuals, biases and sums of results are.</param>
    /// <param name="pixel">The first pixel of the upper half; the lower half is right behind it.</param>
    /// <param name="channel">The first channel of the panel in the left half of the results.</param>
    /// <param name="blocks">The blocks of pixels.</param>
    /// <param name="weights">The blocks of weights.</param>
    /// <param name="work">Memory for <see cref="SumsLength"/> numbers.</param>
    /// <param name="ahead">What will be needed next, and is fetched on the way.</param>
    public void Run(in ConvolutionPointers pointers, long pixel, int channel, float* blocks, float* weights, float* work, AheadMemory ahead)
    {
        var right = channel + results / 2;
        if (epilogue.Moments) ClearMoments(pointers, channel, right);
        float* u = work, v = work + SumsLength / 2;
        var factors = new Factors { Blocks = blocks, Weights = weights, Ahead = ahead };
        var upper = pixel;
        foreach (var row in rows)
        {
            factors.Tiles = row.Tiles;
            Sum(row.Begin, factors, 0, null, u);
            Finish(row.FinishOne, factors, 1, u, null, pointers, upper, channel);
            Sum(row.Continue, factors, 2, u, u);
            Sum(row.Begin, factors, 3, null, v);
            Finish(row.FinishTwo, factors, 4, u, v, pointers, upper + pairs, channel);
            Sum(row.Continue, factors, 5, u, u);
            Finish(row.FinishOne, factors, 6, u, null, pointers, upper, right);
            Finish(row.FinishTwo, factors, NoProduct, u, v, pointers, upper + pairs, right);
            var done = (long)row.Tiles * row.Rows;
            upper += done;
            factors.Blocks += done * rowPitch;
            factors.Fetched += NoProduct * Fetched(row.Tiles);
            u += done * width;
            v += done * width;
        }
        GC.KeepAlive(this);
    }

    /// <summary>Adds a product to sums.</summary>
    void Sum(TileKernel kernel, in Factors factors, int product, float* start, float* to)
    {
        TileArguments arguments;
        SetProduct(&arguments, factors, product, start);
        arguments.Destination = (byte*)to;
        arguments.DestinationOffsets = SumRows;
        kernel.Run(&arguments);
    }

    /// <summary>Adds a product to sums, or none, and writes results.</summary>
    void Finish(TileKernel kernel, in Factors factors, int product, float* start, float* second, in ConvolutionPointers pointers, long pixel, int channel)
    {
        TileArguments arguments;
        SetProduct(&arguments, factors, product, start);
        var result = pixel * destination.PixelPitch + channel;
        arguments.SecondStart = (byte*)second;
        arguments.Destination = (byte*)(pointers.Destination + result);
        arguments.DestinationOffsets = ResultRows;
        arguments.Residual = (byte*)((epilogue.Accumulate ? pointers.Destination : pointers.Residual) + result);
        arguments.Bias = pointers.Bias + channel;
        arguments.Expected = pointers.Expected + channel;
        arguments.Moments = pointers.Moments + channel;
        arguments.SquaresBytes = results * sizeof(float);
        kernel.Run(&arguments);
    }

    void SetProduct(TileArguments* arguments, in Factors factors, int product, float* start)
    {
        arguments->Channels = half;
        arguments->MainBytes = (long)half * width * sizeof(float);
        arguments->Taps = product == NoProduct ? 0 : 1;
        arguments->Source = (byte*)(factors.Blocks + product * blockPitch);
        arguments->SourceOffsets = BlockRows;
        arguments->Weights = factors.Weights + (long)product * half * width;
        arguments->Start = (byte*)start;
        arguments->Tiles = factors.Tiles;
        arguments->Ahead = (byte*)factors.Ahead.At(factors.Fetched + product * Fetched(factors.Tiles), factors.Weights);
    }

    /// <summary>Numbers that kernels fetch on the way through one product of some tiles.</summary>
    long Fetched(int tiles) => (long)tiles * (half / TileKernel.Unroll) * AheadLines * NativeBuffer.LineNumbers;

    void ClearMoments(in ConvolutionPointers pointers, int left, int right)
    {
        foreach (var channel in stackalloc[] { left, right, results + left, results + right }) new Span<float>(pointers.Moments + channel, width).Clear();
    }

    void Fill(int* table, long pitch)
    {
        for (var i = 0; i < pairs; i++) table[i] = checked((int)(i * pitch * sizeof(float)));
    }

    TileKernel Kernel(int rows, int starts, TileEpilogue epilogue) => TileKernel.Create(
        new TileShape(set, rows, Vectors, TileKernel.Lanes(set), half, Padding: false, epilogue.Bias, epilogue.Residual || epilogue.Accumulate, epilogue.Relu)
        {
            Moments = epilogue.Moments,
            Streams = epilogue.Streams,
            Starts = starts,
            AheadLines = AheadLines,
        });

    /// <summary>What some tiles multiply.</summary>
    struct Factors
    {
        public int Tiles;
        public float* Blocks;
        public float* Weights;
        public AheadMemory Ahead;

        /// <summary>How many of these numbers tiles before have fetched.</summary>
        public long Fetched;
    }

    /// <summary>Tiles of one size, and their kernels: those that write sums begin with none or one, those that write results with one or two.</summary>
    sealed class TileRow(StrassenProducts products, int rows, int tiles)
    {
        public int Rows => rows;

        public int Tiles => tiles;

        public TileKernel Begin { get; } = products.Kernel(rows, 0, default);

        public TileKernel Continue { get; } = products.Kernel(rows, 1, default);

        public TileKernel FinishOne { get; } = products.Kernel(rows, 1, products.epilogue);

        public TileKernel FinishTwo { get; } = products.Kernel(rows, 2, products.epilogue);
    }
}
