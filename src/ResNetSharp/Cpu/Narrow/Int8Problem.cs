namespace ResNetSharp.Cpu;

/// <summary>
/// A convolution of 8-bit numbers with everything that it needs. For each result, with the sum taken over the kernel's taps and channels,
/// <code>
/// sum   = (source - source zero) x weight                    exactly, in 32 bits; beyond the edges source = source zero
/// value = fma(sum, scale, bias), then fma(residual - residual zero, residual scale, value), then the larger of value and 0 for ReLU
/// </code>
/// in single precision. An 8-bit result is the value rounded to even, plus the destination's zero, cut to 0..255.
/// </summary>
internal sealed unsafe class Int8Problem(ConvolutionGeometry geometry, InstructionSet set)
{
    public ConvolutionGeometry Geometry => geometry;

    public InstructionSet Set => set;

    public byte* Source { get; init; }

    public int SourceZero { get; init; }

    public sbyte* Weights { get; init; }

    public float* Scale { get; init; }

    public float* Bias { get; init; }

    public byte* Residual { get; init; }

    public float ResidualScale { get; init; }

    public int ResidualZero { get; init; }

    public bool Relu { get; init; }

    /// <summary>Where 8-bit results go, or null.</summary>
    public byte* Bytes { get; init; }

    public int Zero { get; init; }

    /// <summary>Where results in single precision go, or null.</summary>
    public float* Floats { get; init; }

    /// <summary>Whether Winograd's algorithm may be used, which changes no bit of the result.</summary>
    public Winograd Winograd { get; init; }

    /// <summary>The smallest value that an 8-bit result can stand for, in units of the result.</summary>
    public float Lowest => Relu ? Math.Max(-Zero, 0) : -Zero;

    /// <summary>The largest one.</summary>
    public float Highest => byte.MaxValue - Zero;

    /// <summary>Makes sure that the numbers describe a convolution of 8-bit numbers.</summary>
    /// <exception cref="ArgumentException">They do not.</exception>
    public void Validate()
    {
        const int LargestProduct = 255 * 128;
        Geometry.Validate();
        CheckZero(SourceZero, nameof(SourceZero));
        CheckZero(ResidualZero, nameof(ResidualZero));
        CheckZero(Zero, nameof(Zero));
        if ((long)Geometry.Taps * Geometry.GroupInChannels > int.MaxValue / LargestProduct)
        {
            throw new ArgumentException($"A sum of {(long)Geometry.Taps * Geometry.GroupInChannels} products of 8-bit numbers may not fit into 32 bits; use single precision for this layer.");
        }
    }

    static void CheckZero(int zero, string name)
    {
        if (zero is < byte.MinValue or > byte.MaxValue) throw new ArgumentException($"{name} is {zero}; a zero point of unsigned 8-bit numbers is from 0 to 255.");
    }
}
