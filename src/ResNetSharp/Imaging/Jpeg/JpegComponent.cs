namespace ResNetSharp.Imaging.Jpeg;

/// <summary>One colour plane of a JPEG picture.</summary>
internal sealed unsafe class JpegComponent
{
    readonly Scratch planeMemory = new();
    readonly Scratch coefficientMemory = new();
    readonly short[] quantisation = GC.AllocateArray<short>(64, pinned: true);

    public JpegComponent()
    {
        fixed (short* first = quantisation) Quantisation = first;
    }

    /// <summary>The number by which scans name the component.</summary>
    public int Id { get; set; }

    /// <summary>Blocks of the component in an MCU, across.</summary>
    public int Horizontal { get; set; }

    /// <summary>Blocks of the component in an MCU, down.</summary>
    public int Vertical { get; set; }

    /// <summary>The quantisation table the frame names.</summary>
    public int QuantisationIndex { get; set; }

    /// <summary>The quantisation steps, row by row, as they were at the component's first scan.</summary>
    public short* Quantisation { get; }

    /// <summary>Whether a scan has had the component.</summary>
    public bool Scanned { get; set; }

    /// <summary>The component's own size in samples.</summary>
    public int Width { get; set; }

    /// <inheritdoc cref="Width"/>
    public int Height { get; set; }

    /// <summary>Blocks that hold samples.</summary>
    public int BlocksAcross { get; set; }

    /// <inheritdoc cref="BlocksAcross"/>
    public int BlocksDown { get; set; }

    /// <summary>Blocks in a row of memory: whole MCUs.</summary>
    public int StoredBlocksAcross { get; set; }

    /// <inheritdoc cref="StoredBlocksAcross"/>
    public int StoredBlocksDown { get; set; }

    /// <summary>The code of DC coefficients in the current scan.</summary>
    public HuffmanTable DcTable { get; set; } = null!;

    /// <summary>The code of AC coefficients in the current scan.</summary>
    public HuffmanTable AcTable { get; set; } = null!;

    /// <summary>The DC coefficient of the block before.</summary>
    public int Prediction { get; set; }

    /// <summary>The samples.</summary>
    public byte* Plane { get; private set; }

    /// <summary>Samples from one row of memory to the next.</summary>
    public int Stride => StoredBlocksAcross * 8;

    /// <summary>The coefficients of a progressive picture, block after block.</summary>
    public short* Coefficients { get; private set; }

    /// <summary>Makes room for the samples, with any content.</summary>
    public void AllocatePlane() => Plane = planeMemory.Reserve((long)Stride * StoredBlocksDown * 8 + RowBuffers.Slack);

    /// <summary>Makes room for the coefficients, all zero.</summary>
    public void AllocateCoefficients() =>
        Coefficients = (short*)coefficientMemory.ReserveZeroed((long)StoredBlocksAcross * StoredBlocksDown * 64 * sizeof(short));

    /// <summary>Keeps the quantisation steps for this component.</summary>
    public void LatchQuantisation(ushort[] steps)
    {
        for (var i = 0; i < 64; i++) quantisation[i] = (short)steps[i];
    }

    /// <summary>Gives memory of unusual size back.</summary>
    public void Trim()
    {
        planeMemory.Trim();
        coefficientMemory.Trim();
    }
}
