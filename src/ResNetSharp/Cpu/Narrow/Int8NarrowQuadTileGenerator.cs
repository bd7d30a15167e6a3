using ResNetSharp.Cpu.Jit;

namespace ResNetSharp.Cpu;

/// <summary>
/// Tile kernels of 8-bit convolutions with AVX-VNNI: the instruction of <see cref="Int8QuadTileGenerator"/> in registers of 256 bits. Processors that
/// have it with AVX-512 alone can run the same in the longer encoding.
/// </summary>
internal class Int8NarrowQuadTileGenerator(TileShape shape) : Int8TileGenerator(shape)
{
    protected override void StartSums() => StartWithChannels(nameof(TileArguments.Correction));

    protected override void Multiply(int number)
    {
        var temporaries = Asm.Registers - Temporaries;
        for (var row = 0; row < Shape.Rows; row++)
        {
            var temporary = Temporaries + row % temporaries;
            Asm.Broadcast(temporary, VectorAssembler.At(Row(row), number));
            for (var v = 0; v < Shape.Vectors; v++) Asm.MultiplyAddBytes(row * Shape.Vectors + v, temporary, Weights + v);
        }
    }
}
