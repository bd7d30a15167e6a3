using System.CommandLine;
using System.Diagnostics;
using ResNetSharp.Data;
using ResNetSharp.Quantization;

namespace ResNetSharp.Cli.Verbs;

/// <summary>Turns a trained model into one that computes with 8-bit integers.</summary>
sealed class QuantizeVerb : Verb
{
    readonly Argument<string> name = new("MODEL") { Description = "A file of a trained model, or an architecture together with --weights" };
    readonly ModelOptions model;
    readonly DataOptions data = new();
    readonly Option<string> method = new("--method") { Description = "How the ranges of activations are chosen", DefaultValueFactory = _ => "percentile" };
    readonly Option<double> percentile = new("--percentile") { Description = "How many of a hundred numbers a range holds, with --method percentile", HelpName = "P", DefaultValueFactory = _ => 99.99 };
    readonly Option<int> pictures = new("--pictures") { Description = "How many training pictures to calibrate with", HelpName = "N", DefaultValueFactory = _ => 512 };
    readonly Option<int> batch = new("--batch") { Description = "Pictures computed at once", HelpName = "N", DefaultValueFactory = _ => 16 };
    readonly Option<string> output = new("--out", "-o") { Description = "The file to write", HelpName = "FILE", Required = true };

    static readonly Dictionary<string, CalibrationMethod> methods = new()
    {
        ["min-max"] = CalibrationMethod.MinMax,
        ["percentile"] = CalibrationMethod.Percentile,
        ["entropy"] = CalibrationMethod.Entropy,
    };

    public QuantizeVerb()
    {
        model = new ModelOptions(named: name);
        method.AcceptOnlyFromAmong([.. methods.Keys]);
    }

    protected override Command Describe()
    {
        data.Data.Required = true;
        var command = new Command("quantize", "Make a trained model compute with 8-bit integers: calibrate it on training pictures and write the result") { name };
        foreach (var option in model.All.Concat(data.All)) command.Options.Add(option);
        foreach (var option in new Option[] { method, percentile, pictures, batch, output }) command.Options.Add(option);
        return command;
    }

    protected override void Run(Session session, ParseResult parsed)
    {
        using var interruption = new Interruption(session, "stopping");
        var (wanted, batchSize, file) = (parsed.GetValue(pictures), parsed.GetValue(batch), parsed.GetRequiredValue(output));
        if (wanted < 1) throw new UsageException($"--pictures {wanted} leaves nothing to calibrate with; give at least 1");
        if (batchSize < 1) throw new UsageException($"--batch {batchSize} is not a number of pictures; give at least 1");
        if (parsed.GetValue(percentile) is not (> 50 and <= 100) and var part) throw new UsageException($"--percentile {part} is not above 50 and at most 100");
        if (!Directory.Exists(Path.GetDirectoryName(Path.GetFullPath(file)))) throw new UsageException($"--out {file} is in a folder that does not exist");
        var network = model.Open(session, parsed, interruption.Token).Model;
        var found = data.Open(session, parsed, parsed.GetRequiredValue(data.Data)!, interruption.Token);
        var sample = Sample(found.Train, wanted, session.Seed).Preprocess(network.Preprocessing!);
        var options = new QuantizationOptions { Method = methods[parsed.GetRequiredValue(method)], Percentile = parsed.GetValue(percentile) };
        session.Say($"{found.Description}: calibrating on {sample.Count:N0} pictures");
        var start = Stopwatch.GetTimestamp();
        var table = network.Quantize(sample, options, batchSize, interruption.Token);
        network.Save(file);
        session.Say($"{table}");
        session.Tell($"{file}: {table.WeightScales.Count} layers of 8 bits, {table.Activations.Count} ranges by {parsed.GetValue(method)}, {table.Pictures:N0} pictures, {Stopwatch.GetElapsedTime(start).TotalSeconds:F1} s");
        session.TellJson(json =>
        {
            json.WriteString("file", file);
            json.WriteString("method", parsed.GetRequiredValue(method));
            json.WriteNumber("pictures", table.Pictures);
            json.WriteNumber("layers", table.WeightScales.Count);
            json.WriteStartObject("activations");
            foreach (var (activation, range) in table.Activations)
            {
                json.WriteStartObject(activation);
                json.WriteNumber("minimum", range.Minimum);
                json.WriteNumber("maximum", range.Maximum);
                json.WriteNumber("scale", range.Parameters.Scale);
                json.WriteNumber("zeroPoint", range.Parameters.ZeroPoint);
                json.WriteEndObject();
            }
            json.WriteEndObject();
        });
    }

    /// <summary>Some pictures of all classes: a data set often has them in the order of its classes.</summary>
    static Dataset Sample(Dataset data, int count, ulong seed) => data.Shuffle(seed).Take(Math.Min(count, data.Count));
}
