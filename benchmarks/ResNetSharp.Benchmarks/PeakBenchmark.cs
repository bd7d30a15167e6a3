using ResNetSharp.Cpu;

namespace ResNetSharp.Benchmarks;

/// <summary>The machine's own limits.</summary>
static class PeakBenchmark
{
    public static void Run(int threads)
    {
        foreach (var count in new[] { 1, threads }.Distinct())
        {
            var workers = new Workers(count);
            foreach (var set in Enum.GetValues<InstructionSet>().Where(InstructionSets.IsSupported))
            {
                Console.WriteLine($"{count} thread(s), {set,-8}: {MachinePeak.GigaFlops(workers, set, 200),8:F1} GFLOP/s"
                    + Narrow(workers, set, NarrowType.BFloat16, "bf16") + Narrow(workers, set, NarrowType.Int8, "int8"));
            }
            Console.WriteLine($"{count} thread(s), memory  : {MachinePeak.ReadGigabytes(workers),8:F1} GB/s read");
        }
    }

    static string Narrow(Workers workers, InstructionSet set, NarrowType type, string name) =>
        MachinePeak.GigaOperations(workers, set, type, 200) is { } peak ? $", {peak,8:F1} in {name}" : "";
}
