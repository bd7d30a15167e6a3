namespace ResNetSharp.Cpu;

/// <summary>
/// An 8-bit convolution in vector registers that multiply bytes. A word is four channels of the image as it lies in memory, and a
/// <see cref="TileEngine"/> takes such words for single-precision numbers, since it only moves them.
/// </summary>
internal sealed unsafe class Int8QuadEngine : Int8Engine
{
    const int Quad = 4;

    readonly Int8Problem problem;
    readonly TileEngine engine;
    readonly QuadRows? rows;
    readonly NativeBuffer constants;
    NativeBuffer? packed;
    NativeBuffer? corrections;

    public Int8QuadEngine(Int8Problem problem)
    {
        this.problem = problem;
        var geometry = problem.Geometry;
        rows = geometry.GroupInChannels % Quad == 0 ? null : new QuadRows(geometry, problem.SourceZero);
        var words = rows?.Words ?? geometry with { InChannels = geometry.InChannels / Quad };
        var grids = TileGrid.Forward(words);
        var panels = new WeightPanels(words, JointGroups.Join(words, problem.Set), grids, problem.Set, transposed: false);
        var epilogue = new TileEpilogue(problem.Bias != null, problem.Residual != null, problem.Relu);
        var numbers = problem.Bytes == null ? TileNumbers.QuadsToSingle : TileNumbers.QuadsToBytes;
        engine = new TileEngine(problem.Set, geometry.Batch, grids, panels, rows?.Layout ?? words.InputLayout, geometry.OutputLayout, epilogue, null, numbers, (byte)problem.SourceZero);
        constants = Int8Constants.Of(problem);
    }

    /// <summary>Whether the registers multiply bytes, and channels come in fours or are few.</summary>
    public static bool Suits(Int8Problem problem) =>
        (problem.Set is InstructionSet.Avx512 or InstructionSet.Avx512BFloat16 ? NarrowArithmetic.HasVectorInt8 : problem.Set == InstructionSet.Avx2 && NarrowArithmetic.HasAvxVnni)
        && (problem.Geometry.GroupInChannels % Quad == 0 || QuadRows.Suits(problem.Geometry));

    public override long ScratchBytes(int workers) => (rows?.Bytes ?? 0) + engine.WorkBytes(workers);

    public override void Invalidate() => packed = null;

    public override void Run(Workers workers, byte* scratch)
    {
        if (packed is null || corrections is null) Pack(workers);
        rows?.Run(workers, problem.Source, scratch);
        engine.RunPacked(workers, new ConvolutionPointers
        {
            Source = (float*)(rows is null ? problem.Source : scratch),
            Destination = problem.Bytes == null ? problem.Floats : (float*)problem.Bytes,
            Bias = problem.Bias,
            Residual = (float*)problem.Residual,
            Scale = problem.Scale,
            Constants = constants.Pointer,
            Correction = (int*)corrections!.Pointer,
            Packed = (float*)packed!.Pointer,
            Work = scratch + (rows?.Bytes ?? 0),
        });
        GC.KeepAlive(this);
    }

    void Pack(Workers workers)
    {
        var weights = new QuadWeights(problem);
        var result = new NativeBuffer(engine.PackedBytes);
        engine.Pack(workers, (float*)weights.Make(workers).Pointer, (float*)result.Pointer);
        GC.KeepAlive(weights);
        (packed, corrections) = (result, weights.Corrections);
    }
}
