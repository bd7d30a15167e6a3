using System.Runtime.InteropServices;
using Iced.Intel;
using ResNetSharp.Cpu.Jit;
using static Iced.Intel.AssemblerRegisters;

namespace ResNetSharp.Cpu;

/// <summary>Writes the part of a <see cref="TileProductKernel"/> that turns the sums of a block into results.</summary>
/// <param name="asm">Where to write.</param>
/// <param name="shape">The kernel.</param>
/// <param name="arguments">The register that points to the arguments.</param>
internal sealed class TileProductEpilogue(VectorAssembler asm, TileProductShape shape, AssemblerRegister64 arguments)
{
    const int SumsPitch = TileProductKernel.PanelResults * sizeof(float);

    // The vector registers of the sums are free here; those from 16 on hold constants, in the vector kernel only after its sums are stored.
    const int Bias = 16, Scale = 18, Correction = 20, ResidualScale = 22, ResidualZero = 23, Lowest = 24, Highest = 25, Zero = 26, Nothing = 27;

    // The loop over steps of the tile kernel, in which rows are finished, has r8 for the weights; that of the vector kernel r15 for its rows.
    readonly AssemblerRegister64 residual = shape.Tiles ? r15 : r8;

    Assembler Code => asm.Code;

    bool IsInt8 => shape.Type != NarrowType.BFloat16;

    /// <summary>Sets the masks of the results: k1 of the first sixteen, k2 of the others, k3 of all. Vectors are loaded where they survive.</summary>
    public void LoadConstants()
    {
        Code.mov(rax, Argument(nameof(TileProductArguments.Mask)));
        Code.kmovd(k3, eax);
        Code.kmovw(k1, eax);
        Code.shr(eax, TileProductKernel.Side);
        Code.kmovw(k2, eax);
        if (shape.Tiles) LoadVectors();
    }

    /// <summary>Sets the registers that say where results go: they are to stay.</summary>
    public void LoadPlaces()
    {
        Code.mov(rdi, Argument(nameof(TileProductArguments.Destination)));
        if (shape.Residual) Code.mov(residual, Argument(nameof(TileProductArguments.Residual)));
    }

    /// <summary>Finishes the rows that are left.</summary>
    /// <param name="rows">How many there are; none afterwards.</param>
    /// <param name="destinations">Where the rows go; moves on.</param>
    /// <param name="sums">Their sums; moves on.</param>
    public void Finish(AssemblerRegister64 rows, AssemblerRegister64 destinations, AssemblerRegister64 sums)
    {
        if (!shape.Tiles) LoadVectors();
        var row = Code.CreateLabel();
        var done = Code.CreateLabel();
        Code.test(rows, rows);
        Code.jle(done);
        Code.Label(ref row);
        FinishRow(destinations, sums);
        Code.dec(rows);
        Code.jne(row);
        Code.Label(ref done);
        Code.nop(); // an instruction can have but one label
    }

    /// <summary>Finishes a row, if one is left.</summary>
    public void TryFinishRow(AssemblerRegister64 rows, AssemblerRegister64 destinations, AssemblerRegister64 sums)
    {
        var done = Code.CreateLabel();
        Code.test(rows, rows);
        Code.jle(done);
        FinishRow(destinations, sums);
        Code.dec(rows);
        Code.Label(ref done);
        Code.nop(); // an instruction can have but one label
    }

    void FinishRow(AssemblerRegister64 destinations, AssemblerRegister64 sums)
    {
        var next = Code.CreateLabel();
        FetchRow(destinations, TileProductKernel.BlockRows);
        Code.movsxd(rax, __dword_ptr[destinations]);
        Code.test(rax, rax);
        Code.js(next);
        if (IsInt8) Int8Row(sums);
        else BFloat16Row(sums);
        Code.Label(ref next);
        Code.add(destinations, sizeof(int));
        Code.add(sums, SumsPitch);
    }

    /// <summary>Asks for the lines that the first block writes.</summary>
    public void FetchFirst(AssemblerRegister64 destinations)
    {
        for (var row = 0; row < TileProductKernel.BlockRows; row++) FetchRow(destinations, row);
    }

    /// <summary>
    /// Asks for the line that a later row writes, and that which it adds, while others are computed. The rows of a panel lie too far apart for
    /// the processor to guess.
    /// </summary>
    void FetchRow(AssemblerRegister64 destinations, int rows)
    {
        Code.movsxd(rax, __dword_ptr[destinations + rows * sizeof(int)]);
        Code.prefetchw(__byte_ptr[rdi + rax * ResultBytes]);
        if (shape.Residual) Code.prefetcht0(__byte_ptr[residual + rax * (IsInt8 ? sizeof(byte) : sizeof(ushort))]);
    }

    int ResultBytes => shape.Type switch
    {
        NarrowType.Int8 => sizeof(byte),
        NarrowType.Int8ToFloat => sizeof(float),
        _ => sizeof(ushort),
    };

    AssemblerMemoryOperand Argument(string field) => __qword_ptr[arguments + (int)Marshal.OffsetOf<TileProductArguments>(field)];

    static AssemblerRegisterZMM Vector(int index) => VectorAssembler.Vector512(index);

    void LoadVectors()
    {
        if (shape.Relu) asm.Zero(Nothing);
        if (shape.Bias) LoadColumns(Bias, nameof(TileProductArguments.Bias));
        if (!IsInt8) return;
        if (!shape.Bias) for (var column = 0; column < shape.Columns; column++) asm.Zero(Bias + column);
        LoadColumns(Scale, nameof(TileProductArguments.Scale));
        LoadColumns(Correction, nameof(TileProductArguments.Correction));
        Spread(ResidualScale, nameof(TileProductArguments.ResidualScale));
        Spread(ResidualZero, nameof(TileProductArguments.ResidualZero));
        Spread(Lowest, nameof(TileProductArguments.Lowest));
        Spread(Highest, nameof(TileProductArguments.Highest));
        Spread(Zero, nameof(TileProductArguments.Zero));
    }

    void LoadColumns(int first, string field)
    {
        Code.mov(rax, Argument(field));
        for (var column = 0; column < shape.Columns; column++)
        {
            Code.vmovups(Masked(first + column, column), __zmmword_ptr[rax + column * TileProductKernel.StepBytes]);
        }
    }

    static AssemblerRegisterZMM Masked(int index, int column) => column == 0 ? Vector(index).k1.z : Vector(index).k2.z;

    void Spread(int to, string field) => Code.vpbroadcastd(Vector(to), __dword_ptr[arguments + (int)Marshal.OffsetOf<TileProductArguments>(field)]);

    void BFloat16Row(AssemblerRegister64 sums)
    {
        for (var column = 0; column < shape.Columns; column++)
        {
            var sum = Vector(column);
            asm.Load(column, VectorAssembler.At(sums, column * TileProductKernel.StepBytes));
            if (shape.Bias) Code.vaddps(sum, sum, Vector(Bias + column));
            if (shape.Residual)
            {
                var other = Vector(2 + column);
                Code.vpmovzxwd(Masked(2 + column, column), __ymmword_ptr[residual + rax * 2 + column * 32]);
                Code.vpslld(other, other, 16);
                Code.vaddps(sum, sum, other);
            }
            if (shape.Relu) Code.vmaxps(sum, Vector(Nothing), sum);
        }
        if (shape.Columns == 2)
        {
            Code.vcvtne2ps2bf16(zmm0, zmm1, zmm0);
            Code.vmovdqu16(__zmmword_ptr[rdi + rax * 2].k3, zmm0);
        }
        else
        {
            Code.vcvtneps2bf16(ymm0, zmm0);
            Code.vmovdqu16(__ymmword_ptr[rdi + rax * 2].k1, ymm0);
        }
    }

    void Int8Row(AssemblerRegister64 sums)
    {
        for (var column = 0; column < shape.Columns; column++)
        {
            var value = Vector(column);
            asm.Load(column, VectorAssembler.At(sums, column * TileProductKernel.StepBytes));
            Code.vpaddd(value, value, Vector(Correction + column));
            Code.vcvtdq2ps(value, value);
            Code.vfmadd213ps(value, Vector(Scale + column), Vector(Bias + column));
            if (shape.Residual)
            {
                var other = Vector(2 + column);
                Code.vpmovzxbd(Masked(2 + column, column), __xmmword_ptr[residual + rax + column * TileProductKernel.Side]);
                Code.vpsubd(other, other, Vector(ResidualZero));
                Code.vcvtdq2ps(other, other);
                Code.vfmadd231ps(value, other, Vector(ResidualScale));
            }
            if (shape.Type == NarrowType.Int8ToFloat) StoreFloats(value, column);
            else StoreBytes(value, column);
        }
    }

    void StoreFloats(AssemblerRegisterZMM value, int column)
    {
        if (shape.Relu) Code.vmaxps(value, value, Vector(Nothing));
        var to = __zmmword_ptr[rdi + rax * 4 + column * TileProductKernel.StepBytes];
        Code.vmovups(column == 0 ? to.k1 : to.k2, value);
    }

    void StoreBytes(AssemblerRegisterZMM value, int column)
    {
        Code.vmaxps(value, value, Vector(Lowest));
        Code.vminps(value, value, Vector(Highest));
        Code.vcvtps2dq(value, value);
        Code.vpaddd(value, value, Vector(Zero));
        var to = __xmmword_ptr[rdi + rax + column * TileProductKernel.Side];
        Code.vpmovdb(column == 0 ? to.k1 : to.k2, value);
    }
}
