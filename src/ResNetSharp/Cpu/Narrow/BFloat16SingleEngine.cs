namespace ResNetSharp.Cpu;

/// <summary>
/// A bfloat16 convolution by an engine for single precision, where that takes less work. With Winograd's F(4x4, 3x3) it is a quarter of the
/// multiplications, at half of the speed that products of bfloat16 numbers have in vector registers. Transformed numbers are not rounded then:
/// with 8 bits the error would be four times that of direct products. That of F(2x2, 3x3) is less than twice as large, so predictions may round
/// there, and multiply at full speed. In narrow groups every multiplication counts, where those of pairs would meet zeros.
/// </summary>
internal sealed unsafe class BFloat16SingleEngine : NarrowEngine
{
    /// <summary>Channels of a group up to which most products of pairs would meet zeros.</summary>
    const int NarrowChannels = 4;

    /// <summary>How many bfloat16 numbers vectors multiply in the time of one in single precision.</summary>
    const int VectorSpeed = 2;

    readonly ConvolutionEngine engine;

    BFloat16SingleEngine(ConvolutionEngine engine) => this.engine = engine;

    public override string Name => engine.Name;

    /// <summary>The engine for a convolution, or null where another way is expected to be as fast.</summary>
    /// <param name="geometry">The convolution.</param>
    /// <param name="set">The kind of kernels.</param>
    /// <param name="transposed">Whether the input's gradient is computed.</param>
    /// <param name="epilogue">What is done with the results.</param>
    /// <param name="constantWeights">Whether the weights stay.</param>
    /// <param name="winograd">Whether Winograd's algorithm may be used.</param>
    public static BFloat16SingleEngine? TryCreate(
        ConvolutionGeometry geometry, InstructionSet set, bool transposed, TileEpilogue epilogue, bool constantWeights, Winograd winograd)
    {
        var isNative = NarrowArithmetic.HasBFloat16(set);
        var grids = transposed ? TileGrid.Backward(geometry) : TileGrid.Forward(geometry);
        var (source, destination) = transposed ? (geometry.OutputLayout, geometry.InputLayout) : (geometry.InputLayout, geometry.OutputLayout);
        if (isNative ? NarrowGroups.Suits(geometry, set) && geometry.GroupInChannels <= NarrowChannels : NarrowGroups.SuitsPlanes(geometry, set))
            return new BFloat16SingleEngine(new NarrowGroupEngine<ushort>(geometry, set, transposed, grids, source, destination, epilogue));
        var panels = new WeightPanels(geometry, geometry, grids, set, transposed);
        var side = WinogradEngine.BestSide(set, geometry, grids, panels, constantWeights, winograd, isNative ? VectorSpeed : 1);
        if (isNative && constantWeights && !transposed && RoundsTransformed(geometry, set, grids[0], panels, winograd, side))
        {
            var words = geometry with { InChannels = geometry.InChannels / 2, InputPitch = 0 };
            var pairs = new WeightPanels(words, words, TileGrid.Forward(words), set, transposed: false);
            return new BFloat16SingleEngine(new WinogradEngine(set, new BFloat16Winograd(geometry, grids[0], panels, epilogue), pairs));
        }
        if (side == 0) return null;
        var arithmetic = new FloatWinograd<ushort>(set, side, geometry.Batch, grids[0], panels, source, destination, epilogue);
        return new BFloat16SingleEngine(new WinogradEngine(set, arithmetic, panels));
    }

    /// <summary>Whether F(2x2, 3x3) with products of bfloat16 numbers is expected to be faster than what has been found without.</summary>
    static bool RoundsTransformed(ConvolutionGeometry g, InstructionSet set, TileGrid grid, WeightPanels panels, Winograd winograd, int side)
    {
        if (!WinogradEngine.Applies(set, g, winograd)) return false;
        if (winograd != Winograd.Auto) return winograd == Winograd.AlwaysSmall;
        var lanes = TileKernel.Lanes(set);
        var costs = WinogradCosts.Of(set);
        var direct = WinogradEngine.DirectCycles(g.Batch, grid, panels, lanes, costs, VectorSpeed);
        var best = side == 0 ? direct : WinogradEngine.Cycles(side, g.Batch, grid, panels, constantWeights: true, lanes, costs);
        return WinogradEngine.Cycles(SmallWinogradTransforms.Tile, g.Batch, grid, panels, constantWeights: true, lanes, costs, VectorSpeed) < costs.WorthItSmall * best;
    }

    public override int MomentBlocks => engine.MomentBlocks;

    public override long PackedBytes => NativeBuffer.Lines(engine.PackedBytes);

    public override long WorkBytes(int workers) => NativeBuffer.Lines(engine.WorkBytes(workers));

    public override void Pack(Workers workers, float* weights, byte* packed) => engine.Pack(workers, weights, (float*)packed);

    public override void Run(Workers workers, NarrowPointers pointers) => engine.RunPacked(workers, pointers.AsWords());
}
