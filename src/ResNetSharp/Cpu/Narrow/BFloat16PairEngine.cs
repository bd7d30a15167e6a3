namespace ResNetSharp.Cpu;

/// <summary>
/// A bfloat16 convolution for processors that multiply pairs of such numbers in vector registers (AVX512-BF16): two neighbouring channels of a
/// pixel are a word, and so are their weights. A <see cref="TileEngine"/> takes such words for single-precision numbers, since it only moves them.
/// </summary>
internal sealed unsafe class BFloat16PairEngine : NarrowEngine
{
    /// <summary>The registers that the kernels use.</summary>
    const InstructionSet Set = InstructionSet.Avx512;

    readonly BFloat16Words words;
    readonly bool constantWeights;
    readonly TileEngine engine;
    readonly PairedPixels? pairedPixels;

    public BFloat16PairEngine(ConvolutionGeometry geometry, bool transposed, TileEpilogue epilogue, bool constantWeights, NormalizedRows<ushort>? normalization)
    {
        this.constantWeights = constantWeights;
        words = new BFloat16Words(geometry, transposed);
        var shape = words.Words;
        if (!HasPairs(geometry, transposed))
        {
            shape = shape with { InputPitch = 0 };
            pairedPixels = new PairedPixels(geometry);
        }
        var grids = transposed ? TileGrid.Backward(shape) : TileGrid.Forward(shape);
        var (source, destination) = transposed ? (shape.OutputLayout, shape.InputLayout) : (shape.InputLayout, shape.OutputLayout);
        var panels = new WeightPanels(shape, JointGroups.Join(shape, Set), grids, Set, transposed);
        var preparation = normalization is null ? null : new NormalizedPixels<ushort>(normalization, 2 * source.PixelPitch);
        engine = new TileEngine(Set, geometry.Batch, grids, panels, source, destination, epilogue, preparation, TileNumbers.BFloat16Pairs);
    }

    /// <summary>Whether it can compute a convolution: where channels come in pairs, or can be brought into them.</summary>
    public static bool Suits(ConvolutionGeometry geometry, InstructionSet set, bool transposed, bool normalizes) =>
        set == InstructionSet.Avx512 && NarrowArithmetic.HasVectorBFloat16
        && (HasPairs(geometry, transposed) || (!transposed && !normalizes && geometry.Groups == 1));

    static bool HasPairs(ConvolutionGeometry geometry, bool transposed) =>
        (transposed ? geometry.GroupOutChannels : geometry.GroupInChannels) % 2 == 0 && (transposed ? geometry.OutputPitch : geometry.InputPitch) % 2 == 0;

    public override long PackedBytes => NativeBuffer.Lines(engine.PackedBytes) + (constantWeights ? 0 : words.Bytes);

    public override long WorkBytes(int workers) => NativeBuffer.Lines(engine.WorkBytes(workers)) + (pairedPixels?.Bytes ?? 0);

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
        if (pairedPixels is not null)
        {
            var pairs = pointers.Work + NativeBuffer.Lines(engine.WorkBytes(workers.Count));
            pairedPixels.Run(workers, (ushort*)pointers.Source, (uint*)pairs);
            pointers.Source = pairs;
        }
        engine.RunPacked(workers, pointers.AsWords());
    }
}
