using System.Runtime.InteropServices;
using ResNetSharp.Cpu.Jit;

namespace ResNetSharp.Cpu;

/// <summary>What <see cref="GeneratedRows"/> work on; what a function does not need may be null. The order of the fields is known to the generated code.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct RowArguments
{
    /// <summary>The first row of numbers.</summary>
    public void* X;

    /// <summary>What is added to the results, or the gradient of them; as far apart as <see cref="X"/>.</summary>
    public void* Other;

    /// <summary>The results of the forward pass; as far apart as <see cref="X"/>.</summary>
    public void* Y;

    /// <summary>Where the first row of results goes.</summary>
    public void* Result;

    /// <summary>A mean for each column.</summary>
    public float* Mean;

    /// <summary>A factor for each column.</summary>
    public float* Scale;

    /// <summary>A summand for each column.</summary>
    public float* Shift;

    /// <summary>See <see cref="GradientOperands{T}.CentredFactor"/>.</summary>
    public float* CentredFactor;

    /// <summary>See <see cref="GradientOperands{T}.Constant"/>.</summary>
    public float* Constant;

    /// <summary>Bytes of a row's columns, a multiple of a cache line.</summary>
    public long RowBytes;

    /// <summary>Rows, divided by those that are done together; at least one.</summary>
    public long Turns;
}

/// <summary>A function of rows of numbers.</summary>
/// <param name="IsGradient">Whether it is that of <see cref="GradientInputLoops"/>; otherwise that of <see cref="AffineLoops"/>.</param>
/// <param name="HasResidual">Whether something is added; forward only.</param>
/// <param name="Relu">Whether there is a ReLU.</param>
/// <param name="FromOutput">Whether the ReLU's output tells which gradients pass.</param>
/// <param name="IsFrozen">Whether the statistics are constant; gradients only.</param>
internal readonly record struct RowFunction(bool IsGradient, bool HasResidual, bool Relu, bool FromOutput = false, bool IsFrozen = false);

/// <summary>
/// What normalization does to rows of numbers, in single precision or bfloat16, as machine code for AVX-512: what is needed of the next rows is asked
/// for on the way, and AVX512-BF16 has an instruction that rounds two registers and joins them, which .NET has no method for. Without it
/// rounding is a third of the work.
/// </summary>
internal sealed unsafe class GeneratedRows
{
    /// <summary>Rows that are done together, so that coefficients are loaded once for all of them.</summary>
    const int Together = 4;

    static readonly CodeCache<RowShape> cache = new(key => new RowGenerator(key).Generate());

    readonly ExecutableMemory many;
    readonly ExecutableMemory one;
    readonly RowShape shape;

    GeneratedRows(RowShape shape)
    {
        this.shape = shape;
        many = cache.Get(shape);
        one = cache.Get(shape with { Rows = 1 });
    }

    /// <summary>The code for a function of rows, or null where there is none for numbers of a type.</summary>
    /// <param name="function">What is computed.</param>
    /// <param name="pitch">Numbers from one row to the next.</param>
    /// <param name="resultPitch">Numbers from one row of results to the next.</param>
    /// <typeparam name="T">What is read.</typeparam>
    /// <typeparam name="TResult">What is written: the same, or float.</typeparam>
    public static GeneratedRows? TryCreate<T, TResult>(RowFunction function, long pitch, long resultPitch) where T : unmanaged where TResult : unmanaged =>
        Exists<T>() ? new GeneratedRows(Shape<T, TResult>(function, pitch, resultPitch)) : null;

    /// <summary>The same for rows of a <see cref="ChannelGrid"/>, which lie without gaps: one after the other they are one stream, which is best for single precision.</summary>
    public static GeneratedRows? TryCreate<T>(RowFunction function, ChannelGrid grid) where T : unmanaged =>
        typeof(T) == typeof(ushort) ? TryCreate<T, T>(function, grid.Period, grid.Period) : null;

    /// <summary>Whether there is such code for numbers of a type, and a number of columns.</summary>
    public static bool Suits<T>(int columns) where T : unmanaged => Exists<T>() && columns * sizeof(T) % NativeBuffer.Alignment == 0;

    /// <summary>Whether it is for rows of a certain distance.</summary>
    public bool Has<T, TResult>(long pitch, long resultPitch) where T : unmanaged where TResult : unmanaged => Shape<T, TResult>(shape.Function, pitch, resultPitch) == shape;

    /// <summary>Computes rows.</summary>
    /// <param name="arguments">All addresses.</param>
    /// <param name="rows">How many.</param>
    /// <param name="columns">Columns of each.</param>
    public void Run<T>(RowArguments arguments, long rows, int columns) where T : unmanaged
    {
        arguments.RowBytes = columns * sizeof(T);
        arguments.Turns = rows / Together;
        if (arguments.Turns > 0) ((delegate* unmanaged<RowArguments*, void>)many.Address)(&arguments);
        var done = arguments.Turns * Together;
        arguments.X = (byte*)arguments.X + done * shape.PitchBytes;
        arguments.Other = (byte*)arguments.Other + done * shape.PitchBytes;
        arguments.Y = (byte*)arguments.Y + done * shape.PitchBytes;
        arguments.Result = (byte*)arguments.Result + done * shape.ResultPitchBytes;
        arguments.Turns = rows - done;
        if (arguments.Turns > 0) ((delegate* unmanaged<RowArguments*, void>)one.Address)(&arguments);
        GC.KeepAlive(this);
    }

    static RowShape Shape<T, TResult>(RowFunction function, long pitch, long resultPitch) where T : unmanaged where TResult : unmanaged =>
        new(function, typeof(T) == typeof(ushort), typeof(TResult) == typeof(ushort), checked((int)(pitch * sizeof(T))), checked((int)(resultPitch * sizeof(TResult))), Together);

    static bool Exists<T>() => InstructionSets.Selected >= InstructionSet.Avx512 && (typeof(T) == typeof(float) || typeof(T) == typeof(ushort) && NarrowArithmetic.HasVectorBFloat16);
}
