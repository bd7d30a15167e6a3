using ResNetSharp.Cpu.Jit;
using static Iced.Intel.AssemblerRegisters;

namespace ResNetSharp.Cpu;

/// <summary>
/// Tile kernels of bfloat16 convolutions with AVX512-BF16: a word of source and weights are two numbers, whose products an instruction adds to
/// a sum in single precision. Results are rounded, unless the sums are wanted.
/// </summary>
internal sealed class BFloat16TileGenerator(TileShape shape) : RoundingTileGenerator(shape)
{
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
}
