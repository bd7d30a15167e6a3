using System.Runtime.InteropServices;
using ResNetSharp.Cpu.Jit;

namespace ResNetSharp.Cpu;

/// <summary>What a <see cref="PixelSumsKernel"/> works on. The names of the fields are known to the generated code.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct PixelSumsArguments
{
    /// <summary>
    /// Blocks of sixteen rows of 32 numbers, step after step: with tiles what <see cref="PixelTransposer.Transpose"/> makes, with vectors pairs as
    /// <see cref="PixelTransposer.Interleave"/> makes them.
    /// </summary>
    public byte* Rows;

    /// <summary>Bytes to the next sixteen rows.</summary>
    public long RowsPitch;

    /// <summary>Where the distances in <see cref="Distances"/> count from.</summary>
    public byte* Pairs;

    /// <summary>For each sixteen columns where their pairs of numbers begin: what <see cref="PixelTransposer.Interleave"/> makes.</summary>
    public int* Distances;

    /// <summary>How often the columns of the kernel's shape are taken from <see cref="Distances"/>; more than none.</summary>
    public long Blocks;

    /// <summary>Steps of 32 numbers; more than none.</summary>
    public long Steps;

    /// <summary>A block of 16 x 16 sums for each sixteen columns.</summary>
    public byte* Sums;

    /// <summary>Bytes to the sums of the next sixteen rows.</summary>
    public long SumsPitch;

    /// <summary>Whether sums are added to those that are there.</summary>
    public long Accumulate;

    /// <summary>The layout of the matrix tiles.</summary>
    public byte* TileLayout;

    /// <summary>Memory that is wanted next, of which vectors ask for <see cref="PixelSumsKernel.AheadLines"/> lines a step.</summary>
    public byte* Ahead;
}

/// <summary>What a <see cref="PixelSumsKernel"/> is specialised for.</summary>
/// <param name="Tiles">Whether matrix tiles are used, or vector registers.</param>
/// <param name="Rows">Sixteens of rows: 1 or, with tiles, 2.</param>
/// <param name="Columns">Sixteens of columns.</param>
internal readonly record struct PixelSumsShape(bool Tiles, int Rows, int Columns)
{
    /// <summary>The most sixteens of columns that leave room for the operands.</summary>
    public static int MostColumns(bool tiles, int rows) => !tiles || rows == 2 ? 2 : 5;
}

/// <summary>
/// The inner loop of products that are summed over pixels, of bfloat16 numbers. Rows lie step by step, and columns in pairs of pixels, so
/// that all that is read at once is a kilobyte without gaps.
/// </summary>
internal sealed unsafe class PixelSumsKernel(PixelSumsShape shape)
{
    /// <summary>Rows, and columns, of a block of sums.</summary>
    public const int Side = TileProductKernel.Side;

    /// <summary>Bytes of sixteen rows, or columns, for a step.</summary>
    public const int BlockBytes = TileProductKernel.TileBytes;

    /// <summary>See <see cref="PixelSumsArguments.Ahead"/>.</summary>
    public const int AheadLines = 8;

    /// <summary>Pixels of a step.</summary>
    public const int StepPixels = 32;

    static readonly CodeCache<PixelSumsShape> cache = new(key => new PixelSumsGenerator(key).Generate());

    readonly ExecutableMemory code = cache.Get(shape);

    /// <summary>Lines of <see cref="PixelSumsArguments.Ahead"/> that a run asks for.</summary>
    public long LinesAhead(in PixelSumsArguments arguments) => shape.Tiles ? 0 : arguments.Blocks * (Side / PixelSumsGenerator.VectorRows) * arguments.Steps * AheadLines;

    /// <summary>Computes.</summary>
    public void Run(PixelSumsArguments* arguments)
    {
        arguments->TileLayout = TileProductKernel.TileLayout;
        ((delegate* unmanaged<PixelSumsArguments*, void>)code.Address)(arguments);
        GC.KeepAlive(this);
    }
}
