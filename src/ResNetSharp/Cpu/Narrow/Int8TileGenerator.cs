using Iced.Intel;
using ResNetSharp.Cpu.Jit;
using static Iced.Intel.AssemblerRegisters;

namespace ResNetSharp.Cpu;

/// <summary>
/// Tile kernels of 8-bit convolutions with AVX2. A word of source and weights are two 16-bit numbers, whose products an instruction adds in
/// 32 bits, so that nothing saturates: instructions for 8-bit numbers without VNNI add in 16 bits, which two products can exceed.
/// </summary>
internal class Int8TileGenerator(TileShape shape) : TileGenerator(shape)
{
    /// <summary>Whether results are in single precision.</summary>
    protected bool WritesFloats => Shape.Numbers is TileNumbers.PairsToSingle or TileNumbers.QuadsToSingle;

    /// <summary>Registers that are free behind the sums once those are complete.</summary>
    int Mask => Sums;

    int Scale => Sums + 1;

    int Other => Sums + 2;

    protected override void StartSums()
    {
        for (var i = 0; i < Sums; i++) Asm.Zero(i);
    }

    protected override void Multiply(int number)
    {
        var product = Asm.Registers - 1;
        var temporaries = product - Temporaries;
        for (var row = 0; row < Shape.Rows; row++)
        {
            var temporary = Temporaries + row % temporaries;
            Asm.Broadcast(temporary, VectorAssembler.At(Row(row), number));
            for (var v = 0; v < Shape.Vectors; v++)
            {
                var sum = VectorAssembler.Vector256(row * Shape.Vectors + v);
                Asm.Code.vpmaddwd(VectorAssembler.Vector256(product), VectorAssembler.Vector256(temporary), VectorAssembler.Vector256(Weights + v));
                Asm.Code.vpaddd(sum, sum, VectorAssembler.Vector256(product));
            }
        }
    }

    protected override void Finish()
    {
        if (HasTail) Asm.SetMask(Shape.TailLanes, Mask, rax);
        LoadPlaces();
        for (var row = 0; row < Shape.Rows; row++)
        {
            LoadRowPlace(row);
            if (Shape.Numbers == TileNumbers.PairsToSums)
            {
                Store(row * Shape.Vectors);
                continue;
            }
            for (var v = 0; v < Shape.Vectors; v++) MakeValue(row * Shape.Vectors + v, v);
            if (WritesFloats) StoreFloats(row * Shape.Vectors);
            else StoreBytes(row * Shape.Vectors);
        }
    }

    /// <summary>Where everything is: results behind rcx, residuals behind rdx, scales at rsi, biases at rdi and constants at r8.</summary>
    protected void LoadPlaces()
    {
        var code = Asm.Code;
        code.mov(rax, Local(nameof(TileArguments.DestinationOffsets)));
        code.mov(rcx, Local(nameof(TileArguments.Destination)));
        code.mov(rdx, Local(nameof(TileArguments.Residual)));
        code.mov(rsi, Local(nameof(TileArguments.Scale)));
        code.mov(rdi, Local(nameof(TileArguments.Bias)));
        code.mov(r8, Local(nameof(TileArguments.Constants)));
    }

    /// <summary>How far a pixel is from there: its results by rbx, its residuals by r9.</summary>
    protected void LoadRowPlace(int row)
    {
        var code = Asm.Code;
        code.movsxd(rbx, __dword_ptr[rax + row * sizeof(int)]);
        if (!Shape.Residual) return;
        code.mov(r9, rbx);
        if (WritesFloats) code.sar(r9, 2);
    }

    /// <summary>What <see cref="Int8Problem"/> says, up to the rounding.</summary>
    void MakeValue(int index, int vector)
    {
        var code = Asm.Code;
        var (sum, scale, other) = (VectorAssembler.Vector256(index), VectorAssembler.Vector256(Scale), VectorAssembler.Vector256(Other));
        var offset = vector * Asm.VectorBytes;
        code.vcvtdq2ps(sum, sum);
        if (IsPartial(vector)) Asm.LoadMasked(Scale, VectorAssembler.At(rsi, offset), Mask);
        else Asm.Load(Scale, VectorAssembler.At(rsi, offset));
        if (!Shape.Bias)
        {
            code.vmulps(sum, sum, scale);
        }
        else
        {
            if (IsPartial(vector)) Asm.LoadMasked(Other, VectorAssembler.At(rdi, offset), Mask);
            else Asm.Load(Other, VectorAssembler.At(rdi, offset));
            code.vfmadd213ps(sum, scale, other);
        }
        if (!Shape.Residual) return;
        LoadBytes(vector);
        code.vpsubd(other, other, __ymmword_ptr[r8 + Int8Constants.ResidualZero]);
        code.vcvtdq2ps(other, other);
        code.vfmadd231ps(sum, other, __ymmword_ptr[r8 + Int8Constants.ResidualScale]);
    }

    /// <summary>The residual's bytes as integers; not one more is read than there are.</summary>
    void LoadBytes(int vector)
    {
        var code = Asm.Code;
        var count = IsPartial(vector) ? Shape.TailLanes : Asm.Lanes;
        var at = vector * Asm.Lanes;
        if (count == Asm.Lanes)
        {
            code.vpmovzxbd(VectorAssembler.Vector256(Other), __qword_ptr[rdx + r9 + at]);
            return;
        }
        var low = Low(Other);
        code.vpxor(low, low, low);
        var done = 0;
        if ((count & 4) != 0)
        {
            code.vmovd(low, __dword_ptr[rdx + r9 + at]);
            done = 4;
        }
        if ((count & 2) != 0)
        {
            code.vpinsrw(low, low, __word_ptr[rdx + r9 + (at + done)], (byte)(done / 2));
            done += 2;
        }
        if ((count & 1) != 0) code.vpinsrb(low, low, __byte_ptr[rdx + r9 + (at + done)], (byte)done);
        code.vpmovzxbd(VectorAssembler.Vector256(Other), low);
    }

    void StoreFloats(int first)
    {
        if (Shape.Relu)
        {
            Asm.Zero(Other);
            for (var v = 0; v < Shape.Vectors; v++) Asm.Max(first + v, first + v, Other);
        }
        Store(first);
    }

    /// <summary>Writes the words of a pixel.</summary>
    void Store(int first)
    {
        for (var v = 0; v < Shape.Vectors; v++)
        {
            var to = VectorAssembler.At(rcx, rbx, v * Asm.VectorBytes);
            if (IsPartial(v)) Asm.StoreMasked(to, first + v, Mask);
            else Asm.Store(to, first + v);
        }
    }

    void StoreBytes(int first)
    {
        const byte JoinHalves = 0b11_01_10_00;
        var code = Asm.Code;
        for (var v = 0; v < Shape.Vectors; v++)
        {
            var sum = VectorAssembler.Vector256(first + v);
            code.vmaxps(sum, sum, __ymmword_ptr[r8 + Int8Constants.Lowest]);
            code.vminps(sum, sum, __ymmword_ptr[r8 + Int8Constants.Highest]);
            code.vcvtps2dq(sum, sum);
            code.vpaddd(sum, sum, __ymmword_ptr[r8 + Int8Constants.Zero]);
        }
        code.vpackssdw(VectorAssembler.Vector256(first), VectorAssembler.Vector256(first), VectorAssembler.Vector256(first + Shape.Vectors - 1));
        code.vpermq(VectorAssembler.Vector256(first), VectorAssembler.Vector256(first), JoinHalves);
        code.vextracti128(Low(Other), VectorAssembler.Vector256(first), 1);
        code.vpackuswb(Low(first), Low(first), Low(Other));
        StoreBytes(Low(first), (Shape.Vectors - 1) * Asm.Lanes + Shape.TailLanes);
    }

    /// <summary>Writes the first bytes of a register, and nothing behind them.</summary>
    void StoreBytes(AssemblerRegisterXMM from, int count)
    {
        var code = Asm.Code;
        if (count == 16)
        {
            code.vmovdqu(__xmmword_ptr[rcx + rbx], from);
            return;
        }
        var done = 0;
        if ((count & 8) != 0)
        {
            code.vmovq(__qword_ptr[rcx + rbx], from);
            done = 8;
        }
        if ((count & 4) != 0)
        {
            code.vpextrd(__dword_ptr[rcx + rbx + done], from, (byte)(done / 4));
            done += 4;
        }
        if ((count & 2) != 0)
        {
            code.vpextrw(__word_ptr[rcx + rbx + done], from, (byte)(done / 2));
            done += 2;
        }
        if ((count & 1) != 0) code.vpextrb(__byte_ptr[rcx + rbx + done], from, (byte)done);
    }

    static AssemblerRegisterXMM Low(int index) => new(Register.XMM0 + index);
}
