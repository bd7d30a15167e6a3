using System.Diagnostics;
using ResNetSharp.Cpu;

namespace ResNetSharp.Benchmarks;

/// <summary>
/// GFLOP/s of single layers, and their share of the multiply-add peak, which is measured right beside each run because a shared
/// machine's speed changes from moment to moment. Of several runs the best counts.
/// </summary>
static unsafe class ConvolutionBenchmark
{
    const int Runs = 9;

    public static void Run(int threads, string filter)
    {
        var workers = new Workers(threads);
        var set = InstructionSets.Selected;
        Console.WriteLine($"{set}, {threads} thread(s); GFLOP/s (share of the peak measured beside it)");
        Console.WriteLine($"{"layer",-44} {"GFLOP",7} {"forward",16} {"input gradient",16} {"weight gradient",16}");
        foreach (var (name, geometry) in ConvolutionLayers.All.Where(l => l.Name.Contains(filter, StringComparison.Ordinal)))
        {
            var input = Filled(geometry.InputLength);
            var weights = Filled(geometry.WeightLength);
            var output = Filled(geometry.OutputLength);
            float* x = (float*)input.Pointer, w = (float*)weights.Pointer, y = (float*)output.Pointer;
            var forward = Measure(new ConvolutionForward(geometry, set, x, w, null, null, false, y), geometry, workers, set);
            var backward = Measure(new ConvolutionInputGradient(geometry, set, y, w, x, false), geometry, workers, set);
            var gradient = Measure(new ConvolutionWeightGradient(geometry, set, x, y, w, null), geometry, workers, set);
            Console.WriteLine($"{name,-44} {geometry.MultiplyAdds * 2e-9,7:F2} {forward,16} {backward,16} {gradient,16}");
            GC.KeepAlive((input, weights, output));
        }
    }

    static string Measure(Kernel kernel, ConvolutionGeometry geometry, Workers workers, InstructionSet set)
    {
        var scratch = new NativeBuffer(kernel.ScratchBytes(workers.Count));
        kernel.Scratch = scratch.Pointer;
        kernel.Run(workers);
        var (bestShare, bestSpeed) = (0.0, 0.0);
        var before = MachinePeak.GigaFlops(workers, set, 4);
        for (var i = 0; i < Runs; i++)
        {
            // With one thread its processor time counts, with several the time that passes.
            var start = workers.Count == 1 ? ThreadClock.Seconds : Stopwatch.GetTimestamp() / (double)Stopwatch.Frequency;
            kernel.Run(workers);
            var seconds = (workers.Count == 1 ? ThreadClock.Seconds : Stopwatch.GetTimestamp() / (double)Stopwatch.Frequency) - start;
            var after = MachinePeak.GigaFlops(workers, set, 4);
            var speed = geometry.MultiplyAdds * 2e-9 / seconds;
            if (speed > bestSpeed) (bestSpeed, bestShare) = (speed, speed / Math.Max(before, after));
            before = after;
        }
        GC.KeepAlive(scratch);
        return $"{bestSpeed:F0} ({bestShare:P0})";
    }

    /// <summary>Numbers in -1..1, the same each time.</summary>
    public static NativeBuffer Filled(long length)
    {
        var random = new Random(1);
        var buffer = new NativeBuffer(length * sizeof(float));
        foreach (ref var value in buffer.Floats) value = (float)(random.NextDouble() * 2 - 1);
        return buffer;
    }
}
