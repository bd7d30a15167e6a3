namespace ResNetSharp.Cpu;

/// <summary>The memory of one run of a <see cref="ConvolutionEngine"/>.</summary>
internal unsafe struct ConvolutionPointers
{
    public float* Source;
    public float* Weights;
    public float* Destination;
    public float* Bias;
    public float* Residual;

    /// <summary>See <see cref="TileArguments.Scale"/>.</summary>
    public float* Scale;

    /// <summary>See <see cref="TileArguments.Constants"/>.</summary>
    public byte* Constants;

    /// <summary>See <see cref="TileArguments.Correction"/>.</summary>
    public int* Correction;

    /// <summary>What is subtracted from the results that are added up; see <see cref="ResultMoments.Start"/>.</summary>
    public float* Expected;

    /// <summary>Where they are added up.</summary>
    public float* Moments;

    /// <summary>The weights as the engine wants them: filled by it, or before by <see cref="ConvolutionEngine.Pack"/>.</summary>
    public float* Packed;

    /// <summary>Scratch memory.</summary>
    public byte* Work;
}

/// <summary>A way to compute a convolution's output or its input's gradient.</summary>
internal abstract unsafe class ConvolutionEngine
{
    /// <summary>The name of the algorithm.</summary>
    public string Name => this switch { WinogradEngine => "winograd", StrassenEngine => "strassen", _ => "direct" };

    /// <summary>Bytes of the weights as the engine wants them.</summary>
    public abstract long PackedBytes { get; }

    /// <summary>Bytes of scratch memory of a run beyond the weights.</summary>
    public abstract long WorkBytes(int workers);

    /// <summary>Blocks of results that are added up, see <see cref="ResultMoments"/>; none where that is not wanted.</summary>
    public abstract int MomentBlocks { get; }

    /// <summary>Brings the weights into the form that the engine wants.</summary>
    public abstract void Pack(Workers workers, float* weights, float* packed);

    /// <summary>Computes with weights that <see cref="Pack"/> has brought into form.</summary>
    public abstract void RunPacked(Workers workers, ConvolutionPointers pointers);

    /// <summary>Computes with weights as the network holds them.</summary>
    public virtual void Run(Workers workers, ConvolutionPointers pointers)
    {
        Pack(workers, pointers.Weights, pointers.Packed);
        RunPacked(workers, pointers);
    }

    /// <summary>The fastest engine for a convolution; of a 1x1 kernel that moves pixel by pixel where its source is to be normalized first.</summary>
    public static ConvolutionEngine Create(
        ConvolutionGeometry geometry, InstructionSet set, bool transposed, TileEpilogue epilogue, bool constantWeights, Winograd winograd, Strassen strassen,
        NormalizedRows<float>? normalization = null)
    {
        var grids = transposed ? TileGrid.Backward(geometry) : TileGrid.Forward(geometry);
        var (source, destination) = transposed ? (geometry.OutputLayout, geometry.InputLayout) : (geometry.InputLayout, geometry.OutputLayout);
        if (normalization is not null) return new TileEngine(set, geometry.Batch, grids, new WeightPanels(geometry, geometry, grids, set, transposed), source, destination, epilogue, new NormalizedPixels<float, float>(normalization, source.PixelPitch));
        if (NarrowGroups.SuitsPlanes(geometry, set)) return new NarrowGroupEngine<float>(geometry, set, transposed, grids, source, destination, epilogue);
        var panels = new WeightPanels(geometry, JointGroups.Join(geometry, set), grids, set, transposed);
        if (StrassenEngine.Suits(set, geometry, grids, panels, strassen)) return new StrassenEngine(set, geometry.Batch, grids[0], panels, source, destination, epilogue);
        var side = WinogradEngine.BestSide(set, geometry, grids, panels, constantWeights, winograd);
        return side > 0
            ? new WinogradEngine(set, new FloatWinograd<float>(set, side, geometry.Batch, grids[0], panels, source, destination, epilogue), panels)
            : new TileEngine(set, geometry.Batch, grids, panels, source, destination, epilogue);
    }
}
