using ResNetSharp.Cpu.Jit;

namespace ResNetSharp.Cpu;

/// <summary>The tile kernel as machine code. With AVX-512, 14 x 32 sums fill 28 of the 32 registers.</summary>
internal sealed unsafe class GeneratedTileKernel(TileShape shape) : TileKernel
{
    // The remainder of the channels is unrolled into the code; the number of turns before it is an argument.
    static readonly CodeCache<TileShape> cache = new(key => Generator(key).Generate());

    readonly ExecutableMemory code = cache.Get(shape with { Channels = shape.Channels % Unroll + (shape.Channels >= Unroll ? Unroll : 0) });

    public override void Run(TileArguments* arguments)
    {
        ((delegate* unmanaged<TileArguments*, void>)code.Address)(arguments);
        GC.KeepAlive(this);
    }

    static TileGenerator Generator(TileShape shape) => shape.Numbers switch
    {
        TileNumbers.Single => new FloatTileGenerator(shape),
        TileNumbers.SingleToBFloat16 => new RoundingTileGenerator(shape),
        TileNumbers.BFloat16Pairs or TileNumbers.BFloat16PairsToSums => new BFloat16TileGenerator(shape),
        TileNumbers.QuadsToBytes or TileNumbers.QuadsToSingle when shape.Set == InstructionSet.Avx2 => new Int8NarrowQuadTileGenerator(shape),
        TileNumbers.QuadsToBytes or TileNumbers.QuadsToSingle => new Int8QuadTileGenerator(shape),
        _ => new Int8TileGenerator(shape),
    };
}
