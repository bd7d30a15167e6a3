using System.CommandLine;
using System.Text.RegularExpressions;
using ResNetSharp.Cli.Bench;
using ResNetSharp.Cpu;

namespace ResNetSharp.Cli.Verbs;

/// <summary>Measures how fast this machine trains and runs networks.</summary>
sealed class BenchVerb : Verb
{
    readonly Argument<string?> workload = new("WORKLOAD") { Description = $"'peak' (what the processor can do), or part of a name such as {Workloads.All[0].Name}; all by default", Arity = ArgumentArity.ZeroOrOne };
    readonly Option<string?> only = new("--only") { Description = "Only workloads that match this regular expression", HelpName = "REGEX" };
    readonly Option<int> repetitions = new("--reps") { Description = "Measured steps, of which the median counts, after two others", HelpName = "N", DefaultValueFactory = _ => 5 };
    readonly Option<bool> list = new("--list") { Description = "List the workloads" };

    protected override Command Describe() => new("bench", "Measure throughput, one JSON object a line, and the share of the processor's peak") { workload, only, repetitions, list };

    protected override void Run(Session session, ParseResult parsed)
    {
        var part = parsed.GetValue(workload) ?? "";
        var count = parsed.GetValue(repetitions);
        if (count < 1) throw new UsageException($"--reps {count} measures nothing; give at least 1");
        if (parsed.GetValue(list))
        {
            foreach (var known in Workloads.All) session.Tell(known.Name);
            return;
        }
        var chosen = part == "peak" ? [] : Choose(part, parsed.GetValue(only));
        var peak = MachinePeak.GigaFlops(Processor.Workers, InstructionSets.Selected) * 1e9;
        session.Output.WriteLine($$"""{"workload":"peak","threads":{{Processor.Threads}},"gflops_fp32":{{peak / 1e9:F1}}}""");
        foreach (var one in chosen)
        {
            var (seconds, multiplyAdds) = one.Measure(count, session.Seed);
            var share = 2 * multiplyAdds / seconds / peak;
            var figure = one.IsTraining ? $"\"images_per_second\":{one.Batch / seconds:F2}" : $"\"ms_per_image\":{seconds / one.Batch * 1e3:F2}";
            session.Output.WriteLine($$"""{"workload":"{{one.Name}}","mode":"fp32",{{figure}},"share_of_peak":{{share:F3}}}""");
        }
    }

    static List<Workload> Choose(string part, string? pattern)
    {
        try
        {
            var regex = new Regex(pattern ?? "");
            var chosen = Workloads.All.Where(known => known.Name.Contains(part, StringComparison.OrdinalIgnoreCase) && regex.IsMatch(known.Name)).ToList();
            if (chosen.Count > 0) return chosen;
        }
        catch (RegexParseException e)
        {
            throw new UsageException($"--only '{pattern}' is not a regular expression: {e.Message}");
        }
        throw new UsageException($"there is no workload like '{part}{pattern}'{NearestNames.Suggest(part, Workloads.All.Select(known => known.Name))}; 'resnet bench --list' lists all");
    }
}
