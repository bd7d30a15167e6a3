using System.CommandLine;
using System.Globalization;
using System.Text.RegularExpressions;
using ResNetSharp.Cli.Bench;
using ResNetSharp.Cpu;
using ResNetSharp.Training;

namespace ResNetSharp.Cli.Verbs;

/// <summary>Measures how fast this machine trains and runs networks.</summary>
sealed class BenchVerb : Verb
{
    readonly Argument<string?> workload = new("WORKLOAD")
    {
        Description = $"'peak' (what the processor can do), or part of a name such as {Workloads.All[0].Name}, all by default; with --layers or --turns a whole name, or a model",
        Arity = ArgumentArity.ZeroOrOne,
    };
    readonly Option<string?> only = new("--only") { Description = "Only workloads that match this regular expression", HelpName = "REGEX" };
    readonly Option<int> repetitions = new("--reps") { Description = "Measured steps, after two others; the median counts, with --layers the least", HelpName = "N", DefaultValueFactory = _ => 5 };
    readonly PrecisionOption precision = new(quantizes: true);
    readonly Option<bool> list = new("--list") { Description = "List the workloads" };
    readonly Option<bool> layers = new("--layers") { Description = "Show where the time goes, layer by layer, against what the machine can do" };
    readonly Option<bool> sort = new("--sort") { Description = "With --layers: the slowest first" };
    readonly Option<int> batch = new("--batch") { Description = "With --layers or --turns and a model: pictures in a step", HelpName = "N", DefaultValueFactory = _ => 16 };
    readonly Option<bool> train = new("--train") { Description = "With --layers or --turns and a model: a whole training step instead of a prediction" };
    readonly Option<bool> recompute = new("--recompute") { Description = "Train with activations computed a second time instead of kept, in less memory" };
    readonly Option<bool> turns = new("--turns") { Description = "Read numbers of steps from standard input, one a line, and answer each with the median seconds of a step, so that programs can be measured in turn" };
    readonly Option<string?> input = new("--input") { Description = "With --layers or --turns and a model: height, width and channels of a picture", HelpName = "224x224x3" };

    protected override Command Describe() => new("bench", "Measure throughput, one JSON object a line, and the share of the processor's peak")
    {
        workload, only, repetitions, precision, list, layers, sort, batch, train, recompute, turns, input,
    };

    protected override void Run(Session session, ParseResult parsed)
    {
        var part = parsed.GetValue(workload) ?? "";
        var count = parsed.GetValue(repetitions);
        if (count < 1) throw new UsageException($"--reps {count} measures nothing; give at least 1");
        if (parsed.GetValue(list))
            foreach (var known in Workloads.All) session.Tell(known.Name);
        else if (parsed.GetValue(layers)) ShowLayers(session, Named(part, parsed), count, precision.Of(parsed), precision.IsQuantized(parsed), parsed.GetValue(recompute), parsed.GetValue(sort));
        else if (parsed.GetValue(turns)) TakeTurns(session, Named(part, parsed), precision.Of(parsed), precision.IsQuantized(parsed), parsed.GetValue(recompute));
        else Measure(session, part == "peak" ? [] : Choose(part, parsed.GetValue(only)), count, precision.Of(parsed), precision.IsQuantized(parsed), parsed.GetValue(recompute));
    }

    static void Measure(Session session, List<Workload> chosen, int count, Precision precision, bool quantized, bool recompute)
    {
        var peak = MachinePeak.GigaFlops(Processor.Workers, InstructionSets.Selected) * 1e9;
        session.Output.WriteLine($$"""{"workload":"peak","threads":{{Processor.Threads}},"gflops_fp32":{{peak / 1e9:F1}}{{(chosen.Count == 0 ? OtherPeaks() : "")}}}""");
        foreach (var one in chosen)
        {
            var run = new WorkloadRun(one, session.Seed, precision, quantized, recompute);
            run.WarmUp();
            var seconds = run.Measure(count);
            var share = 2 * run.MultiplyAdds / seconds / peak;
            var figure = one.IsTraining ? $"\"images_per_second\":{one.Batch / seconds:F2}" : $"\"ms_per_image\":{seconds / one.Batch * 1e3:F2}";
            session.Output.WriteLine($$"""{"workload":"{{one.Name}}","mode":"{{run.Mode}}{{(recompute && one.IsTraining ? "-recompute" : "")}}",{{figure}},"share_of_peak":{{share:F3}},"arena_mb":{{run.ArenaBytes / 1e6:F1}}}""");
        }
    }

    /// <summary>Answers until there is no more input.</summary>
    static void TakeTurns(Session session, Workload chosen, Precision precision, bool quantized, bool recompute)
    {
        var run = new WorkloadRun(chosen, session.Seed, precision, quantized, recompute);
        run.WarmUp();
        session.Output.WriteLine($$"""{"workload":"{{chosen.Name}}","mode":"{{run.Mode}}","batch":{{chosen.Batch}}}""");
        session.Output.Flush();
        while (Console.In.ReadLine() is { } line)
        {
            if (!int.TryParse(line, NumberStyles.None, CultureInfo.InvariantCulture, out var count) || count < 1) throw new UsageException($"'{line}' is not a number of steps");
            session.Output.WriteLine($$"""{"seconds":{{run.Measure(count):G6}}}""");
            session.Output.Flush();
        }
    }

    static string OtherPeaks()
    {
        var peaks = "";
        foreach (var (name, type) in new[] { ("gflops_bf16", NarrowType.BFloat16), ("gops_int8", NarrowType.Int8) })
        {
            if (MachinePeak.GigaOperations(Processor.Workers, InstructionSets.Selected, type) is { } peak) peaks += $",\"{name}\":{peak:F1}";
        }
        return $"{peaks},\"gigabytes_per_second\":{MachinePeak.ReadGigabytes(Processor.Workers):F1}";
    }

    static void ShowLayers(Session session, Workload chosen, int count, Precision precision, bool quantized, bool recompute, bool slowestFirst)
    {
        var rows = new WorkloadRun(chosen, session.Seed, precision, quantized, recompute).Profile(count);
        var table = new LayerTable(rows, new Peaks());
        if (!session.IsQuiet) table.Print(session.Say, slowestFirst);
        session.TellJson(json =>
        {
            json.WriteString("workload", chosen.Name);
            json.WriteNumber("batch", chosen.Batch);
            table.Write(json);
        });
    }

    /// <summary>The workload of a name, or that of a model.</summary>
    Workload Named(string name, ParseResult parsed)
    {
        if (Workloads.All.FirstOrDefault(known => known.Name == name) is { } known) return known;
        if (name.Length == 0) throw new UsageException("--layers and --turns need the name of a model or of a workload, such as resnet50");
        var pictures = parsed.GetValue(batch);
        if (pictures is < 1 or > 1 << 16) throw new UsageException($"--batch {pictures} is not a number of pictures");
        Shape? given = parsed.GetValue(input) is { } text ? SummaryVerb.ParseShape(text) : null;
        var choice = ModelChoice.Open(name, null, given);
        return new Workload(name, () => choice.Model, given ?? choice.InputShape, pictures, parsed.GetValue(train) ? () => new Sgd(0.1f, 0.9f, weightDecay: 1e-4f) : null);
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
