namespace ResNetSharp.Cpu;

/// <summary>
/// A bfloat16 convolution for processors that multiply pairs of such numbers in vector registers (AVX512-BF16): two neighbouring channels of a
/// pixel are a word, and so are their weights. A <see cref="TileEngine"/> takes such words for single-precision numbers, since it only moves them.
/// Images of few channels, or of an odd number, are rearranged first.
/// </summary>
internal sealed unsafe class BFloat16PairEngine : NarrowEngine
{
    /// <summary>The registers that the kernels use.</summary>
    const InstructionSet Set = InstructionSet.Avx512BFloat16;

    readonly BFloat16Words words;
    readonly bool constantWeights;
    readonly TileEngine engine;
    readonly PairedPixels? pixels;
    readonly KernelRows<ushort>? rows;

    public BFloat16PairEngine(ConvolutionGeometry geometry, bool transposed, TileEpilogue epilogue, bool constantWeights, NormalizedRows<ushort>? normalization)
    {
        this.constantWeights = constantWeights;
        rows = !transposed && KernelRows<ushort>.Suits(geometry) && geometry.StrideWidth * geometry.InChannels % 2 == 0 ? new KernelRows<ushort>(geometry) : null;
        pixels = rows is null && !HasPairs(geometry, transposed) ? new PairedPixels(geometry) : null;
        var shape = rows?.Words ?? (transposed
            ? geometry with { OutChannels = geometry.OutChannels / 2, OutputPitch = geometry.OutputPitch / 2 }
            : geometry with { InChannels = (geometry.GroupInChannels + 1) / 2 * geometry.Groups, InputPitch = pixels is null ? geometry.InputPitch / 2 : 0 });
        words = new BFloat16Words(shape, transposed ? null : rows is null ? row => PairedPixels.WeightRows(geometry.GroupInChannels, row) : rows.WeightRows);
        var grids = transposed ? TileGrid.Backward(shape) : TileGrid.Forward(shape);
        var (source, destination) = transposed ? (shape.OutputLayout, geometry.InputLayout) : (rows?.Layout ?? shape.InputLayout, geometry.OutputLayout);
        var panels = new WeightPanels(shape, JointGroups.Join(shape, Set), grids, Set, transposed);
        var preparation = normalization is null ? null : new NormalizedPixels<ushort, ushort>(normalization, 2 * source.PixelPitch);
        engine = new TileEngine(Set, geometry.Batch, grids, panels, source, destination, epilogue, preparation, TileNumbers.BFloat16Pairs);
    }

    /// <summary>Whether it can compute a convolution: where channels come in pairs, or can be brought into them.</summary>
    public static bool Suits(ConvolutionGeometry geometry, InstructionSet set, bool transposed, bool normalizes) =>
        set == Set
        && (HasPairs(geometry, transposed) || (!transposed && !normalizes && geometry.Groups == 1));

    static bool HasPairs(ConvolutionGeometry geometry, bool transposed) =>
        (transposed ? geometry.GroupOutChannels : geometry.GroupInChannels) % 2 == 0 && (transposed ? geometry.OutputPitch : geometry.InputPitch) % 2 == 0;

    public override int MomentBlocks => engine.MomentBlocks;

    public override long PackedBytes => NativeBuffer.Lines(engine.PackedBytes) + (constantWeights ? 0 : words.Bytes);

    public override long WorkBytes(int workers) => NativeBuffer.Lines(engine.WorkBytes(workers)) + (rows?.Bytes ?? pixels?.Bytes ?? 0);

    public override void Pack(Workers workers, float* weights, byte* packed)
    {
        // Where they are kept, the words in between need not be.
        var between = constantWeights ? new NativeBuffer(words.Bytes) : null;
        var pairs = between is null ? packed + NativeBuffer.Lines(engine.PackedBytes) : between.Pointer;
        words.Make(workers, weights, (uint*)pairs);
        engine.Pack(workers, (float*)pairs, (float*)packed);
        GC.KeepAlive(between);
    }

    public override void Run(Workers workers, NarrowPointers pointers)
    {
        var arranged = pointers.Work + NativeBuffer.Lines(engine.WorkBytes(workers.Count));
        rows?.Run(workers, (ushort*)pointers.Source, (float*)arranged);
        pixels?.Run(workers, (ushort*)pointers.Source, (uint*)arranged);
        if (rows is not null || pixels is not null) pointers.Source = arranged;
        engine.RunPacked(workers, pointers.AsWords());
    }
}
