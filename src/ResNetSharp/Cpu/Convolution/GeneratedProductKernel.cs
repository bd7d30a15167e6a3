using System.Runtime.InteropServices;
using Iced.Intel;
using ResNetSharp.Cpu.Jit;
using static Iced.Intel.AssemblerRegisters;

namespace ResNetSharp.Cpu;

/// <summary>The product kernel as machine code.</summary>
internal sealed unsafe class GeneratedProductKernel(ProductShape shape) : ProductKernel
{
    static readonly CodeCache<ProductShape> cache = new(key => new Generator(key).Generate());

    readonly ExecutableMemory code = cache.Get(shape);

    public override void Run(ProductArguments* arguments)
    {
        ((delegate* unmanaged<ProductArguments*, void>)code.Address)(arguments);
        GC.KeepAlive(this);
    }

    sealed class Generator(ProductShape shape)
    {
        const int Unroll = 4;

        readonly VectorAssembler asm = new(shape.Set);
        readonly AssemblerRegister64 arguments = rbp;
        readonly AssemblerRegister64 input = r8;
        readonly AssemblerRegister64 gradient = r9;
        readonly AssemblerRegister64 offsets = r10;
        readonly AssemblerRegister64 pixels = r11;
        readonly AssemblerRegister64 images = r12;
        readonly AssemblerRegister64 ahead = r13;

        int Sums => shape.Rows * shape.Vectors;

        int Gradients => Sums;

        bool HasTail => shape.TailLanes < asm.Lanes;

        /// <summary>Only processors without mask registers need it.</summary>
        int Mask => asm.Registers - 1;

        /// <summary>Not into small caches: where a slice has a part of the channels, all of them are fetched, and push out the slice's own sums.</summary>
        bool FetchesAhead => shape.Set > InstructionSet.Avx2;

        int Temporaries => Sums + shape.Vectors;

        int TemporaryCount => asm.Registers - Temporaries - (HasTail && !asm.HasEmbeddedBroadcast ? 1 : 0);

        public ExecutableMemory Generate()
        {
            var code = asm.Code;
            asm.Enter(0);
            code.mov(arguments, VectorAssembler.Argument);
            code.mov(input, Argument(nameof(ProductArguments.Input)));
            code.mov(gradient, Argument(nameof(ProductArguments.Gradient)));
            code.mov(ahead, Argument(nameof(ProductArguments.Ahead)));
            code.mov(images, Argument(nameof(ProductArguments.Images)));
            if (HasTail) asm.SetMask(shape.TailLanes, Mask, rax);
            for (var i = 0; i < Sums; i++) asm.Zero(i);
            var image = code.CreateLabel();
            code.Label(ref image);
            StartPairs();
            code.mov(pixels, Argument(nameof(ProductArguments.Pixels)));
            PixelLoop(Unroll);
            PixelLoop(1);
            code.add(input, Argument(nameof(ProductArguments.InputImageBytes)));
            code.add(gradient, Argument(nameof(ProductArguments.GradientImageBytes)));
            code.dec(images);
            code.jne(image);
            Finish();
            asm.Leave();
            return asm.Build();
        }

        AssemblerMemoryOperand Argument(string field) => __qword_ptr[arguments + (int)Marshal.OffsetOf<ProductArguments>(field)];

        void PixelLoop(int count)
        {
            var code = asm.Code;
            var turn = code.CreateLabel();
            var done = code.CreateLabel();
            code.cmp(pixels, count);
            code.jl(done);
            code.Label(ref turn);
            for (var i = 0; i < count; i++) Pixel(i);
            MovePairs(count);
            if (FetchesAhead) code.add(ahead, count * NativeBuffer.Alignment);
            code.sub(pixels, count);
            code.cmp(pixels, count);
            code.jge(turn);
            code.Label(ref done);
        }

        void Pixel(int index)
        {
            var code = asm.Code;
            FindPair(index);
            for (var v = 0; v < shape.Vectors; v++) asm.Load(Gradients + v, GradientAt(index, v));
            if (FetchesAhead) code.prefetcht1(__byte_ptr[ahead + index * NativeBuffer.Alignment]);
            for (var row = 0; row < shape.Rows; row++)
            {
                var number = InputAt(index, row);
                if (shape.Vectors == 1 && asm.HasEmbeddedBroadcast)
                {
                    asm.MultiplyAddBroadcast(row, Gradients, VectorAssembler.At(rax, number, broadcast: true));
                    continue;
                }
                var temporary = Temporaries + row % TemporaryCount;
                asm.Broadcast(temporary, VectorAssembler.At(rax, number));
                for (var v = 0; v < shape.Vectors; v++) asm.MultiplyAdd(row * shape.Vectors + v, temporary, Gradients + v);
            }
            if (!shape.IsPacked) FetchPair(index + PairsAhead);
        }

        /// <summary>
        /// Looks up where a pair is. Evenly spaced pairs need no instructions for that, which with AVX2 are a tenth of all: rax points to the first
        /// input pixel of a turn, and rcx to its gradient.
        /// </summary>
        void FindPair(int index)
        {
            if (shape.Spacing is not null) return;
            asm.Code.movsxd(rax, __dword_ptr[offsets + index * 2 * sizeof(int)]);
            asm.Code.movsxd(rcx, __dword_ptr[offsets + (index * 2 + 1) * sizeof(int)]);
            asm.Code.add(rax, input);
        }

        int InputAt(int index, int row) => (index * (shape.Spacing?.Input ?? 0) + row) * sizeof(float);

        MemoryOperand GradientAt(int index, int vector) => shape.Spacing is { } spacing
            ? VectorAssembler.At(rcx, index * spacing.Gradient * sizeof(float) + vector * asm.VectorBytes)
            : VectorAssembler.At(gradient, rcx, vector * asm.VectorBytes);

        void StartPairs()
        {
            if (shape.Spacing is null)
            {
                asm.Code.mov(offsets, Argument(nameof(ProductArguments.Offsets)));
                return;
            }
            asm.Code.mov(rax, input);
            asm.Code.mov(rcx, gradient);
        }

        void MovePairs(int count)
        {
            if (shape.Spacing is not { } spacing)
            {
                asm.Code.add(offsets, count * 2 * sizeof(int));
                return;
            }
            asm.Code.add(rax, count * spacing.Input * sizeof(float));
            asm.Code.add(rcx, count * spacing.Gradient * sizeof(float));
        }

        /// <summary>Both ends of an input pixel's channels, which need not begin with a line, and all lines of a gradient's.</summary>
        void FetchPair(int index)
        {
            var code = asm.Code;
            code.movsxd(rax, __dword_ptr[offsets + index * 2 * sizeof(int)]);
            code.movsxd(rcx, __dword_ptr[offsets + (index * 2 + 1) * sizeof(int)]);
            code.prefetcht0(__byte_ptr[input + rax]);
            code.prefetcht0(__byte_ptr[input + rax + (shape.Rows - 1) * sizeof(float)]);
            for (var at = 0; at < shape.Vectors * asm.VectorBytes; at += NativeBuffer.Alignment) code.prefetcht0(__byte_ptr[gradient + rcx + at]);
        }

        void Finish()
        {
            var code = asm.Code;
            var store = code.CreateLabel();
            code.mov(rcx, Argument(nameof(ProductArguments.SumsRowBytes)));
            code.cmp(Argument(nameof(ProductArguments.Accumulate)), 0);
            code.je(store);
            code.mov(rax, Argument(nameof(ProductArguments.Sums)));
            ForEachSum((sum, at, partial) =>
            {
                if (partial) asm.LoadMasked(Temporaries, at, Mask);
                else asm.Load(Temporaries, at);
                asm.Add(sum, sum, Temporaries);
            });
            code.Label(ref store);
            code.mov(rax, Argument(nameof(ProductArguments.Sums)));
            ForEachSum((sum, at, partial) =>
            {
                if (partial) asm.StoreMasked(at, sum, Mask);
                else asm.Store(at, sum);
            });
        }

        void ForEachSum(Action<int, MemoryOperand, bool> action)
        {
            for (var row = 0; row < shape.Rows; row++)
            {
                for (var v = 0; v < shape.Vectors; v++)
                {
                    action(row * shape.Vectors + v, VectorAssembler.At(rax, v * asm.VectorBytes), IsPartial(v));
                }
                asm.Code.add(rax, rcx);
            }
        }

        bool IsPartial(int vector) => HasTail && vector == shape.Vectors - 1;
    }
}
