using System.Diagnostics;
using System.Numerics;
using System.Runtime.CompilerServices;
using ResNetSharp.Cpu.Jit;
using static Iced.Intel.AssemblerRegisters;

namespace ResNetSharp.Cpu;

/// <summary>What this machine can do at most, measured: fused multiply-adds in registers, and bytes read from memory.</summary>
internal static unsafe class MachinePeak
{
    const int Sums = 12;
    const int LoopsPerRound = 20_000;

    static readonly CodeCache<InstructionSet> code = new(Generate);

    /// <summary>Billions of single-precision operations a second (two for a multiply-add), all workers together.</summary>
    /// <param name="workers">The threads to load.</param>
    /// <param name="set">The registers to use.</param>
    /// <param name="rounds">Measurements, of about a hundred microseconds each, of which the best counts.</param>
    public static double GigaFlops(Workers workers, InstructionSet set, int rounds = 20)
    {
        var body = new MultiplyAddBody(set);
        var operations = 2.0 * workers.Count * LoopsPerRound * Sums * TileKernel.Lanes(set);
        return operations / BestSeconds(workers, body, workers.Count, rounds) / 1e9;
    }

    /// <summary>
    /// Billions of operations a second (two for a multiplication with its addition) on bfloat16 or 8-bit numbers in registers, all workers
    /// together; null where there is no machine code for them.
    /// </summary>
    /// <param name="workers">The threads to load.</param>
    /// <param name="set">The registers to use.</param>
    /// <param name="type">The numbers.</param>
    /// <param name="rounds">Measurements, of about a hundred microseconds each, of which the best counts.</param>
    public static double? GigaOperations(Workers workers, InstructionSet set, NarrowType type, int rounds = 20)
    {
        // The instructions may be there though no kernel uses them.
        var isThere = type == NarrowType.BFloat16 ? set >= InstructionSet.Avx512 && NarrowArithmetic.HasVectorBFloat16 : set != InstructionSet.Portable;
        if (!isThere) return null;
        if (set >= InstructionSet.Avx512 && type != NarrowType.BFloat16 && !NarrowArithmetic.HasInt8(set)) set = InstructionSet.Avx2;
        var loop = new NarrowPeak(set, type);
        return loop.Operations * workers.Count / BestSeconds(workers, loop, workers.Count, rounds) / 1e9;
    }

    /// <summary>Billions of bytes a second read from memory, all workers together.</summary>
    public static double ReadGigabytes(Workers workers, int rounds = 3)
    {
        var buffer = new NativeBuffer(512L << 20);
        buffer.Floats.Fill(1);
        var body = new ReadBody(buffer);
        return buffer.Bytes / BestSeconds(workers, body, ReadBody.Parts, rounds) / 1e9;
    }

    static double BestSeconds(Workers workers, IParallelBody body, int parts, int rounds)
    {
        var best = double.MaxValue;
        // A team runs one loop at a time, and a plan may be at work on another thread.
        lock (workers)
        {
            workers.Run(body, parts);
            for (var i = 0; i < rounds; i++)
            {
                var start = Stopwatch.GetTimestamp();
                workers.Run(body, parts);
                best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
            }
        }
        return best;
    }

    static ExecutableMemory Generate(InstructionSet set)
    {
        var asm = new VectorAssembler(set);
        asm.Enter(0);
        asm.Code.mov(rax, VectorAssembler.Argument);
        for (var i = 0; i < Sums + 2; i++) asm.Zero(i);
        var turn = asm.Code.CreateLabel();
        asm.Code.Label(ref turn);
        for (var i = 0; i < Sums; i++) asm.MultiplyAdd(i, Sums, Sums + 1);
        asm.Code.dec(rax);
        asm.Code.jne(turn);
        asm.Leave();
        return asm.Build();
    }

    sealed class MultiplyAddBody(InstructionSet set) : IParallelBody
    {
        readonly ExecutableMemory? loop = set == InstructionSet.Portable ? null : code.Get(set);

        public void Execute(int part, int worker)
        {
            if (loop is not null) ((delegate* unmanaged<long, void>)loop.Address)(LoopsPerRound);
            else Portable();
        }

        [MethodImpl(MethodImplOptions.NoInlining)]
        static float Portable()
        {
            Vector<float> a = new(0.5f), b = new(0.25f);
            Vector<float> s0 = a, s1 = a, s2 = a, s3 = a, s4 = a, s5 = a, s6 = a, s7 = a, s8 = a, s9 = a, s10 = a, s11 = a;
            for (var i = 0; i < LoopsPerRound; i++)
            {
                s0 = Vector.MultiplyAddEstimate(a, b, s0);
                s1 = Vector.MultiplyAddEstimate(a, b, s1);
                s2 = Vector.MultiplyAddEstimate(a, b, s2);
                s3 = Vector.MultiplyAddEstimate(a, b, s3);
                s4 = Vector.MultiplyAddEstimate(a, b, s4);
                s5 = Vector.MultiplyAddEstimate(a, b, s5);
                s6 = Vector.MultiplyAddEstimate(a, b, s6);
                s7 = Vector.MultiplyAddEstimate(a, b, s7);
                s8 = Vector.MultiplyAddEstimate(a, b, s8);
                s9 = Vector.MultiplyAddEstimate(a, b, s9);
                s10 = Vector.MultiplyAddEstimate(a, b, s10);
                s11 = Vector.MultiplyAddEstimate(a, b, s11);
            }
            return Vector.Sum(s0 + s1 + s2 + s3 + s4 + s5 + s6 + s7 + s8 + s9 + s10 + s11);
        }
    }

    sealed class ReadBody(NativeBuffer buffer) : IParallelBody
    {
        public const int Parts = 64;

        readonly float[] results = new float[Parts];

        public void Execute(int part, int worker)
        {
            var count = buffer.Floats.Length / Parts;
            results[part] = System.Numerics.Tensors.TensorPrimitives.Sum<float>(buffer.Floats.Slice(part * count, count));
        }
    }
}
