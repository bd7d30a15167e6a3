using System.Runtime.InteropServices;
using Iced.Intel;
using ResNetSharp.Cpu.Jit;
using static Iced.Intel.AssemblerRegisters;

namespace ResNetSharp.Cpu;

/// <summary>The tile kernel as machine code. With AVX-512, 14 x 32 sums fill 28 of the 32 registers.</summary>
internal sealed unsafe class GeneratedTileKernel(TileShape shape) : TileKernel
{
    // The remainder of the channels is unrolled into the code; the number of turns before it is an argument.
    static readonly CodeCache<TileShape> cache = new(key => new Generator(key).Generate());

    readonly ExecutableMemory code = cache.Get(shape with { Channels = shape.Channels % Unroll + (shape.Channels >= Unroll ? Unroll : 0) });

    public override void Run(TileArguments* arguments)
    {
        ((delegate* unmanaged<TileArguments*, void>)code.Address)(arguments);
        GC.KeepAlive(this);
    }

    sealed class Generator(TileShape shape)
    {
        static readonly int endOffset = sizeof(TileArguments);
        static readonly int tapsLeftOffset = endOffset + sizeof(long);
        static readonly int localBytes = tapsLeftOffset + sizeof(long);

        readonly VectorAssembler asm = new(shape.Set);
        readonly AssemblerRegister64 weights = r15;

        int Sums => shape.Rows * shape.Vectors;

        int Weights => Sums;

        int Temporaries => Sums + shape.Vectors;

        int TemporaryCount => asm.Registers - Temporaries;

        bool HasTail => shape.TailLanes < asm.Lanes;

        static AssemblerRegister64 Ahead => r14;

        static IReadOnlyList<AssemblerRegister64> Rows => VectorAssembler.GeneralRegisters;

        public ExecutableMemory Generate()
        {
            var code = asm.Code;
            asm.Enter(localBytes);
            CopyArguments();
            if (shape.AheadLines > 0) code.mov(Ahead, Local(nameof(TileArguments.Ahead)));
            var tile = code.CreateLabel();
            code.Label(ref tile);
            StartSums();
            code.mov(weights, Local(nameof(TileArguments.Weights)));
            code.mov(Rows[0], Local(nameof(TileArguments.Taps)));
            code.mov(__qword_ptr[rsp + tapsLeftOffset], Rows[0]);
            var finish = code.CreateLabel();
            var tap = code.CreateLabel();
            code.test(Rows[0], Rows[0]);
            code.je(finish);
            code.Label(ref tap);
            Tap();
            code.dec(__qword_ptr[rsp + tapsLeftOffset]);
            code.jne(tap);
            code.Label(ref finish);
            Finish();
            code.dec(Local(nameof(TileArguments.Tiles)));
            code.jne(tile);
            asm.Leave();
            return asm.Build();
        }

        static AssemblerMemoryOperand Local(string field) => __qword_ptr[rsp + (int)Marshal.OffsetOf<TileArguments>(field)];

        void CopyArguments()
        {
            var word = VectorAssembler.GeneralRegisters[0];
            for (var offset = 0; offset < sizeof(TileArguments); offset += sizeof(long))
            {
                asm.Code.mov(word, __qword_ptr[VectorAssembler.Argument + offset]);
                asm.Code.mov(__qword_ptr[rsp + offset], word);
            }
        }

        void StartSums()
        {
            if (!shape.Bias)
            {
                for (var i = 0; i < Sums; i++) asm.Zero(i);
                return;
            }
            if (HasTail) asm.SetMask(shape.TailLanes, Temporaries, rax);
            asm.Code.mov(rax, Local(nameof(TileArguments.Bias)));
            for (var v = 0; v < shape.Vectors; v++)
            {
                var from = VectorAssembler.At(rax, v * asm.VectorBytes);
                if (IsPartial(v)) asm.LoadMasked(v, from, Temporaries);
                else asm.Load(v, from);
            }
            for (var i = shape.Vectors; i < Sums; i++) asm.Copy(i, i % shape.Vectors);
        }

        void Tap()
        {
            var code = asm.Code;
            if (shape.Channels >= Unroll)
            {
                code.mov(rax, weights);
                code.add(rax, Local(nameof(TileArguments.MainBytes)));
                code.mov(__qword_ptr[rsp + endOffset], rax);
            }
            LoadRowPointers();
            if (shape.Channels >= Unroll)
            {
                var turn = code.CreateLabel();
                code.Label(ref turn);
                for (var channel = 0; channel < Unroll; channel++)
                {
                    Channel(channel);
                    if (shape.Vectors > 1) FetchAhead(channel);
                    for (var line = channel; line < shape.AheadLines; line += Unroll) code.prefetcht1(__byte_ptr[Ahead + line * NativeBuffer.Alignment]);
                }
                if (shape.AheadLines > 0) code.add(Ahead, shape.AheadLines * NativeBuffer.Alignment);
                for (var row = 0; row < shape.Rows; row++) code.add(Rows[row], Unroll * sizeof(float));
                code.add(weights, Unroll * shape.Vectors * asm.VectorBytes);
                code.cmp(weights, __qword_ptr[rsp + endOffset]);
                code.jne(turn);
            }
            var rest = shape.Channels % Unroll;
            for (var channel = 0; channel < rest; channel++) Channel(channel);
            if (rest > 0) code.add(weights, rest * shape.Vectors * asm.VectorBytes);
        }

        /// <summary>
        /// Asks for the weights and pixels of later channels: where the pixels of a tile change lines, more of them are missing from the
        /// first-level cache at once than the processor looks for by itself, all the more where two threads share its buffers. Panels of one
        /// register, of narrow groups or few channels, have the same few lines read again for each tap.
        /// </summary>
        void FetchAhead(int channel)
        {
            const int Line = NativeBuffer.Alignment, WeightBytes = 32 * Line, PixelBytes = Line;
            var channelBytes = shape.Vectors * asm.VectorBytes;
            for (var at = channel * channelBytes; at < (channel + 1) * channelBytes; at += asm.VectorBytes)
            {
                if (at % Line == 0) asm.Code.prefetcht0(__byte_ptr[weights + WeightBytes + at]);
            }
            for (var row = channel; row < shape.Rows; row += Unroll) asm.Code.prefetcht0(__byte_ptr[Rows[row] + PixelBytes]);
        }

        /// <summary>The last row's register points to the table until it is itself loaded.</summary>
        void LoadRowPointers()
        {
            var code = asm.Code;
            var table = Rows[shape.Rows - 1];
            code.mov(table, Local(nameof(TileArguments.SourceOffsets)));
            for (var row = 0; row < shape.Rows; row++)
            {
                code.movsxd(Rows[row], __dword_ptr[table + row * sizeof(int)]);
                code.add(Rows[row], Local(nameof(TileArguments.Source)));
                // Minus one is all ones: adding anything to it carries.
                if (shape.Padding) code.cmovc(Rows[row], Local(nameof(TileArguments.Zeros)));
            }
            code.add(Local(nameof(TileArguments.SourceOffsets)), shape.Rows * sizeof(int));
        }

        void Channel(int channel)
        {
            for (var v = 0; v < shape.Vectors; v++)
            {
                asm.Load(Weights + v, VectorAssembler.At(weights, (channel * shape.Vectors + v) * asm.VectorBytes));
            }
            for (var row = 0; row < shape.Rows; row++)
            {
                var number = channel * sizeof(float);
                if (shape.Vectors == 1 && asm.HasEmbeddedBroadcast)
                {
                    asm.MultiplyAddBroadcast(row, Weights, VectorAssembler.At(Rows[row], number, broadcast: true));
                    continue;
                }
                var temporary = Temporaries + row % TemporaryCount;
                asm.Broadcast(temporary, VectorAssembler.At(Rows[row], number));
                for (var v = 0; v < shape.Vectors; v++) asm.MultiplyAdd(row * shape.Vectors + v, temporary, Weights + v);
            }
        }

        void Finish()
        {
            var code = asm.Code;
            var mask = Temporaries;
            var zero = Weights;
            var addend = Temporaries + 1;
            if (HasTail) asm.SetMask(shape.TailLanes, mask, rax);
            if (shape.Relu) asm.Zero(zero);
            code.mov(rax, Local(nameof(TileArguments.DestinationOffsets)));
            code.mov(rcx, Local(nameof(TileArguments.Destination)));
            if (shape.Residual) code.mov(rdx, Local(nameof(TileArguments.Residual)));
            for (var row = 0; row < shape.Rows; row++)
            {
                code.movsxd(rbx, __dword_ptr[rax + row * sizeof(int)]);
                for (var v = 0; v < shape.Vectors; v++)
                {
                    var sum = row * shape.Vectors + v;
                    if (shape.Residual) AddResidual(sum, VectorAssembler.At(rdx, rbx, v * asm.VectorBytes), addend, mask, IsPartial(v));
                    if (shape.Relu) asm.Max(sum, zero, sum);
                    var to = VectorAssembler.At(rcx, rbx, v * asm.VectorBytes);
                    if (IsPartial(v)) asm.StoreMasked(to, sum, mask);
                    else asm.Store(to, sum);
                }
            }
            code.add(Local(nameof(TileArguments.DestinationOffsets)), shape.Rows * sizeof(int));
        }

        void AddResidual(int sum, MemoryOperand from, int addend, int mask, bool partial)
        {
            if (!partial)
            {
                asm.Add(sum, sum, from);
                return;
            }
            asm.LoadMasked(addend, from, mask);
            asm.Add(sum, sum, addend);
        }

        bool IsPartial(int vector) => HasTail && vector == shape.Vectors - 1;
    }
}
