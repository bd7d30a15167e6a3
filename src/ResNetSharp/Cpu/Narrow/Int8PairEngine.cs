namespace ResNetSharp.Cpu;

/// <summary>
/// An 8-bit convolution for processors without instructions of their own for it: source and weights become words of two 16-bit numbers, whose
/// products one AVX2 instruction adds. A <see cref="TileEngine"/> takes such words for single-precision numbers, since it only moves them.
/// 3x3 kernels are computed with Winograd's algorithm where their weights allow it.
/// </summary>
internal sealed unsafe class Int8PairEngine : Int8Engine
{
    /// <summary>The registers that the kernels use.</summary>
    const InstructionSet Set = InstructionSet.Avx2;

    readonly Int8Problem problem;
    readonly ConvolutionGeometry words;
    readonly ImageLayout layout;
    readonly WidenedPixels pixels;
    readonly KernelRows<byte>? rows;
    readonly bool isPixelByPixel;
    readonly TileEngine direct;
    readonly WinogradEngine? winograd;
    readonly NativeBuffer constants;
    (ConvolutionEngine Engine, NativeBuffer Weights)? packed;

    public Int8PairEngine(Int8Problem problem)
    {
        this.problem = problem;
        var geometry = problem.Geometry;
        isPixelByPixel = geometry.IsPixelwise;
        pixels = new WidenedPixels(geometry.Groups, geometry.GroupInChannels, problem.SourceZero);
        rows = KernelRows<byte>.Suits(geometry) ? new KernelRows<byte>(geometry, problem.SourceZero) : null;
        words = rows?.Words ?? geometry with { InChannels = pixels.Words };
        layout = rows?.Layout ?? (isPixelByPixel ? words.InputLayout : PixelPreparation.Layout(words.InputLayout, pixels.Words));
        var grids = TileGrid.Forward(words);
        var panels = new WeightPanels(words, JointGroups.Join(words, Set), grids, Set, transposed: false);
        var epilogue = new TileEpilogue(problem.Bias != null, problem.Residual != null, problem.Relu);
        var numbers = problem.Bytes == null ? TileNumbers.PairsToSingle : TileNumbers.PairsToBytes;
        direct = new TileEngine(Set, geometry.Batch, grids, panels, layout, geometry.OutputLayout, epilogue, isPixelByPixel ? pixels : null, numbers);
        winograd = Int8Winograd.Suits(problem) ? new WinogradEngine(Set, new Int8Winograd(problem), panels) : null;
        constants = Int8Constants.Of(problem);
    }

    public override string Name => packed is (WinogradEngine, _) ? "winograd" : "direct";

    public override long ScratchBytes(int workers) => Math.Max(WidenedBytes + direct.WorkBytes(workers), winograd?.WorkBytes(workers) ?? 0);

    public override void Invalidate() => packed = null;

    public override void Run(Workers workers, byte* scratch)
    {
        var (engine, weights) = packed ??= winograd is not null && Int8Winograd.Fits(problem) ? PackWinograd(workers, winograd) : PackDirect(workers);
        var pointers = new ConvolutionPointers
        {
            Source = (float*)problem.Source,
            Destination = problem.Bytes == null ? problem.Floats : (float*)problem.Bytes,
            Bias = problem.Bias,
            Residual = (float*)problem.Residual,
            Scale = problem.Scale,
            Constants = constants.Pointer,
            Packed = (float*)weights.Pointer,
            Work = scratch,
        };
        if (engine == direct && !isPixelByPixel)
        {
            if (rows is not null) rows.Run(workers, problem.Source, (float*)scratch);
            else pixels.Run(workers, problem.Source, (long)problem.Geometry.Batch * layout.Height * layout.Width, (float*)scratch, layout.PixelPitch);
            pointers.Source = (float*)scratch;
            pointers.Work += WidenedBytes;
        }
        engine.RunPacked(workers, pointers);
        GC.KeepAlive(this);
    }

    long WidenedBytes => isPixelByPixel ? 0 : NativeBuffer.Lines(problem.Geometry.Batch * layout.ImagePitch * sizeof(float));

    (ConvolutionEngine Engine, NativeBuffer Weights) PackWinograd(Workers workers, WinogradEngine engine)
    {
        var result = new NativeBuffer(engine.PackedBytes);
        engine.Pack(workers, (float*)problem.Weights, (float*)result.Pointer);
        return (engine, result);
    }

    (ConvolutionEngine Engine, NativeBuffer Weights) PackDirect(Workers workers)
    {
        var pairs = new PairedWeights(problem.Weights, words, rows is null ? pixels.WeightRows : rows.WeightRows);
        var result = new NativeBuffer(direct.PackedBytes);
        direct.Pack(workers, (float*)pairs.Make(workers).Pointer, (float*)result.Pointer);
        GC.KeepAlive(pairs);
        return (direct, result);
    }
}
