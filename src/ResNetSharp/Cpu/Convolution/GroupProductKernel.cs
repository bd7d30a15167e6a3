using System.Runtime.InteropServices;
using Iced.Intel;
using ResNetSharp.Cpu.Jit;
using static Iced.Intel.AssemblerRegisters;

namespace ResNetSharp.Cpu;

/// <summary>What a <see cref="GroupProductKernel"/> works on. The order of the fields is known to the generated code.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct GroupProductArguments
{
    /// <summary>The place in a plane of the input that the taps count from.</summary>
    public byte* Input;

    /// <summary>Bytes of the input from one row of output pixels to the next.</summary>
    public long InputRowBytes;

    /// <summary>A plane of the output's gradient, rows without gaps.</summary>
    public byte* Gradient;

    /// <summary>Rows of output pixels, at least one.</summary>
    public long Rows;

    /// <summary>Output pixels of a row, at least one.</summary>
    public long Columns;

    /// <summary>A register for each tap and place in a group, to which the sums are added.</summary>
    public byte* Sums;
}

/// <summary>What a <see cref="GroupProductKernel"/> is specialised for.</summary>
/// <param name="Set">AVX2 or AVX-512.</param>
/// <param name="Width">Channels of a group.</param>
/// <param name="Step">Pixels of the input from one output pixel to the next.</param>
/// <param name="Taps">The distances of the taps in the input's plane, in pixels, separated by spaces.</param>
internal readonly record struct GroupProductShape(InstructionSet Set, int Width, int Step, string Taps);

/// <summary>
/// The inner loop of the weight gradient of <see cref="NarrowGroups"/>: for each tap and each r below the width of a group, the sum over
/// pixels of lane l of the input times lane l xor r of the output's gradient, all in registers.
/// </summary>
internal sealed unsafe class GroupProductKernel(GroupProductShape shape)
{
    static readonly CodeCache<GroupProductShape> cache = new(key => new Generator(key).Generate());

    readonly ExecutableMemory code = cache.Get(shape);

    /// <summary>Adds up.</summary>
    public void Run(GroupProductArguments* arguments)
    {
        ((delegate* unmanaged<GroupProductArguments*, void>)code.Address)(arguments);
        GC.KeepAlive(this);
    }

    /// <summary>Kernel positions whose sums fit into the registers, beside the gradient's and one of the input.</summary>
    public static int MaxTaps(InstructionSet set, int width) => Math.Max(1, ((set >= InstructionSet.Avx512 ? 32 : 16) - width - 1) / width);

    sealed class Generator(GroupProductShape shape)
    {
        readonly VectorAssembler asm = new(shape.Set);
        readonly string[] taps = shape.Taps.Split(' ');
        readonly AssemblerRegister64 arguments = rbp;
        readonly AssemblerRegister64 rowInput = r8;
        readonly AssemblerRegister64 gradient = r9;
        readonly AssemblerRegister64 input = r10;
        readonly AssemblerRegister64 columns = r11;
        readonly AssemblerRegister64 rows = r12;

        int Sums => taps.Length * shape.Width;

        int Gradients => Sums;

        public ExecutableMemory Generate()
        {
            var code = asm.Code;
            asm.Enter(0);
            code.mov(arguments, VectorAssembler.Argument);
            code.mov(rowInput, Argument(nameof(GroupProductArguments.Input)));
            code.mov(gradient, Argument(nameof(GroupProductArguments.Gradient)));
            code.mov(rows, Argument(nameof(GroupProductArguments.Rows)));
            for (var i = 0; i < Sums; i++) asm.Zero(i);
            var row = code.CreateLabel();
            code.Label(ref row);
            code.mov(input, rowInput);
            code.mov(columns, Argument(nameof(GroupProductArguments.Columns)));
            var pixel = code.CreateLabel();
            code.Label(ref pixel);
            Pixel();
            code.add(input, shape.Step * asm.VectorBytes);
            code.add(gradient, asm.VectorBytes);
            code.dec(columns);
            code.jne(pixel);
            code.add(rowInput, Argument(nameof(GroupProductArguments.InputRowBytes)));
            code.dec(rows);
            code.jne(row);
            code.mov(rax, Argument(nameof(GroupProductArguments.Sums)));
            for (var i = 0; i < Sums; i++)
            {
                asm.Add(i, i, VectorAssembler.At(rax, i * asm.VectorBytes));
                asm.Store(VectorAssembler.At(rax, i * asm.VectorBytes), i);
            }
            asm.Leave();
            return asm.Build();
        }

        AssemblerMemoryOperand Argument(string field) => __qword_ptr[arguments + (int)Marshal.OffsetOf<GroupProductArguments>(field)];

        void Pixel()
        {
            asm.Load(Gradients, VectorAssembler.At(gradient, 0));
            for (var distance = 1; distance < shape.Width; distance *= 2)
            {
                for (var moved = 0; moved < distance; moved++) asm.SwapLanes(Gradients + distance + moved, Gradients + moved, distance);
            }
            var inputs = Gradients + shape.Width;
            for (var tap = 0; tap < taps.Length; tap++)
            {
                var register = inputs + tap % (asm.Registers - inputs);
                asm.Load(register, VectorAssembler.At(input, int.Parse(taps[tap], null) * asm.VectorBytes));
                for (var moved = 0; moved < shape.Width; moved++) asm.MultiplyAdd(tap * shape.Width + moved, register, Gradients + moved);
            }
        }
    }
}
