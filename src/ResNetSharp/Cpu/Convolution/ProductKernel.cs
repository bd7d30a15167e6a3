using System.Runtime.InteropServices;

namespace ResNetSharp.Cpu;

/// <summary>What a <see cref="ProductKernel"/> works on. The order of the fields is known to the generated code.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct ProductArguments
{
    /// <summary>The input: for each pixel the channels of the tile.</summary>
    public byte* Input;

    /// <summary>The gradients of the output: for each pixel the channels of the panel, filled up with zeros where the panel is not full.</summary>
    public byte* Gradient;

    /// <summary>
    /// For each pair of pixels the distance in bytes from <see cref="Input"/> and that from <see cref="Gradient"/>; then <see cref="ProductKernel.PairsAhead"/>
    /// others. Unused where pairs are evenly spaced.
    /// </summary>
    public int* Offsets;

    /// <summary>Pairs of one image.</summary>
    public long Pixels;

    /// <summary>Images, at least one.</summary>
    public long Images;

    /// <summary>Bytes from one input image to the next.</summary>
    public long InputImageBytes;

    /// <summary>Bytes from one image of output gradients to the next.</summary>
    public long GradientImageBytes;

    /// <summary>Where the sums go: a row for each input channel.</summary>
    public byte* Sums;

    /// <summary>Bytes from one row of sums to the next.</summary>
    public long SumsRowBytes;

    /// <summary>Memory that will be needed soon: one cache line a pair is fetched on the way.</summary>
    public byte* Ahead;

    /// <summary>Not zero if the sums are added to what is there.</summary>
    public long Accumulate;
}

/// <summary>What a <see cref="ProductKernel"/> is specialised for.</summary>
/// <param name="Set">The kind of code.</param>
/// <param name="Rows">Input channels in the tile.</param>
/// <param name="Vectors">Registers across the panel of output channels.</param>
/// <param name="TailLanes">Channels in the last register that are written.</param>
/// <param name="IsPacked">Whether pixels are packed; otherwise they lie among their other channels, and are fetched before they are wanted.</param>
/// <param name="Spacing">How far apart pairs are that are packed one after the other; null where <see cref="ProductArguments.Offsets"/> tells.</param>
internal readonly record struct ProductShape(InstructionSet Set, int Rows, int Vectors, int TailLanes, bool IsPacked, PairSpacing? Spacing);

/// <summary>Distances between neighbouring pairs of pixels.</summary>
/// <param name="Input">Numbers from an input pixel to the next.</param>
/// <param name="Gradient">Numbers from an output pixel's gradient to the next.</param>
internal readonly record struct PairSpacing(int Input, int Gradient);

/// <summary>
/// The inner loop of weight gradients: sums the products of every input channel of a tile with every output gradient of a panel over a
/// list of pixels, with all sums in registers.
/// </summary>
internal abstract unsafe class ProductKernel
{
    /// <summary>How many pairs before it is wanted a pixel that is not packed is fetched into the first-level cache.</summary>
    public const int PairsAhead = 4;

    /// <summary>Adds up.</summary>
    public abstract void Run(ProductArguments* arguments);

    /// <summary>The kernel for a shape.</summary>
    public static ProductKernel Create(ProductShape shape) =>
        shape.Set == InstructionSet.Portable ? new PortableProductKernel(shape) : new GeneratedProductKernel(shape);

    /// <summary>Input channels in the largest tile with a number of registers across the panel.</summary>
    public static int MaxTileRows(InstructionSet set, int vectors) => (set, vectors) switch
    {
        (InstructionSet.Portable, _) => PortableProductKernel.MaxRows,
        (InstructionSet.Avx2, 1) => 12,
        (InstructionSet.Avx2, _) => 6,
        (_, 1) => 28,
        _ => 14,
    };
}
