namespace ResNetSharp.Cpu;

/// <summary>A bfloat16 convolution by <see cref="TileProductKernel"/>s.</summary>
internal sealed unsafe class BFloat16TileEngine : NarrowEngine, IParallelBody
{
    readonly TilePanels panels;
    readonly TileProductEngine engine;
    readonly TileEpilogue epilogue;
    float* weights;
    byte* packed;

    public BFloat16TileEngine(
        ConvolutionGeometry geometry, InstructionSet set, bool transposed, TileEpilogue epilogue, NormalizedRows<ushort>? normalization)
    {
        this.epilogue = epilogue;
        var joint = JointGroups.Join(geometry, TileProductKernel.PanelResults);
        var grids = transposed ? TileGrid.Backward(geometry) : TileGrid.Forward(geometry);
        var (source, destination) = transposed ? (geometry.OutputLayout, geometry.InputLayout) : (geometry.InputLayout, geometry.OutputLayout);
        var (channels, results) = transposed ? (joint.GroupOutChannels, joint.GroupInChannels) : (joint.GroupInChannels, joint.GroupOutChannels);
        var groupPanels = (results + TileProductKernel.PanelResults - 1) / TileProductKernel.PanelResults;
        TileSource[] sources = normalization is not null
            ? [new NormalizedSource(grids[0], source, channels, normalization)]
            : [.. grids.Select(grid => TileSource.Create(grid, geometry.Batch, source, channels, sizeof(ushort), 0, groupPanels))];
        panels = new TilePanels(geometry, joint, grids, sources, transposed, sizeof(ushort));
        var shape = new TileProductShape(
            set == InstructionSet.Amx, NarrowType.BFloat16, 1, epilogue.Bias, epilogue.Residual || epilogue.Accumulate, epilogue.Relu);
        engine = new TileProductEngine(geometry.Batch, grids, sources, panels, destination, shape, epilogue.Accumulate);
    }

    public override long PackedBytes => panels.Bytes;

    public override long WorkBytes(int workers) => engine.WorkBytes(workers);

    public override void Pack(Workers workers, float* weights, byte* packed)
    {
        this.weights = weights;
        this.packed = packed;
        workers.Run(this, panels.Panels);
    }

    public override void Run(Workers workers, NarrowPointers pointers)
    {
        TileProductArguments arguments = default;
        arguments.Source = pointers.Source;
        arguments.Weights = pointers.Packed;
        arguments.Destination = pointers.Destination;
        arguments.Residual = epilogue.Accumulate ? pointers.Destination : pointers.Residual;
        arguments.Bias = pointers.Bias;
        engine.Run(workers, arguments, pointers.Work);
    }

    void IParallelBody.Execute(int part, int worker) => panels.Pack(weights, part, packed + part * panels.PanelBytes);
}
