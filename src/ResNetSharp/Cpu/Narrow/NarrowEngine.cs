namespace ResNetSharp.Cpu;

/// <summary>The memory of one run of a <see cref="NarrowEngine"/>.</summary>
internal unsafe struct NarrowPointers
{
    public byte* Source;
    public byte* Destination;
    public byte* Residual;
    public float* Bias;

    /// <summary>What is subtracted from the results that are added up; see <see cref="ResultMoments.Start"/>.</summary>
    public float* Expected;

    /// <summary>Where they are added up.</summary>
    public float* Moments;

    /// <summary>The weights as <see cref="NarrowEngine.Pack"/> has left them.</summary>
    public byte* Packed;

    /// <summary>Scratch memory.</summary>
    public byte* Work;

    /// <summary>The same for engines that take words of any kind for single-precision numbers.</summary>
    public readonly ConvolutionPointers AsWords() => new()
    {
        Source = (float*)Source,
        Destination = (float*)Destination,
        Residual = (float*)Residual,
        Bias = Bias,
        Expected = Expected,
        Moments = Moments,
        Packed = (float*)Packed,
        Work = Work,
    };
}

/// <summary>A way to compute a convolution of bfloat16 images, or its input's gradient.</summary>
internal abstract unsafe class NarrowEngine
{
    /// <summary>The name of the algorithm.</summary>
    public virtual string Name => "direct";

    /// <summary>Bytes of the weights as the engine wants them.</summary>
    public abstract long PackedBytes { get; }

    /// <summary>Bytes of scratch memory of a run beyond the weights; a multiple of 64.</summary>
    public abstract long WorkBytes(int workers);

    /// <summary>Blocks of results that are added up, see <see cref="ResultMoments"/>; none where that is not wanted, or not possible.</summary>
    public virtual int MomentBlocks => 0;

    /// <summary>Rounds the weights and brings them into the form that the engine wants.</summary>
    public abstract void Pack(Workers workers, float* weights, byte* packed);

    /// <summary>Computes with weights that <see cref="Pack"/> has brought into form.</summary>
    public abstract void Run(Workers workers, NarrowPointers pointers);

    /// <summary>The fastest engine for a convolution.</summary>
    public static NarrowEngine Create(
        ConvolutionGeometry geometry, InstructionSet set, bool transposed, TileEpilogue epilogue, bool constantWeights,
        NormalizedRows<ushort>? normalization = null, Winograd? winograd = null)
    {
        if (normalization is null && set != InstructionSet.Amx)
        {
            var single = BFloat16SingleEngine.TryCreate(geometry, set, transposed, epilogue, constantWeights, winograd ?? WinogradSettings.Selected);
            if (single is not null) return single;
        }
        if (BFloat16PairEngine.Suits(geometry, set, transposed, normalization is not null))
            return new BFloat16PairEngine(geometry, transposed, epilogue, constantWeights, normalization);
        return NarrowArithmetic.HasBFloat16(set)
            ? new BFloat16TileEngine(geometry, set, transposed, epilogue, normalization)
            : new WideningTileEngine(geometry, set, transposed, epilogue, normalization);
    }
}
