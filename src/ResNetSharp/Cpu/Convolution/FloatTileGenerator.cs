using ResNetSharp.Cpu.Jit;
using static Iced.Intel.AssemblerRegisters;

namespace ResNetSharp.Cpu;

/// <summary>Tile kernels of single-precision numbers.</summary>
internal class FloatTileGenerator(TileShape shape) : TileGenerator(shape)
{
    int TemporaryCount => Asm.Registers - Temporaries;

    protected override int ResultLines => (Shape.Vectors * Asm.VectorBytes + NativeBuffer.Alignment - 1) / NativeBuffer.Alignment;

    protected override void StartSums()
    {
        if (Shape.Starts > 0)
        {
            StartWithOthers();
            return;
        }
        if (!Shape.Bias)
        {
            for (var i = 0; i < Sums; i++) Asm.Zero(i);
            return;
        }
        StartWithChannels(nameof(TileArguments.Bias));
    }

    void StartWithOthers()
    {
        var code = Asm.Code;
        code.mov(rax, Local(nameof(TileArguments.Start)));
        code.add(Local(nameof(TileArguments.Start)), Sums * Asm.VectorBytes);
        for (var i = 0; i < Sums; i++) Asm.Load(i, VectorAssembler.At(rax, i * Asm.VectorBytes));
        if (Shape.Starts > 1)
        {
            code.mov(rax, Local(nameof(TileArguments.SecondStart)));
            code.add(Local(nameof(TileArguments.SecondStart)), Sums * Asm.VectorBytes);
            for (var i = 0; i < Sums; i++) Asm.Add(i, i, VectorAssembler.At(rax, i * Asm.VectorBytes));
        }
        if (!Shape.Bias) return;
        code.mov(rax, Local(nameof(TileArguments.Bias)));
        for (var v = 0; v < Shape.Vectors; v++) Asm.Load(Weights + v, VectorAssembler.At(rax, v * Asm.VectorBytes));
        for (var i = 0; i < Sums; i++) Asm.Add(i, i, Weights + i % Shape.Vectors);
    }

    protected override void Multiply(int number)
    {
        for (var row = 0; row < Shape.Rows; row++)
        {
            if (Shape.Vectors == 1 && Asm.HasEmbeddedBroadcast)
            {
                Asm.MultiplyAddBroadcast(row, Weights, VectorAssembler.At(Row(row), number, broadcast: true));
                continue;
            }
            var temporary = Temporaries + row % TemporaryCount;
            Asm.Broadcast(temporary, VectorAssembler.At(Row(row), number));
            for (var v = 0; v < Shape.Vectors; v++) Asm.MultiplyAdd(row * Shape.Vectors + v, temporary, Weights + v);
        }
    }

    protected override void Finish()
    {
        var mask = Temporaries;
        // Half a line would be written to memory by itself.
        var streams = Shape.Streams && Shape.Vectors * Asm.VectorBytes % NativeBuffer.Alignment == 0;
        if (HasTail) Asm.SetMask(Shape.TailLanes, mask, rax);
        FinishRows(Weights, AddResidual, first =>
        {
            for (var v = 0; v < Shape.Vectors; v++)
            {
                var to = VectorAssembler.At(rcx, rbx, v * Asm.VectorBytes);
                if (IsPartial(v)) Asm.StoreMasked(to, first + v, mask);
                else if (streams) Asm.StoreStreaming(to, first + v);
                else Asm.Store(to, first + v);
            }
        });
    }

    void AddResidual(int sum, int vector)
    {
        var from = VectorAssembler.At(rdx, rbx, vector * Asm.VectorBytes);
        if (!IsPartial(vector))
        {
            Asm.Add(sum, sum, from);
            return;
        }
        var (mask, addend) = (Temporaries, Temporaries + 1);
        Asm.LoadMasked(addend, from, mask);
        Asm.Add(sum, sum, addend);
    }
}
