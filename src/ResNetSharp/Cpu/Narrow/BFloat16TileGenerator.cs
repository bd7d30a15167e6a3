using ResNetSharp.Cpu.Jit;
using static Iced.Intel.AssemblerRegisters;

namespace ResNetSharp.Cpu;

/// <summary>
/// Tile kernels of bfloat16 convolutions with AVX512-BF16: a word of source and weights are two numbers, whose products an instruction adds to
/// a sum in single precision. Results are rounded, unless the sums are wanted.
/// </summary>
internal sealed class BFloat16TileGenerator(TileShape shape) : FloatTileGenerator(shape)
{
    /// <summary>Bytes of a result.</summary>
    const int ResultBytes = sizeof(ushort);

    /// <summary>A register that is free once the sums are complete.</summary>
    int Addend => Temporaries;

    protected override int ResultLines => Shape.Numbers == TileNumbers.BFloat16PairsToSums ? base.ResultLines : 1;

    protected override void Multiply(int number)
    {
        var temporaries = Asm.Registers - Temporaries;
        for (var row = 0; row < Shape.Rows; row++)
        {
            if (Shape.Vectors == 1)
            {
                Asm.Code.vdpbf16ps(VectorAssembler.Vector512(row), VectorAssembler.Vector512(Weights), __dword_bcst[Row(row) + number]);
                continue;
            }
            var temporary = Temporaries + row % temporaries;
            Asm.Broadcast(temporary, VectorAssembler.At(Row(row), number));
            for (var v = 0; v < Shape.Vectors; v++)
            {
                Asm.Code.vdpbf16ps(
                    VectorAssembler.Vector512(row * Shape.Vectors + v), VectorAssembler.Vector512(Weights + v), VectorAssembler.Vector512(temporary));
            }
        }
    }

    protected override void Finish()
    {
        if (Shape.Numbers == TileNumbers.BFloat16PairsToSums)
        {
            base.Finish();
            return;
        }
        var code = Asm.Code;
        // k1 is the mask of the last register's results, k2 that of all results of a pixel.
        if (HasTail)
        {
            Asm.SetMask(Shape.TailLanes, Temporaries, rax);
            code.mov(eax, (int)((1L << ((Shape.Vectors - 1) * Asm.Lanes + Shape.TailLanes)) - 1));
            code.kmovd(k2, eax);
        }
        FinishRows(Weights, AddNarrow, Store);
    }

    void AddNarrow(int sum, int vector)
    {
        const int HalfBits = 16;
        var addend = VectorAssembler.Vector512(Addend);
        var from = __ymmword_ptr[rdx + rbx + vector * Asm.Lanes * ResultBytes];
        Asm.Code.vpmovzxwd(IsPartial(vector) ? addend.k1.z : addend, from);
        Asm.Code.vpslld(addend, addend, HalfBits);
        Asm.Add(sum, sum, Addend);
    }

    /// <summary>Rounds and writes the results of a pixel.</summary>
    void Store(int first)
    {
        var code = Asm.Code;
        if (Shape.Vectors == 1)
        {
            var half = VectorAssembler.Vector256(Addend);
            code.vcvtneps2bf16(half, VectorAssembler.Vector512(first));
            var place = __ymmword_ptr[rcx + rbx];
            code.vmovdqu16(HasTail ? place.k2 : place, half);
            return;
        }
        var both = VectorAssembler.Vector512(Addend);
        code.vcvtne2ps2bf16(both, VectorAssembler.Vector512(first + 1), VectorAssembler.Vector512(first));
        var to = __zmmword_ptr[rcx + rbx];
        if (Shape.Streams && !HasTail) code.vmovntdq(to, both);
        else code.vmovdqu16(HasTail ? to.k2 : to, both);
    }
}
