using ResNetSharp.Cpu.Jit;
using static Iced.Intel.AssemblerRegisters;

namespace ResNetSharp.Cpu;

/// <summary>
/// Tile kernels of 8-bit convolutions with AVX-VNNI: the instruction of <see cref="Int8QuadTileGenerator"/> in registers of 256 bits. Processors that
/// have it with AVX-512 alone can run the same in the longer encoding.
/// </summary>
internal class Int8NarrowQuadTileGenerator(TileShape shape) : Int8TileGenerator(shape)
{
    protected override void StartSums()
    {
        if (HasTail) Asm.SetMask(Shape.TailLanes, Temporaries, rax);
        Asm.Code.mov(rax, Local(nameof(TileArguments.Correction)));
        for (var v = 0; v < Shape.Vectors; v++) LoadChannels(v, VectorAssembler.At(rax, v * Asm.VectorBytes), v);
        for (var i = Shape.Vectors; i < Sums; i++) Asm.Copy(i, i % Shape.Vectors);
    }

    protected override void Multiply(int number)
    {
        Asm.Code.PreferVex = NarrowArithmetic.HasAvxVnni;
        var temporaries = Asm.Registers - Temporaries;
        for (var row = 0; row < Shape.Rows; row++)
        {
            var temporary = Temporaries + row % temporaries;
            Asm.Broadcast(temporary, VectorAssembler.At(Row(row), number));
            for (var v = 0; v < Shape.Vectors; v++)
            {
                Asm.Code.vpdpbusd(
                    VectorAssembler.Vector256(row * Shape.Vectors + v), VectorAssembler.Vector256(temporary), VectorAssembler.Vector256(Weights + v));
            }
        }
        Asm.Code.PreferVex = true;
    }
}
