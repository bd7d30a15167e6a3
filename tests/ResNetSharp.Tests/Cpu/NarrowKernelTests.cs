using ResNetSharp.Cpu;

namespace ResNetSharp.Tests.Cpu;

/// <summary>What all kernels of bfloat16 and 8-bit numbers have in common.</summary>
public sealed unsafe class NarrowKernelTests
{
    public static TheoryData<string> Paths() => [.. Enum.GetValues<InstructionSet>().Where(InstructionSets.IsSupported).Select(set => set.ToString())];

    [Theory]
    [MemberData(nameof(Paths))]
    public void Running_a_kernel_again_allocates_nothing(string path)
    {
        var workers = new Workers(2);
        foreach (var groups in new[] { 1, 4 })
        {
            var memory = new Memory(groups);
            foreach (var kernel in memory.Kernels(Enum.Parse<InstructionSet>(path)))
            {
                var scratch = new NativeBuffer(kernel.ScratchBytes(workers.Count));
                kernel.Scratch = scratch.Pointer;
                for (var i = 0; i < 3; i++) kernel.Run(workers);
                // The runtime itself allocates once, when threads first wait for each other; a kernel that allocates does so each time.
                var least = Enumerable.Range(0, 5).Min(_ => AllocatedBytes(kernel, workers));
                Assert.True(least == 0, $"{kernel.GetType().Name}, {path}, {groups} groups allocates.");
                GC.KeepAlive((kernel, scratch));
            }
            GC.KeepAlive(memory);
        }
    }

    static long AllocatedBytes(Kernel kernel, Workers workers)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        kernel.Run(workers);
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    /// <summary>The collector stops threads by signals, whose handlers must keep the matrix registers of whoever they interrupt.</summary>
    [Theory]
    [MemberData(nameof(Paths))]
    public void Results_survive_garbage_collections_at_any_moment(string path)
    {
        var workers = new Workers(2);
        var memory = new Memory(1);
        using var done = new CancellationTokenSource();
        var collector = new Thread(() =>
        {
            while (!done.IsCancellationRequested)
            {
                GC.Collect(0, GCCollectionMode.Forced, blocking: true);
                // Without a pause the threads that are to be interrupted hardly ever run.
                Thread.Sleep(1);
            }
        });
        collector.Start();
        try
        {
            foreach (var kernel in memory.Kernels(Enum.Parse<InstructionSet>(path)))
            {
                var scratch = new NativeBuffer(kernel.ScratchBytes(workers.Count));
                kernel.Scratch = scratch.Pointer;
                kernel.Run(workers);
                var expected = memory.Results();
                for (var i = 0; i < 100; i++)
                {
                    kernel.Run(workers);
                    Assert.Equal(expected, memory.Results());
                }
                GC.KeepAlive(scratch);
            }
        }
        finally
        {
            done.Cancel();
            collector.Join();
        }
        GC.KeepAlive(memory);
    }

    /// <summary>Sources and results of kernels; the results of one are not the source of another.</summary>
    sealed class Memory
    {
        readonly ConvolutionGeometry geometry;
        readonly NativeBuffer source;
        readonly NativeBuffer weights;
        readonly NativeBuffer bias;
        readonly NativeBuffer results;

        public Memory(int groups)
        {
            geometry = new ConvolutionGeometry(2, 8, 8, 64, 64, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1, groups);
            source = Filled(geometry.InputLength);
            weights = Filled(geometry.WeightLength);
            bias = Filled(geometry.OutChannels);
            results = new NativeBuffer(geometry.WeightLength * sizeof(float));
        }

        public byte[] Results() => new Span<byte>(results.Pointer, (int)results.Bytes).ToArray();

        public Kernel[] Kernels(InstructionSet set)
        {
            ushort* x = (ushort*)source.Pointer, y = (ushort*)results.Pointer;
            float* w = (float*)weights.Pointer, b = (float*)bias.Pointer;
            return
            [
                new BFloat16ConvolutionForward(geometry, set, x, w, b, null, true, y),
                new BFloat16ConvolutionForward(geometry, set, x, w, b, null, true, y) { WeightsAreConstant = true },
                new BFloat16ConvolutionInputGradient(geometry, set, x, w, y, false),
                new BFloat16ConvolutionWeightGradient(geometry, set, x, x, (float*)results.Pointer, null),
                new Int8Convolution(geometry, set, source.Pointer, 3, (sbyte*)weights.Pointer, b, b, null, 0, 0, true, results.Pointer, 0),
            ];
        }

        static NativeBuffer Filled(long length)
        {
            var random = new Random(1);
            var buffer = new NativeBuffer(length * sizeof(float));
            var halves = new Span<ushort>(buffer.Pointer, (int)(buffer.Bytes / sizeof(ushort)));
            foreach (ref var half in halves) half = BFloat16.FromFloat((float)(random.NextDouble() * 2 - 1));
            return buffer;
        }
    }
}
