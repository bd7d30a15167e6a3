using System.Diagnostics;
using ResNetSharp.Cpu;

namespace ResNetSharp.Benchmarks;

/// <summary>As <see cref="ConvolutionBenchmark"/>, for bfloat16 and 8-bit numbers.</summary>
static unsafe class NarrowConvolutionBenchmark
{
    const int Runs = 9;

    public static void Run(int threads, string filter, string mode)
    {
        var workers = new Workers(threads);
        var set = InstructionSets.Selected;
        var isInt8 = mode == "int8";
        Console.WriteLine($"{set}, {mode}, {threads} thread(s); billions of operations a second (share of the peak measured beside it)");
        Console.WriteLine($"{"layer",-44} {"GFLOP",7} {"forward",16}" + (isInt8 ? "" : $" {"input gradient",16} {"weight gradient",16}"));
        foreach (var (name, geometry) in ConvolutionLayers.All.Where(l => l.Name.Contains(filter, StringComparison.Ordinal)))
        {
            var input = Random(geometry.InputLength);
            var output = Random(geometry.OutputLength);
            var weights = Random(geometry.WeightLength * 2);
            var scale = new NativeBuffer(geometry.OutChannels * sizeof(float));
            ushort* x = (ushort*)input.Pointer, y = (ushort*)output.Pointer;
            Kernel[] kernels = isInt8
                ?
                [
                    new Int8Convolution(
                        geometry, set, input.Pointer, 128, (sbyte*)weights.Pointer, (float*)scale.Pointer, null, null, 0, 0, true, output.Pointer, 0),
                ]
                :
                [
                    new BFloat16ConvolutionForward(geometry, set, x, (float*)weights.Pointer, null, null, true, y) { WeightsAreConstant = true },
                    new BFloat16ConvolutionInputGradient(geometry, set, y, (float*)weights.Pointer, x, false),
                    new BFloat16ConvolutionWeightGradient(geometry, set, x, y, (float*)weights.Pointer, null),
                ];
            var type = isInt8 ? NarrowType.Int8 : NarrowType.BFloat16;
            var figures = kernels.Select(k => Measure(k, geometry, workers, set, type));
            Console.WriteLine($"{name,-44} {geometry.MultiplyAdds * 2e-9,7:F2} {string.Join(' ', figures.Select(f => f.PadLeft(16)))}");
            GC.KeepAlive((input, weights, output, scale));
        }
    }

    static string Measure(Kernel kernel, ConvolutionGeometry geometry, Workers workers, InstructionSet set, NarrowType type)
    {
        var scratch = new NativeBuffer(kernel.ScratchBytes(workers.Count));
        kernel.Scratch = scratch.Pointer;
        kernel.Run(workers);
        var (bestShare, bestSpeed) = (0.0, 0.0);
        for (var i = 0; i < Runs; i++)
        {
            var peak = Math.Max(MachinePeak.GigaOperations(workers, set, type, 2) ?? 0, MachinePeak.GigaFlops(workers, set, 2));
            var start = Seconds(workers);
            kernel.Run(workers);
            var speed = geometry.MultiplyAdds * 2e-9 / (Seconds(workers) - start);
            if (speed > bestSpeed) (bestSpeed, bestShare) = (speed, speed / peak);
        }
        GC.KeepAlive(scratch);
        return $"{bestSpeed:F0} ({bestShare:P0})";
    }

    /// <summary>With one thread its processor time counts, with several the time that passes.</summary>
    static double Seconds(Workers workers) => workers.Count == 1 ? ThreadClock.Seconds : Stopwatch.GetTimestamp() / (double)Stopwatch.Frequency;

    /// <summary>Random bfloat16 numbers, or bytes, as it is looked at.</summary>
    static NativeBuffer Random(long length)
    {
        var random = new Random(1);
        var buffer = new NativeBuffer(length * sizeof(ushort));
        for (var i = 0L; i < length; i++) ((ushort*)buffer.Pointer)[i] = BFloat16.FromFloat((float)(random.NextDouble() * 2 - 1));
        return buffer;
    }
}
