using Iced.Intel;
using ResNetSharp.Cpu.Jit;
using static Iced.Intel.AssemblerRegisters;

namespace ResNetSharp.Cpu;

/// <summary>
/// Tile kernels of 8-bit convolutions with AVX512-VNNI. A word of source and weights are four bytes, whose products an instruction adds to a sum in
/// 32 bits. The source's zero point is not subtracted: sums begin with what it adds to them, negated.
/// </summary>
internal sealed class Int8QuadTileGenerator(TileShape shape) : Int8NarrowQuadTileGenerator(shape)
{
    /// <summary>Registers that are free behind the sums once those are complete: the scales of a panel, and one more.</summary>
    int Scales => Sums;

    int Other => Sums + Shape.Vectors;

    protected override void Finish()
    {
        if (HasTail) Asm.SetMask(Shape.TailLanes, 0, rax);
        Asm.Code.mov(rsi, Local(nameof(TileArguments.Scale)));
        for (var v = 0; v < Shape.Vectors; v++) LoadChannels(Scales + v, VectorAssembler.At(rsi, v * Asm.VectorBytes), v);
        LoadPlaces();
        for (var row = 0; row < Shape.Rows; row++)
        {
            LoadRowPlace(row);
            for (var v = 0; v < Shape.Vectors; v++)
            {
                MakeValue(row * Shape.Vectors + v, v);
                if (WritesFloats) StoreFloats(row * Shape.Vectors + v, v);
                else StoreBytes(row * Shape.Vectors + v, v);
            }
        }
    }

    /// <summary>What <see cref="Int8Problem"/> says, up to the rounding.</summary>
    void MakeValue(int index, int vector)
    {
        var code = Asm.Code;
        var (sum, scale, other) = (Vector(index), Vector(Scales + vector), Vector(Other));
        code.vcvtdq2ps(sum, sum);
        if (!Shape.Bias)
        {
            code.vmulps(sum, sum, scale);
        }
        else
        {
            LoadChannels(Other, VectorAssembler.At(rdi, vector * Asm.VectorBytes), vector);
            code.vfmadd213ps(sum, scale, other);
        }
        if (!Shape.Residual) return;
        code.vpmovzxbd(IsPartial(vector) ? other.k1.z : other, __xmmword_ptr[rdx + r9 + vector * Asm.Lanes]);
        code.vpsubd(other, other, __dword_bcst[r8 + Int8Constants.ResidualZero]);
        code.vcvtdq2ps(other, other);
        code.vfmadd231ps(sum, other, __dword_bcst[r8 + Int8Constants.ResidualScale]);
    }

    void StoreFloats(int index, int vector)
    {
        if (Shape.Relu)
        {
            Asm.Zero(Other);
            Asm.Max(index, index, Other);
        }
        var to = VectorAssembler.At(rcx, rbx, vector * Asm.VectorBytes);
        if (IsPartial(vector)) Asm.StoreMasked(to, index, 0);
        else Asm.Store(to, index);
    }

    /// <summary>Nothing below zero is left to cut off, and what is too large for 32 bits is the largest of unsigned numbers.</summary>
    void StoreBytes(int index, int vector)
    {
        var code = Asm.Code;
        var sum = Vector(index);
        code.vmaxps(sum, sum, __dword_bcst[r8 + Int8Constants.Lowest]);
        code.vcvtps2dq(sum, sum);
        code.vpaddd(sum, sum, __dword_bcst[r8 + Int8Constants.Zero]);
        var to = __xmmword_ptr[rcx + rbx + vector * Asm.Lanes];
        code.vpmovusdb(IsPartial(vector) ? to.k1 : to, sum);
    }

    static AssemblerRegisterZMM Vector(int index) => VectorAssembler.Vector512(index);
}
