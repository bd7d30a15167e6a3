namespace ResNetSharp.Cpu;

/// <summary>
/// A bfloat16 convolution for processors that multiply single-precision numbers fastest: pixels are widened chunk by chunk, just before kernels
/// read them, and results are rounded as they are written. Where pixels are read for several taps, or not all of them, whole images are widened.
/// </summary>
internal sealed unsafe class WideningTileEngine : NarrowEngine
{
    readonly TileEngine engine;
    readonly ConversionBody conversion = new();
    readonly long widenedLength;

    /// <param name="geometry">The convolution.</param>
    /// <param name="set">The kind of kernels.</param>
    /// <param name="transposed">Whether the input's gradient is computed.</param>
    /// <param name="epilogue">What is done with the results.</param>
    /// <param name="normalization">What is done to the source first, for 1x1 kernels that move pixel by pixel; null for nothing.</param>
    public WideningTileEngine(ConvolutionGeometry geometry, InstructionSet set, bool transposed, TileEpilogue epilogue, NormalizedRows<ushort>? normalization)
    {
        var grids = transposed ? TileGrid.Backward(geometry) : TileGrid.Forward(geometry);
        var (source, destination) = transposed ? (geometry.OutputLayout, geometry.InputLayout) : (geometry.InputLayout, geometry.OutputLayout);
        widenedLength = geometry.IsPixelwise ? 0 : geometry.Batch * source.ImagePitch;
        var panels = new WeightPanels(geometry, JointGroups.Join(geometry, set), grids, set, transposed);
        PixelPreparation? preparation = !geometry.IsPixelwise ? null
            : normalization is null ? new WidenedBFloat16Pixels(panels.Channels * panels.Groups, source.PixelPitch)
            : new NormalizedPixels<ushort, float>(normalization, source.PixelPitch);
        engine = new TileEngine(set, geometry.Batch, grids, panels, source, destination, epilogue, preparation, TileNumbers.SingleToBFloat16);
    }

    public override int MomentBlocks => engine.MomentBlocks;

    public override long PackedBytes => NativeBuffer.Lines(engine.PackedBytes);

    public override long WorkBytes(int workers) => NativeBuffer.Lines(widenedLength * sizeof(float)) + NativeBuffer.Lines(engine.WorkBytes(workers));

    public override void Pack(Workers workers, float* weights, byte* packed)
    {
        engine.Pack(workers, weights, (float*)packed);
        conversion.Round(workers, (float*)packed, engine.PackedBytes / sizeof(float));
    }

    public override void Run(Workers workers, NarrowPointers pointers)
    {
        if (widenedLength > 0)
        {
            conversion.Widen(workers, (ushort*)pointers.Source, (float*)pointers.Work, widenedLength);
            pointers.Source = pointers.Work;
            pointers.Work += NativeBuffer.Lines(widenedLength * sizeof(float));
        }
        engine.RunPacked(workers, pointers.AsWords());
    }
}
