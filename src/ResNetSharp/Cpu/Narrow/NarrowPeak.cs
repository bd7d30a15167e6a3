using ResNetSharp.Cpu.Jit;
using static Iced.Intel.AssemblerRegisters;

namespace ResNetSharp.Cpu;

/// <summary>A loop of nothing but sums of products of bfloat16 or 8-bit numbers in registers.</summary>
internal sealed unsafe class NarrowPeak(bool tiles, NarrowType type) : IParallelBody
{
    /// <summary>Products of matrix tiles in a turn.</summary>
    public const int Tiles = 4;

    /// <summary>Products of vectors in a turn.</summary>
    public const int Vectors = 12;

    /// <summary>Turns of the loop.</summary>
    public const int Turns = 4000;

    static readonly CodeCache<(bool, NarrowType)> cache = new(key => Generate(key.Item1, key.Item2));

    readonly ExecutableMemory code = cache.Get((tiles, type));

    public void Execute(int part, int worker)
    {
        ((delegate* unmanaged<byte*, void>)code.Address)(TileProductKernel.TileLayout);
        GC.KeepAlive(code);
    }

    static ExecutableMemory Generate(bool tiles, NarrowType type)
    {
        var asm = new VectorAssembler(InstructionSet.Avx512);
        var code = asm.Code;
        asm.Enter(0);
        code.mov(rdx, VectorAssembler.Argument);
        if (tiles) code.ldtilecfg(__zmmword_ptr[rdx]);
        else for (var i = 0; i < Vectors + 2; i++) asm.Zero(i);
        code.mov(rax, Turns);
        var turn = code.CreateLabel();
        code.Label(ref turn);
        if (tiles) MultiplyTiles(code, type);
        else MultiplyVectors(code, type);
        code.dec(rax);
        code.jne(turn);
        if (tiles) code.tilerelease();
        asm.Leave();
        return asm.Build();
    }

    static void MultiplyTiles(Iced.Intel.Assembler code, NarrowType type)
    {
        foreach (var (sum, left, right) in new[] { (tmm0, tmm4, tmm6), (tmm1, tmm4, tmm7), (tmm2, tmm5, tmm6), (tmm3, tmm5, tmm7) })
        {
            if (type == NarrowType.BFloat16) code.tdpbf16ps(sum, left, right);
            else code.tdpbusd(sum, left, right);
        }
    }

    static void MultiplyVectors(Iced.Intel.Assembler code, NarrowType type)
    {
        for (var i = 0; i < Vectors; i++)
        {
            var (sum, left, right) = (VectorAssembler.Vector512(i), VectorAssembler.Vector512(Vectors), VectorAssembler.Vector512(Vectors + 1));
            if (type == NarrowType.BFloat16) code.vdpbf16ps(sum, left, right);
            else code.vpdpbusd(sum, left, right);
        }
    }
}
