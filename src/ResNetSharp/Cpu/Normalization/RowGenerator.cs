using System.Runtime.InteropServices;
using Iced.Intel;
using ResNetSharp.Cpu.Jit;
using static Iced.Intel.AssemblerRegisters;

namespace ResNetSharp.Cpu;

/// <summary>What <see cref="GeneratedRows"/> are specialised for.</summary>
/// <param name="Function">What is computed.</param>
/// <param name="IsNarrow">Whether numbers are bfloat16; otherwise single precision.</param>
/// <param name="ResultIsNarrow">The same for the results.</param>
/// <param name="PitchBytes">Bytes from one row to the next.</param>
/// <param name="ResultPitchBytes">Bytes from one row of results to the next.</param>
/// <param name="Rows">Rows that are done together.</param>
internal readonly record struct RowShape(RowFunction Function, bool IsNarrow, bool ResultIsNarrow, int PitchBytes, int ResultPitchBytes, int Rows);

/// <summary>Writes the loops of <see cref="GeneratedRows"/>: over groups of rows, and over the cache lines of a row.</summary>
internal sealed class RowGenerator(RowShape shape)
{
    const int HalfBits = 16;

    /// <summary>Compares for neither less nor equal, which is true for what is not a number.</summary>
    const byte NotLessOrEqual = 6;

    static readonly AssemblerRegister64 x = rax, other = rbx, y = rcx, result = rdx, mean = rsi, scale = r8, shift = r9, centredFactor = r10, constant = r11, end = r12, turns = r13, column = r14;
    static readonly AssemblerRegisterZMM zero = zmm31;

    readonly VectorAssembler asm = new(InstructionSet.Avx512);
    readonly RowFunction function = shape.Function;

    /// <summary>Coefficients of the columns of a line, or of those of its halves.</summary>
    readonly AssemblerRegisterZMM[] means = [zmm16, zmm17], scales = [zmm18, zmm19], shifts = [zmm20, zmm21], factors = [zmm22, zmm23], constants = [zmm24, zmm25];

    /// <summary>Registers for the numbers of a cache line.</summary>
    int Parts => shape.IsNarrow ? 2 : 1;

    /// <summary>Registers of results of a cache line.</summary>
    int ResultParts => shape.ResultIsNarrow ? 1 : Parts;

    bool ReadsOutput => function is { IsGradient: true, Relu: true, FromOutput: true };

    bool ComputesOutput => !function.IsGradient || function is { Relu: true, FromOutput: false };

    bool ReadsInput => !function.IsFrozen || ComputesOutput;

    bool ReadsOther => function.IsGradient || function.HasResidual;

    public ExecutableMemory Generate()
    {
        var code = asm.Code;
        asm.Enter(0);
        code.mov(r15, VectorAssembler.Argument);
        foreach (var (register, field) in new[]
        {
            (x, nameof(RowArguments.X)), (other, nameof(RowArguments.Other)), (y, nameof(RowArguments.Y)), (result, nameof(RowArguments.Result)),
            (mean, nameof(RowArguments.Mean)), (scale, nameof(RowArguments.Scale)), (shift, nameof(RowArguments.Shift)),
            (centredFactor, nameof(RowArguments.CentredFactor)), (constant, nameof(RowArguments.Constant)), (end, nameof(RowArguments.RowBytes)), (turns, nameof(RowArguments.Turns)),
        })
            code.mov(register, __qword_ptr[r15 + (int)Marshal.OffsetOf<RowArguments>(field)]);
        code.vpxord(zero, zero, zero);
        var (turn, line) = (code.CreateLabel(), code.CreateLabel());
        code.Label(ref turn);
        code.xor(column, column);
        code.Label(ref line);
        LoadCoefficients();
        for (var row = 0; row < shape.Rows; row++) Line(row);
        code.add(column, NativeBuffer.Alignment);
        code.cmp(column, end);
        code.jne(line);
        foreach (var pointer in new[] { x, other, y }) code.add(pointer, shape.Rows * shape.PitchBytes);
        code.add(result, shape.Rows * shape.ResultPitchBytes);
        code.dec(turns);
        code.jne(turn);
        asm.Leave();
        return asm.Build();
    }

    void LoadCoefficients()
    {
        for (var part = 0; part < Parts; part++)
        {
            if (ReadsInput) Load(means[part], mean, part);
            Load(scales[part], scale, part);
            if (ComputesOutput) Load(shifts[part], shift, part);
            if (!function.IsGradient || function.IsFrozen) continue;
            Load(factors[part], centredFactor, part);
            Load(constants[part], constant, part);
        }

        void Load(AssemblerRegisterZMM to, AssemblerRegister64 from, int part) => asm.Code.vmovups(to, __zmmword_ptr[from + column * Parts + part * NativeBuffer.Alignment]);
    }

    /// <summary>A cache line of a row.</summary>
    void Line(int row)
    {
        var code = asm.Code;
        AssemblerRegisterZMM[] values = [new(Register.ZMM0 + 2 * row), new(Register.ZMM1 + 2 * row)];
        var at = row * shape.PitchBytes;
        for (var part = 0; part < Parts; part++)
        {
            var place = at + part * NativeBuffer.Alignment / Parts;
            if (function.IsGradient) Gradient(values[part], part, place);
            else Affine(values[part], part, place);
        }
        if (shape.ResultIsNarrow) code.vcvtne2ps2bf16(values[0], values[1], values[0]);
        for (var part = 0; part < ResultParts; part++)
            code.vmovups(__zmmword_ptr[result + column * ResultParts + row * shape.ResultPitchBytes + part * NativeBuffer.Alignment], values[part]);
        // Rows may lie so far apart that the processor does not foresee the next ones.
        foreach (var (pointer, isRead) in new[] { (x, ReadsInput), (other, ReadsOther), (y, ReadsOutput) })
            if (isRead) code.prefetcht0(__byte_ptr[pointer + column + at + shape.Rows * shape.PitchBytes]);
    }

    void Affine(AssemblerRegisterZMM value, int part, int at)
    {
        var code = asm.Code;
        Load(value, x, at);
        code.vsubps(value, value, means[part]);
        code.vfmadd213ps(value, scales[part], shifts[part]);
        if (function.HasResidual)
        {
            Load(zmm26, other, at);
            code.vaddps(value, value, zmm26);
        }
        // Of a number and what is none, the second operand is the result.
        if (function.Relu) code.vmaxps(value, zero, value);
    }

    void Gradient(AssemblerRegisterZMM value, int part, int at)
    {
        var (code, gradient, centred, output) = (asm.Code, zmm26, value, zmm27);
        Load(gradient, other, at);
        if (ReadsInput)
        {
            Load(centred, x, at);
            code.vsubps(centred, centred, means[part]);
        }
        if (function.Relu)
        {
            if (ReadsOutput) Load(output, y, at);
            else
            {
                code.vmovaps(output, centred);
                code.vfmadd213ps(output, scales[part], shifts[part]);
            }
            code.vcmpps(k1, output, zero, NotLessOrEqual);
            code.vmovaps(gradient.k1.z, gradient);
        }
        if (function.IsFrozen)
        {
            code.vmulps(value, gradient, scales[part]);
            return;
        }
        code.vfmadd213ps(centred, factors[part], constants[part]);
        code.vfmadd231ps(centred, gradient, scales[part]);
    }

    void Load(AssemblerRegisterZMM to, AssemblerRegister64 from, int offset)
    {
        if (!shape.IsNarrow)
        {
            asm.Code.vmovups(to, __zmmword_ptr[from + column + offset]);
            return;
        }
        asm.Code.vpmovzxwd(to, __ymmword_ptr[from + column + offset]);
        asm.Code.vpslld(to, to, HalfBits);
    }
}
