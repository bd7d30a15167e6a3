using System.Runtime.InteropServices;
using Iced.Intel;
using ResNetSharp.Cpu.Jit;
using static Iced.Intel.AssemblerRegisters;

namespace ResNetSharp.Cpu;

/// <summary>What a <see cref="GroupTileKernel"/> works on. The order of the fields is known to the generated code.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct GroupTileArguments
{
    /// <summary>The place in a plane of the source that the taps count from.</summary>
    public byte* Source;

    /// <summary>For each tap and place in a group a register of weights.</summary>
    public byte* Weights;

    /// <summary>A row of a plane of results.</summary>
    public byte* Destination;

    /// <summary>Tiles, at least one.</summary>
    public long Tiles;
}

/// <summary>What a <see cref="GroupTileKernel"/> is specialised for.</summary>
/// <param name="Set">AVX2 or AVX-512.</param>
/// <param name="Width">Channels of a group.</param>
/// <param name="Pixels">Pixels of a tile, beside each other.</param>
/// <param name="Step">Pixels of the source from one to the next.</param>
/// <param name="Taps">The distances of the taps in the source's plane, in pixels, separated by spaces.</param>
internal readonly record struct GroupTileShape(InstructionSet Set, int Width, int Pixels, int Step, string Taps);

/// <summary>The inner loop of <see cref="NarrowGroups"/>: a tile of pixels of a plane, all of whose sums are in registers.</summary>
internal sealed unsafe class GroupTileKernel(GroupTileShape shape)
{
    static readonly CodeCache<GroupTileShape> cache = new(key => new Generator(key).Generate());

    readonly ExecutableMemory code = cache.Get(shape);

    /// <summary>Pixels of a tile.</summary>
    public int Pixels => shape.Pixels;

    /// <summary>Computes tiles.</summary>
    public void Run(GroupTileArguments* arguments)
    {
        ((delegate* unmanaged<GroupTileArguments*, void>)code.Address)(arguments);
        GC.KeepAlive(this);
    }

    /// <summary>Pixels of the largest tile: all its sums and its source fit into the registers, with two for weights.</summary>
    public static int MaxPixels(InstructionSet set, int width) => ((set >= InstructionSet.Avx512 ? 32 : 16) - 2) / (width + 1);

    sealed class Generator(GroupTileShape shape)
    {
        readonly VectorAssembler asm = new(shape.Set);
        readonly AssemblerRegister64 source = r8;
        readonly AssemblerRegister64 weights = r9;
        readonly AssemblerRegister64 destination = r10;
        readonly AssemblerRegister64 tiles = r11;

        int Sums => shape.Pixels * shape.Width;

        int Weights => Sums + shape.Pixels;

        public ExecutableMemory Generate()
        {
            var code = asm.Code;
            asm.Enter(0);
            code.mov(rax, VectorAssembler.Argument);
            code.mov(source, Argument(nameof(GroupTileArguments.Source)));
            code.mov(weights, Argument(nameof(GroupTileArguments.Weights)));
            code.mov(destination, Argument(nameof(GroupTileArguments.Destination)));
            code.mov(tiles, Argument(nameof(GroupTileArguments.Tiles)));
            var tile = code.CreateLabel();
            code.Label(ref tile);
            for (var i = 0; i < Sums; i++) asm.Zero(i);
            var taps = shape.Taps.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            for (var tap = 0; tap < taps.Length; tap++) Tap(tap, int.Parse(taps[tap], null));
            for (var pixel = 0; pixel < shape.Pixels; pixel++) Finish(pixel);
            code.add(source, shape.Pixels * shape.Step * asm.VectorBytes);
            code.add(destination, shape.Pixels * asm.VectorBytes);
            code.dec(tiles);
            code.jne(tile);
            asm.Leave();
            return asm.Build();
        }

        static AssemblerMemoryOperand Argument(string field) => __qword_ptr[rax + (int)Marshal.OffsetOf<GroupTileArguments>(field)];

        void Tap(int tap, int distance)
        {
            for (var pixel = 0; pixel < shape.Pixels; pixel++)
            {
                asm.Load(Sums + pixel, VectorAssembler.At(source, (distance + pixel * shape.Step) * asm.VectorBytes));
            }
            for (var moved = 0; moved < shape.Width; moved++)
            {
                var register = Weights + moved % (asm.Registers - Weights);
                asm.Load(register, VectorAssembler.At(weights, (tap * shape.Width + moved) * asm.VectorBytes));
                for (var pixel = 0; pixel < shape.Pixels; pixel++) asm.MultiplyAdd(pixel * shape.Width + moved, Sums + pixel, register);
            }
        }

        /// <summary>Brings a pixel's sums to the lanes they belong to, and together.</summary>
        void Finish(int pixel)
        {
            for (var distance = 1; distance < shape.Width; distance *= 2)
            {
                for (var sum = pixel * shape.Width; sum < (pixel + 1) * shape.Width; sum += 2 * distance)
                {
                    asm.SwapLanes(sum + distance, sum + distance, distance);
                    asm.Add(sum, sum, sum + distance);
                }
            }
            asm.Store(VectorAssembler.At(destination, pixel * asm.VectorBytes), pixel * shape.Width);
        }
    }
}
