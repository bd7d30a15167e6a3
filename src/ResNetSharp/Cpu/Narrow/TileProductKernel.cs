using System.Runtime.InteropServices;
using ResNetSharp.Cpu.Jit;

namespace ResNetSharp.Cpu;

/// <summary>The kinds of numbers that a <see cref="TileProductKernel"/> multiplies.</summary>
internal enum NarrowType
{
    /// <summary>Source, weights and results are bfloat16; sums are single precision.</summary>
    BFloat16,

    /// <summary>The source is unsigned, the weights are signed 8-bit numbers; sums have 32 bits, results 8.</summary>
    Int8,

    /// <summary>As <see cref="Int8"/>, with results in single precision.</summary>
    Int8ToFloat,
}

/// <summary>What a <see cref="TileProductKernel"/> works on. The names of the fields are known to the generated code.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct TileProductArguments
{
    /// <summary>The first row: 64 bytes of numbers for each step, at <see cref="StepOffsets"/>. Whole tiles of rows must be readable.</summary>
    public byte* Source;

    /// <summary>Bytes from one row to the next.</summary>
    public long SourcePitch;

    /// <summary>For each step the distance in bytes from the start of a row.</summary>
    public int* StepOffsets;

    /// <summary>Steps.</summary>
    public long Steps;

    /// <summary>The panel of weights; see <see cref="TilePanels"/>.</summary>
    public byte* Weights;

    /// <summary>Rows; more than none.</summary>
    public long Rows;

    /// <summary>For each row the distance in numbers of its results from <see cref="Destination"/>, or -1 for a row that is dropped.</summary>
    public int* DestinationOffsets;

    public byte* Destination;

    /// <summary>What is added to the results, from where <see cref="DestinationOffsets"/> count for it.</summary>
    public byte* Residual;

    /// <summary>For each result.</summary>
    public float* Bias;

    /// <summary>For each result; 8-bit numbers only.</summary>
    public float* Scale;

    /// <summary>What is added to each sum; 8-bit numbers only.</summary>
    public int* Correction;

    /// <summary>Room for <see cref="TileProductKernel.SumsBytes"/>.</summary>
    public byte* Sums;

    /// <summary>Room for as much again; the tile kernel finishes one block's sums while it makes the next.</summary>
    public byte* NextSums;

    /// <summary>Weights that are wanted next, of which each step asks for some lines; moves on.</summary>
    public byte* Fetched;

    /// <summary>One bit for each result that exists.</summary>
    public long Mask;

    public float ResidualScale;

    public int ResidualZero;

    public float Lowest;

    public float Highest;

    public int Zero;

    /// <summary>The layout of the matrix tiles.</summary>
    public byte* TileLayout;
}

/// <summary>What a <see cref="TileProductKernel"/> is specialised for.</summary>
/// <param name="Tiles">Whether matrix tiles are used, or vector registers.</param>
/// <param name="Type">The numbers.</param>
/// <param name="Columns">Sixteens of results: 1 or 2.</param>
/// <param name="Bias">Whether a bias is added.</param>
/// <param name="Residual">Whether other numbers are added.</param>
/// <param name="Relu">Whether negative results become zero; for 8-bit results the limits say it.</param>
/// <param name="FetchedLines">Cache lines that the tile kernel asks for in each step for the second-level cache.</param>
internal readonly record struct TileProductShape(bool Tiles, NarrowType Type, int Columns, bool Bias, bool Residual, bool Relu, int FetchedLines = 0);

/// <summary>
/// The inner loop of products of narrow numbers: rows at a constant pitch times a panel of packed weights, 32 rows x 32 results at a time.
/// The sums pass through memory that stays in the first-level cache, and leave it as results.
/// </summary>
internal sealed unsafe class TileProductKernel(TileProductShape shape)
{
    /// <summary>Rows, and results, of a tile.</summary>
    public const int Side = 16;

    /// <summary>Rows that are computed together.</summary>
    public const int BlockRows = 2 * Side;

    /// <summary>Results in a full panel.</summary>
    public const int PanelResults = 2 * Side;

    /// <summary>Bytes of a row in one step.</summary>
    public const int StepBytes = 64;

    /// <summary>Bytes of weights of one step for sixteen results.</summary>
    public const int TileBytes = Side * StepBytes;

    /// <summary>Bytes for the sums of a block.</summary>
    public const int SumsBytes = BlockRows * PanelResults * sizeof(float);

    static readonly CodeCache<TileProductShape> cache = new(key => new TileProductGenerator(key).Generate());

    static readonly NativeBuffer fullTiles = MakeTileLayout();

    /// <summary>The layout of eight full tiles; it lives as long as the process.</summary>
    public static byte* TileLayout => fullTiles.Pointer;

    readonly ExecutableMemory code = cache.Get(shape);

    /// <summary>Computes.</summary>
    public void Run(TileProductArguments* arguments)
    {
        arguments->TileLayout = TileLayout;
        ((delegate* unmanaged<TileProductArguments*, void>)code.Address)(arguments);
        GC.KeepAlive(this);
    }

    /// <summary>Eight tiles of 16 rows of 64 bytes: palette 1, then from byte 16 the widths and from byte 48 the heights.</summary>
    static NativeBuffer MakeTileLayout()
    {
        const int Count = 8, Widths = 16, Heights = 48;
        var layout = new NativeBuffer(NativeBuffer.Alignment);
        layout.Pointer[0] = 1;
        for (var i = 0; i < Count; i++)
        {
            ((ushort*)(layout.Pointer + Widths))[i] = StepBytes;
            layout.Pointer[Heights + i] = Side;
        }
        return layout;
    }
}
