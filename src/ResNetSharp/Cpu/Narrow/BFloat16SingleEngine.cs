namespace ResNetSharp.Cpu;

/// <summary>
/// A bfloat16 convolution computed in single precision where that takes less work. With Winograd's algorithm it is a quarter of the
/// multiplications, at half of the speed that products of bfloat16 numbers have in vector registers. Transformed numbers are not rounded: with
/// 8 bits the error of F(4x4, 3x3) would be four times that of direct products (0.96 instead of 0.23% of the results' scale, with normally
/// distributed numbers and 256 channels). In narrow groups every multiplication counts, where those of pairs would meet zeros.
/// </summary>
internal sealed unsafe class BFloat16SingleEngine : NarrowEngine
{
    /// <summary>Channels of a group up to which most products of pairs would meet zeros.</summary>
    const int NarrowChannels = 4;

    readonly ConvolutionEngine engine;

    BFloat16SingleEngine(ConvolutionEngine engine) => this.engine = engine;

    public override string Name => engine.Name;

    /// <summary>The engine for a convolution, or null where another way is expected to be as fast.</summary>
    /// <param name="geometry">The convolution.</param>
    /// <param name="set">The kind of kernels.</param>
    /// <param name="transposed">Whether the input's gradient is computed.</param>
    /// <param name="epilogue">What is done with the results.</param>
    /// <param name="constantWeights">Whether the weights stay.</param>
    public static BFloat16SingleEngine? TryCreate(
        ConvolutionGeometry geometry, InstructionSet set, bool transposed, TileEpilogue epilogue, bool constantWeights)
    {
        const int VectorSpeed = 2;
        var isNative = NarrowArithmetic.HasBFloat16(set);
        var grids = transposed ? TileGrid.Backward(geometry) : TileGrid.Forward(geometry);
        var (source, destination) = transposed ? (geometry.OutputLayout, geometry.InputLayout) : (geometry.InputLayout, geometry.OutputLayout);
        if (NarrowGroups.Suits(geometry, set) && (!isNative || geometry.GroupInChannels <= NarrowChannels))
            return new BFloat16SingleEngine(new NarrowGroupEngine<ushort>(geometry, set, transposed, grids, source, destination, epilogue));
        var panels = new WeightPanels(geometry, geometry, grids, set, transposed);
        var side = WinogradEngine.BestSide(set, geometry, grids, panels, constantWeights, WinogradSettings.Selected, isNative ? VectorSpeed : 1);
        if (side == 0) return null;
        var arithmetic = new FloatWinograd<ushort>(set, side, geometry.Batch, grids[0], panels, source, destination, epilogue);
        return new BFloat16SingleEngine(new WinogradEngine(set, arithmetic, panels));
    }

    public override long PackedBytes => NativeBuffer.Lines(engine.PackedBytes);

    public override long WorkBytes(int workers) => NativeBuffer.Lines(engine.WorkBytes(workers));

    public override void Pack(Workers workers, float* weights, byte* packed) => engine.Pack(workers, weights, (float*)packed);

    public override void Run(Workers workers, NarrowPointers pointers) => engine.RunPacked(workers, pointers.AsWords());
}
