namespace ResNetSharp.Cpu;

/// <summary>The shape of a two-dimensional convolution over channels-last images. A dense layer over N rows is a 1x1 convolution over one image of N x 1 pixels.</summary>
internal sealed record ConvolutionGeometry(
    int Batch,
    int InHeight,
    int InWidth,
    int InChannels,
    int OutChannels,
    int KernelHeight = 1,
    int KernelWidth = 1,
    int StrideHeight = 1,
    int StrideWidth = 1,
    int PadTop = 0,
    int PadBottom = 0,
    int PadLeft = 0,
    int PadRight = 0,
    int DilationHeight = 1,
    int DilationWidth = 1,
    int Groups = 1)
{
    /// <summary>Numbers from one input pixel to the next; 0 for as many as there are channels.</summary>
    public int InputPitch { get; init; }

    /// <summary>Numbers from one output pixel to the next; 0 for as many as there are channels.</summary>
    public int OutputPitch { get; init; }

    /// <summary>How the input lies in memory.</summary>
    public ImageLayout InputLayout => ImageLayout.Dense(InHeight, InWidth, InputPitch > 0 ? InputPitch : InChannels);

    /// <summary>How the output lies in memory.</summary>
    public ImageLayout OutputLayout => ImageLayout.Dense(OutHeight, OutWidth, OutputPitch > 0 ? OutputPitch : OutChannels);

    /// <summary>Rows of the output.</summary>
    public int OutHeight => Extent(InHeight, PadTop + PadBottom, KernelHeight, DilationHeight, StrideHeight);

    /// <summary>Columns of the output.</summary>
    public int OutWidth => Extent(InWidth, PadLeft + PadRight, KernelWidth, DilationWidth, StrideWidth);

    /// <summary>Input channels that one output channel sees.</summary>
    public int GroupInChannels => InChannels / Groups;

    /// <summary>Output channels of one group.</summary>
    public int GroupOutChannels => OutChannels / Groups;

    /// <summary>Kernel positions.</summary>
    public int Taps => KernelHeight * KernelWidth;

    /// <summary>Whether each result comes from one pixel alone.</summary>
    public bool IsPointwise => this is { Taps: 1, PadTop: 0, PadBottom: 0, PadLeft: 0, PadRight: 0 };

    /// <summary>Whether that is the pixel at its own place.</summary>
    public bool IsPixelwise => this is { IsPointwise: true, StrideHeight: 1, StrideWidth: 1 };

    /// <summary>Multiplications with an addition, those with padding included; twice this is the usual count of floating-point operations.</summary>
    public long MultiplyAdds => (long)Batch * OutHeight * OutWidth * OutChannels * Taps * GroupInChannels;

    public long InputLength => (long)Batch * InHeight * InWidth * InChannels;

    public long OutputLength => (long)Batch * OutHeight * OutWidth * OutChannels;

    public long WeightLength => (long)Taps * GroupInChannels * OutChannels;

    /// <summary>The geometry of a product of a rows x inner by an inner x columns matrix.</summary>
    public static ConvolutionGeometry Product(int rows, int inner, int columns) => new(1, rows, 1, inner, columns);

    /// <summary>The same over padded images in which all that a row of the kernel sees is one pixel with a number of words.</summary>
    public ConvolutionGeometry OfKernelRows(int words) => this with
    {
        InHeight = InHeight + PadTop + PadBottom,
        InWidth = OutWidth,
        InChannels = words,
        InputPitch = 0,
        KernelWidth = 1,
        StrideWidth = 1,
        PadTop = 0,
        PadBottom = 0,
        PadLeft = 0,
        PadRight = 0,
    };

    /// <summary>Makes sure that the numbers describe a convolution.</summary>
    /// <exception cref="ArgumentException">They do not.</exception>
    public void Validate()
    {
        Check(Batch >= 0 && InHeight > 0 && InWidth > 0 && InChannels > 0 && OutChannels > 0, "extents must be positive");
        Check(KernelHeight > 0 && KernelWidth > 0 && StrideHeight > 0 && StrideWidth > 0, "kernel and stride must be positive");
        Check(DilationHeight > 0 && DilationWidth > 0, "dilation must be positive");
        Check(PadTop >= 0 && PadBottom >= 0 && PadLeft >= 0 && PadRight >= 0, "padding must not be negative");
        Check(Groups > 0 && InChannels % Groups == 0 && OutChannels % Groups == 0, "groups must divide the input and the output channels");
        Check(OutHeight > 0 && OutWidth > 0, "the dilated kernel must fit into the padded input");
        Check(InputPitch == 0 || InputPitch >= InChannels, "pixels must not overlap");
        Check(OutputPitch == 0 || OutputPitch >= OutChannels, "pixels must not overlap");
    }

    void Check(bool condition, string rule)
    {
        if (!condition) throw new ArgumentException($"Not a convolution: {rule}, but the geometry is {this}.");
    }

    static int Extent(int size, int padding, int kernel, int dilation, int stride)
    {
        var room = size + padding - dilation * (kernel - 1) - 1;
        return room < 0 ? 0 : room / stride + 1;
    }
}
