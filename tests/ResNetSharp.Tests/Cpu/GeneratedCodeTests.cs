using ResNetSharp.Cpu;
using ResNetSharp.Cpu.Jit;

namespace ResNetSharp.Tests.Cpu;

public sealed unsafe class GeneratedCodeTests
{
    [Fact]
    public void Code_pages_are_executable_and_not_writable()
    {
        if (!OperatingSystem.IsLinux() || ExecutableMemory.WhyUnavailable is not null) return;
        var code = new ExecutableMemory([0xC3]);
        var address = (ulong)code.Address;
        var line = File.ReadLines("/proc/self/maps").Single(l => Contains(l, address));
        Assert.Equal("r-xp", line.Split(' ')[1]);
        GC.KeepAlive(code);

        static bool Contains(string line, ulong address)
        {
            var ends = line.Split(' ')[0].Split('-');
            return Convert.ToUInt64(ends[0], 16) <= address && address < Convert.ToUInt64(ends[1], 16);
        }
    }

    [Fact]
    public void No_page_of_the_process_is_writable_and_executable_because_of_kernels()
    {
        if (!OperatingSystem.IsLinux() || !InstructionSets.IsSupported(InstructionSet.Avx2)) return;
        var kernel = TileKernel.Create(new TileShape(InstructionSet.Avx2, 3, 2, 8, 19, false, false, false, false));
        Assert.DoesNotContain(File.ReadLines("/proc/self/maps"), l => l.Contains(" rwxp ", StringComparison.Ordinal) && l.EndsWith(" 0 ", StringComparison.Ordinal));
        GC.KeepAlive(kernel);
    }

    [Theory]
    [InlineData("portable", "Portable")]
    [InlineData(" AUTO ", null)]
    [InlineData(null, null)]
    public void The_path_can_be_chosen(string? value, string? expected) =>
        Assert.Equal(expected ?? InstructionSets.Best.ToString(), InstructionSets.Select(value).ToString());

    [Fact]
    public void An_unknown_path_is_refused_with_the_known_ones()
    {
        var error = Assert.Throws<NotSupportedException>(() => InstructionSets.Select("sse9"));
        Assert.Contains("portable, avx2, avx512, avx512bf16, amx or auto", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Equal_specialisations_share_their_code()
    {
        var made = 0;
        var cache = new CodeCache<int>(_ =>
        {
            Interlocked.Increment(ref made);
            return new ExecutableMemory([0xC3]);
        });
        if (ExecutableMemory.WhyUnavailable is not null) return;
        Parallel.For(0, 100, i => cache.Get(i % 3));
        Assert.Equal(3, made);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Running_a_kernel_again_allocates_nothing(int threads)
    {
        using var workers = new Workers(threads);
        foreach (var set in Enum.GetValues<InstructionSet>().Where(InstructionSets.IsSupported))
        {
            foreach (var groups in new[] { 1, 4 })
            {
                var geometry = new ConvolutionGeometry(2, 8, 8, 32, 32, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1, groups);
                NativeBuffer x = new(geometry.InputLength * 4), w = new(geometry.WeightLength * 4), y = new(geometry.OutputLength * 4), b = new(128);
                float* px = (float*)x.Pointer, pw = (float*)w.Pointer, py = (float*)y.Pointer, pb = (float*)b.Pointer;
                Kernel[] kernels =
                [
                    new ConvolutionForward(geometry, set, px, pw, pb, null, true, py, Winograd.Off),
                    new ConvolutionForward(geometry, set, px, pw, pb, null, true, py, Winograd.Always) { WeightsAreConstant = true },
                    new ConvolutionInputGradient(geometry, set, py, pw, px, true, Winograd.Off),
                    new ConvolutionInputGradient(geometry, set, py, pw, px, true, Winograd.Always),
                    new ConvolutionWeightGradient(geometry, set, px, py, pw, pb, Winograd.Off),
                    new ConvolutionWeightGradient(geometry, set, px, py, pw, pb, Winograd.Always),
                ];
                foreach (var kernel in kernels) AssertAllocatesNothing(kernel, workers, $"{kernel.GetType().Name}, {set}, {groups} groups");
                GC.KeepAlive((x, w, y, b));
            }
        }
    }

    static void AssertAllocatesNothing(Kernel kernel, Workers workers, string what)
    {
        var scratch = new NativeBuffer(kernel.ScratchBytes(workers.Count));
        kernel.Scratch = scratch.Pointer;
        for (var i = 0; i < 3; i++) kernel.Run(workers);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 5; i++) kernel.Run(workers);
        Assert.True(GC.GetAllocatedBytesForCurrentThread() == before, $"{what} allocates.");
        GC.KeepAlive(scratch);
    }
}
