using System.Diagnostics;
using ResNetSharp.Cpu;

namespace ResNetSharp.Benchmarks;

/// <summary>
/// What the fast algorithms, Winograd's and Strassen's, gain in single layers. A layer's two kernels take turns in random order, so that a shared
/// machine's moods meet both alike; a ratio is taken within a round, and the median counts.
/// </summary>
static unsafe class AlgorithmBenchmark
{
    const int Rounds = 41;

    public static void Run(int threads, string filter)
    {
        var workers = new Workers(threads);
        var set = InstructionSets.Selected;
        Console.WriteLine($"{set}, {threads} thread(s); median GFLOP/s, and of {Rounds} ratios the median and the middle half");
        Console.WriteLine($"{"layer",-40} {"kernel",-16} {"direct",7} {"fast",7} {"ratio",22}");
        foreach (var (name, geometry) in ConvolutionLayers.All.Where(l => l.Name.Contains(filter, StringComparison.Ordinal)))
        {
            NativeBuffer input = ConvolutionBenchmark.Filled(geometry.InputLength), weights = ConvolutionBenchmark.Filled(geometry.WeightLength), output = ConvolutionBenchmark.Filled(geometry.OutputLength);
            float* x = (float*)input.Pointer, w = (float*)weights.Pointer, y = (float*)output.Pointer;
            Compare("forward", (winograd, strassen) => new ConvolutionForward(geometry, set, x, w, null, null, false, y, winograd, strassen));
            Compare("input gradient", (winograd, strassen) => new ConvolutionInputGradient(geometry, set, y, w, x, false, winograd, strassen));
            Compare("weight gradient", (winograd, strassen) => new ConvolutionWeightGradient(geometry, set, x, y, w, null, winograd, strassen));
            GC.KeepAlive((input, weights, output));

            void Compare(string what, Func<Winograd, Strassen, Kernel> create)
            {
                var fast = create(Winograd.Auto, Strassen.Auto);
                if (fast.Algorithm == "direct") return;
                var (slow, quick) = Turns(create(Winograd.Off, Strassen.Off), fast, workers);
                var ratios = slow.Zip(quick, (a, b) => a / b).Order().ToArray();
                var work = geometry.MultiplyAdds * 2e-9;
                Console.WriteLine($"{name,-40} {what,-16} {work / Median(slow),7:F0} {work / Median(quick),7:F0} {ratios[Rounds / 2],7:F3} ({ratios[Rounds / 4]:F3} to {ratios[Rounds * 3 / 4]:F3}) {fast.Algorithm}");
            }
        }
    }

    static (double[] First, double[] Second) Turns(Kernel first, Kernel second, Workers workers)
    {
        var random = new Random(1);
        Kernel[] kernels = [first, second];
        var scratch = kernels.Select(k => new NativeBuffer(k.ScratchBytes(workers.Count))).ToArray();
        for (var i = 0; i < kernels.Length; i++)
        {
            kernels[i].Scratch = scratch[i].Pointer;
            kernels[i].Run(workers);
        }
        var seconds = new[] { new double[Rounds], new double[Rounds] };
        for (var round = 0; round < Rounds; round++)
        {
            var begin = random.Next(2);
            foreach (var i in new[] { begin, 1 - begin })
            {
                var start = Stopwatch.GetTimestamp();
                kernels[i].Run(workers);
                seconds[i][round] = Stopwatch.GetElapsedTime(start).TotalSeconds;
            }
        }
        GC.KeepAlive(scratch);
        return (seconds[0], seconds[1]);
    }

    static double Median(double[] numbers) => numbers.Order().ElementAt(numbers.Length / 2);
}
