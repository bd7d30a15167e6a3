using System.Runtime.InteropServices;

namespace ResNetSharp.Cpu;

/// <summary>What a <see cref="TileKernel"/> works on. The order of the fields is known to the generated code.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct TileArguments
{
    /// <summary>The image that <see cref="SourceOffsets"/> count from.</summary>
    public byte* Source;

    /// <summary>For each tile, tap and row the distance in bytes of a pixel from <see cref="Source"/>, or -1 for one of zeros.</summary>
    public int* SourceOffsets;

    /// <summary>A pixel of zeros.</summary>
    public byte* Zeros;

    /// <summary>The weights of one panel of output channels: for each tap and input channel as many numbers as the panel is wide.</summary>
    public float* Weights;

    /// <summary>The place that <see cref="DestinationOffsets"/> count from: the panel's first channel.</summary>
    public byte* Destination;

    /// <summary>For each tile and row the distance in bytes of a pixel from <see cref="Destination"/> (and from <see cref="Residual"/>).</summary>
    public int* DestinationOffsets;

    /// <summary>What is added to each channel of the panel.</summary>
    public float* Bias;

    /// <summary>What is added to each number; laid out like <see cref="Destination"/>, and may be the same.</summary>
    public byte* Residual;

    /// <summary>How many tiles to compute.</summary>
    public long Tiles;

    /// <summary>How many pixels of the source go into one of the destination.</summary>
    public long Taps;

    /// <summary>Bytes of weights in the unrolled part of one tap; see <see cref="TileKernel.Unroll"/>.</summary>
    public long MainBytes;

    /// <summary>Input channels of one tap.</summary>
    public long Channels;

    /// <summary>Weights that will be needed soon; see <see cref="TileShape.AheadLines"/>.</summary>
    public byte* Ahead;

    /// <summary>What the sums of each channel of the panel are multiplied with; 8-bit numbers only.</summary>
    public float* Scale;

    /// <summary>The layer's <see cref="Int8Constants"/>; 8-bit numbers only.</summary>
    public byte* Constants;

    /// <summary>What the sum of each channel of the panel begins with; sums of <see cref="TileNumbers.QuadsToBytes"/> and <see cref="TileNumbers.QuadsToSingle"/> only.</summary>
    public int* Correction;

    /// <summary>For each channel of the panel what is subtracted from the results that are added up; see <see cref="TileShape.Moments"/>.</summary>
    public float* Expected;

    /// <summary>The sum of each channel of the panel.</summary>
    public float* Moments;

    /// <summary>The bytes from there to the sums of squares.</summary>
    public long SquaresBytes;

    /// <summary>What the sums begin with; see <see cref="TileShape.Starts"/>.</summary>
    public byte* Start;

    /// <summary>What is added to that.</summary>
    public byte* SecondStart;
}

/// <summary>What the words of a <see cref="TileKernel"/>'s source and weights are.</summary>
internal enum TileNumbers
{
    /// <summary>Numbers in single precision, as the results.</summary>
    Single,

    /// <summary>Pairs of 16-bit integers; results are 8-bit numbers as <see cref="Int8Problem"/> has them.</summary>
    PairsToBytes,

    /// <summary>Pairs of 16-bit integers; results are in single precision as <see cref="Int8Problem"/> has them.</summary>
    PairsToSingle,

    /// <summary>Pairs of 16-bit integers; results are the sums in 32 bits.</summary>
    PairsToSums,

    /// <summary>An unsigned and a signed 8-bit number, four times; results are 8-bit numbers as <see cref="Int8Problem"/> has them.</summary>
    QuadsToBytes,

    /// <summary>The same; results are in single precision as <see cref="Int8Problem"/> has them.</summary>
    QuadsToSingle,

    /// <summary>Numbers in single precision; results, and what is added to them, are bfloat16.</summary>
    SingleToBFloat16,

    /// <summary>Pairs of bfloat16 numbers; sums are in single precision, and results bfloat16.</summary>
    BFloat16Pairs,

    /// <summary>Pairs of bfloat16 numbers; results are the sums in single precision.</summary>
    BFloat16PairsToSums,
}

/// <summary>What a <see cref="TileKernel"/> is specialised for.</summary>
/// <param name="Set">The kind of code.</param>
/// <param name="Rows">Pixels in a tile.</param>
/// <param name="Vectors">Registers across the panel of output channels.</param>
/// <param name="TailLanes">Channels in the last of these registers that are written.</param>
/// <param name="Channels">Input channels of one tap.</param>
/// <param name="Padding">Whether some offsets may be -1.</param>
/// <param name="Bias">Whether a bias is added.</param>
/// <param name="Residual">Whether other numbers are added.</param>
/// <param name="Relu">Whether negative results become zero.</param>
internal sealed record TileShape(
    InstructionSet Set, int Rows, int Vectors, int TailLanes, int Channels, bool Padding, bool Bias, bool Residual, bool Relu)
{
    /// <summary>Cache lines at <see cref="TileArguments.Ahead"/> that one turn of the loop fetches, for tiles of up to <see cref="TileKernel.MaxFetchingRows"/>.</summary>
    public int AheadLines { get; init; }

    /// <summary>What is multiplied, and what becomes of the sums.</summary>
    public TileNumbers Numbers { get; init; }

    /// <summary>Whether an instruction rounds results to bfloat16 (AVX512-BF16); otherwise integer arithmetic does.</summary>
    public bool RoundsByInstruction { get; init; } = Set >= InstructionSet.Avx512 && NarrowArithmetic.HasVectorBFloat16;

    /// <summary>Whether the differences of the results from <see cref="TileArguments.Expected"/>, and their squares, are added to sums; see <see cref="ResultMoments"/>.</summary>
    public bool Moments { get; init; }

    /// <summary>
    /// From how many other sums, zero to two, those of a tile begin: tile after tile, with the rows of a tile one after the other, each as
    /// wide as the panel. In single precision, and for full panels, only.
    /// </summary>
    public int Starts { get; init; }

    /// <summary>
    /// Whether results are written past the caches, except those of registers that are written in part; see <see cref="TileEpilogue.Streams"/>.
    /// Other threads see them after the next interlocked operation, such as workers end their parts with.
    /// </summary>
    public bool Streams { get; init; }
}

/// <summary>
/// The inner loop of convolutions and matrix products: keeps a tile of rows x vectors sums in registers, takes its input straight from
/// the pixels of a channels-last image through a table of distances, and its weights from a packed panel. For each row and channel
/// output = sum over taps and input channels (source x weight) + bias + residual, added up in this one order whatever the tile.
/// </summary>
internal abstract unsafe class TileKernel
{
    /// <summary>Input channels in one turn of the generated loop.</summary>
    public const int Unroll = 8;

    /// <summary>Most pixels of a tile whose kernel fetches weights ahead, for which it needs a register.</summary>
    public const int MaxFetchingRows = 13;

    /// <summary>Computes tiles.</summary>
    public abstract void Run(TileArguments* arguments);

    /// <summary>The kernel for a shape.</summary>
    public static TileKernel Create(TileShape shape) =>
        shape.Set == InstructionSet.Portable ? new PortableTileKernel(shape) : new GeneratedTileKernel(shape);

    /// <summary>Numbers in one register.</summary>
    public static int Lanes(InstructionSet set) => set switch
    {
        InstructionSet.Portable => System.Numerics.Vector<float>.Count,
        InstructionSet.Avx2 => 8,
        _ => 16,
    };

    /// <summary>Registers across a full panel.</summary>
    public static int PanelVectors(InstructionSet set, int channels) =>
        set != InstructionSet.Portable && channels <= Lanes(set) ? 1 : 2;

    /// <summary>Pixels in the largest tile with a number of registers across the panel.</summary>
    public static int MaxTileRows(InstructionSet set, int vectors) => (set, vectors) switch
    {
        (InstructionSet.Portable, _) => PortableTileKernel.MaxRows,
        (InstructionSet.Avx2, 1) => 12,
        (InstructionSet.Avx2, _) => 6,
        _ => 14,
    };
}
