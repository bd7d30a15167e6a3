using Iced.Intel;
using ResNetSharp.Cpu.Jit;
using static Iced.Intel.AssemblerRegisters;

namespace ResNetSharp.Cpu;

/// <summary>Tile kernels of single-precision numbers.</summary>
internal sealed class FloatTileGenerator(TileShape shape) : TileGenerator(shape)
{
    int TemporaryCount => Asm.Registers - Temporaries;

    protected override void StartSums()
    {
        if (!Shape.Bias)
        {
            for (var i = 0; i < Sums; i++) Asm.Zero(i);
            return;
        }
        if (HasTail) Asm.SetMask(Shape.TailLanes, Temporaries, rax);
        Asm.Code.mov(rax, Local(nameof(TileArguments.Bias)));
        for (var v = 0; v < Shape.Vectors; v++)
        {
            var from = VectorAssembler.At(rax, v * Asm.VectorBytes);
            if (IsPartial(v)) Asm.LoadMasked(v, from, Temporaries);
            else Asm.Load(v, from);
        }
        for (var i = Shape.Vectors; i < Sums; i++) Asm.Copy(i, i % Shape.Vectors);
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
        var code = Asm.Code;
        var mask = Temporaries;
        var zero = Weights;
        var addend = Temporaries + 1;
        if (HasTail) Asm.SetMask(Shape.TailLanes, mask, rax);
        if (Shape.Relu) Asm.Zero(zero);
        code.mov(rax, Local(nameof(TileArguments.DestinationOffsets)));
        code.mov(rcx, Local(nameof(TileArguments.Destination)));
        if (Shape.Residual) code.mov(rdx, Local(nameof(TileArguments.Residual)));
        for (var row = 0; row < Shape.Rows; row++)
        {
            code.movsxd(rbx, __dword_ptr[rax + row * sizeof(int)]);
            for (var v = 0; v < Shape.Vectors; v++)
            {
                var sum = row * Shape.Vectors + v;
                if (Shape.Residual) AddResidual(sum, VectorAssembler.At(rdx, rbx, v * Asm.VectorBytes), addend, mask, IsPartial(v));
                if (Shape.Relu) Asm.Max(sum, zero, sum);
                var to = VectorAssembler.At(rcx, rbx, v * Asm.VectorBytes);
                if (IsPartial(v)) Asm.StoreMasked(to, sum, mask);
                else Asm.Store(to, sum);
            }
        }
    }

    void AddResidual(int sum, MemoryOperand from, int addend, int mask, bool partial)
    {
        if (!partial)
        {
            Asm.Add(sum, sum, from);
            return;
        }
        Asm.LoadMasked(addend, from, mask);
        Asm.Add(sum, sum, addend);
    }
}
