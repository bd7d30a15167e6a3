namespace ResNetSharp.Cpu;

/// <summary>
/// An 8-bit convolution by <see cref="TileProductKernel"/>s. They multiply the source as it is, its zero point not subtracted; the sum of a
/// result's weights times that zero is subtracted afterwards.
/// </summary>
internal sealed unsafe class Int8TileEngine : Int8Engine, IParallelBody
{
    readonly Int8Problem problem;
    readonly TilePanels panels;
    readonly TileProductEngine engine;
    NativeBuffer? packed;
    NativeBuffer? corrections;

    public Int8TileEngine(Int8Problem problem)
    {
        this.problem = problem;
        var geometry = problem.Geometry;
        var joint = JointGroups.Join(geometry, TileProductKernel.PanelResults);
        var grids = TileGrid.Forward(geometry);
        var (source, destination) = (geometry.InputLayout, geometry.OutputLayout);
        var groupPanels = (joint.GroupOutChannels + TileProductKernel.PanelResults - 1) / TileProductKernel.PanelResults;
        TileSource[] sources =
            [.. grids.Select(grid => TileSource.Create(grid, geometry.Batch, source, joint.GroupInChannels, sizeof(byte), (byte)problem.SourceZero, groupPanels))];
        panels = new TilePanels(geometry, joint, grids, sources, transposed: false, sizeof(byte));
        var type = problem.Bytes == null ? NarrowType.Int8ToFloat : NarrowType.Int8;
        var shape = new TileProductShape(problem.Set == InstructionSet.Amx, type, 1, problem.Bias != null, problem.Residual != null, problem.Relu);
        engine = new TileProductEngine(geometry.Batch, grids, sources, panels, destination, shape, accumulate: false);
    }

    public override long ScratchBytes(int workers) => engine.WorkBytes(workers);

    public override void Invalidate() => packed = null;

    public override void Run(Workers workers, byte* scratch)
    {
        if (packed is null || corrections is null)
        {
            packed = new NativeBuffer(panels.Bytes);
            corrections = new NativeBuffer(problem.Geometry.OutChannels * sizeof(int));
            workers.Run(this, panels.Panels);
        }
        TileProductArguments arguments = default;
        arguments.Source = problem.Source;
        arguments.Weights = packed.Pointer;
        arguments.Destination = problem.Bytes == null ? (byte*)problem.Floats : problem.Bytes;
        arguments.Residual = problem.Residual;
        arguments.Bias = problem.Bias;
        arguments.Scale = problem.Scale;
        arguments.Correction = (int*)corrections.Pointer;
        arguments.ResidualScale = problem.ResidualScale;
        arguments.ResidualZero = problem.ResidualZero;
        arguments.Lowest = problem.Lowest;
        arguments.Highest = problem.Highest;
        arguments.Zero = problem.Zero;
        engine.Run(workers, arguments, scratch);
    }

    /// <summary>Packs a panel.</summary>
    void IParallelBody.Execute(int part, int worker)
    {
        var sums = stackalloc int[TileProductKernel.PanelResults];
        panels.Pack(problem.Weights, part, packed!.Pointer + part * panels.PanelBytes, sums);
        var first = panels.Group(part) * panels.Results + panels.First(part);
        for (var n = 0; n < panels.Used(part); n++) ((int*)corrections!.Pointer)[first + n] = -problem.SourceZero * sums[n];
    }
}
