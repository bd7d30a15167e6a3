using ResNetSharp.Cpu.Jit;
using static Iced.Intel.AssemblerRegisters;

namespace ResNetSharp.Cpu;

/// <summary>
/// A loop of nothing but sums of products of bfloat16 or 8-bit numbers in registers; with AVX2 8-bit numbers are pairs of 16-bit ones, as
/// <see cref="Int8TileGenerator"/> has them, unless the processor has AVX-VNNI.
/// </summary>
internal sealed unsafe class NarrowPeak(InstructionSet set, NarrowType type) : IParallelBody
{
    const int Tiles = 4, Vectors = 12;

    /// <summary>Some 70 microseconds: in less, one thread has done the work of all before the others are awake.</summary>
    const int TileTurns = 4000, VectorTurns = 20_000;

    static readonly CodeCache<(InstructionSet, NarrowType)> cache = new(key => Generate(key.Item1, key.Item2));

    readonly ExecutableMemory code = cache.Get((set, type));

    /// <summary>Operations of a run, two for a multiplication with its addition.</summary>
    public double Operations
    {
        get
        {
            const int TileRows = 16, Words = 16, PairWords = 8, OperationsOfPair = 4, OperationsOfQuad = 8;
            var ofWord = type == NarrowType.BFloat16 ? OperationsOfPair : OperationsOfQuad;
            return (double)Turns(set) * set switch
            {
                InstructionSet.Amx => Tiles * TileRows * Words * Words * ofWord,
                >= InstructionSet.Avx512 => Vectors * Words * ofWord,
                _ => Vectors * PairWords * (NarrowArithmetic.HasAvxVnni ? OperationsOfQuad : OperationsOfPair),
            };
        }
    }

    static int Turns(InstructionSet set) => set == InstructionSet.Amx ? TileTurns : VectorTurns;

    public void Execute(int part, int worker)
    {
        ((delegate* unmanaged<byte*, void>)code.Address)(TileProductKernel.TileLayout);
        GC.KeepAlive(code);
    }

    static ExecutableMemory Generate(InstructionSet set, NarrowType type)
    {
        var tiles = set == InstructionSet.Amx;
        var asm = new VectorAssembler(set);
        var code = asm.Code;
        asm.Enter(0);
        code.mov(rdx, VectorAssembler.Argument);
        if (tiles) code.ldtilecfg(__zmmword_ptr[rdx]);
        else for (var i = 0; i < Vectors + 2; i++) asm.Zero(i);
        code.mov(rax, Turns(set));
        var turn = code.CreateLabel();
        code.Label(ref turn);
        if (tiles) MultiplyTiles(code, type);
        else if (set >= InstructionSet.Avx512) MultiplyVectors(code, type);
        else if (NarrowArithmetic.HasAvxVnni) MultiplyQuads(asm);
        else MultiplyPairs(code);
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

    static void MultiplyQuads(VectorAssembler asm)
    {
        for (var i = 0; i < Vectors; i++) asm.MultiplyAddBytes(i, Vectors, Vectors + 1);
    }

    static void MultiplyPairs(Iced.Intel.Assembler code)
    {
        for (var i = 0; i < Vectors; i++)
        {
            code.vpmaddwd(ymm14, ymm12, ymm13);
            code.vpaddd(VectorAssembler.Vector256(i), VectorAssembler.Vector256(i), ymm14);
        }
    }
}
