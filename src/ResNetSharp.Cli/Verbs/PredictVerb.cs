using System.CommandLine;
using System.Diagnostics;
using ResNetSharp.Cli.Predict;
using ResNetSharp.Layers;

namespace ResNetSharp.Cli.Verbs;

/// <summary>Names what is in pictures.</summary>
sealed class PredictVerb : Verb
{
    const int DefaultTop = 5;

    readonly Argument<string[]> pictures = new("PICTURE") { Description = "Picture files (JPEG, PNG or BMP), or folders of them", Arity = ArgumentArity.OneOrMore };
    readonly Option<int?> top = new("--top") { Description = $"How many classes to name for each picture; {DefaultTop} by default, and 1 on a line each for many pictures", HelpName = "N" };
    readonly Option<int> batch = new("--batch") { Description = "Pictures computed at once", HelpName = "N", DefaultValueFactory = _ => 32 };
    readonly Option<string?> output = new("--out", "-o") { Description = "Write the predictions to this file: .csv or .json", HelpName = "FILE" };
    readonly ModelOptions model = new(isRequired: false);

    protected override Command Describe()
    {
        var command = new Command("predict", "Name what is in pictures, with probabilities") { pictures, top, batch, output };
        foreach (var option in model.All) command.Options.Add(option);
        return command;
    }

    protected override void Run(Session session, ParseResult parsed)
    {
        using var interruption = new Interruption(session, "stopping");
        if (parsed.GetValue(top) is < 1 and var none) throw new UsageException($"--top {none} leaves nothing to print; give at least 1");
        if (parsed.GetValue(batch) is < 1 and var batchSize) throw new UsageException($"--batch {batchSize} is not a number of pictures; give at least 1");
        var file = parsed.GetValue(output) is { } path ? PredictionFile.For(path) : null;
        var files = PictureFiles.Find(parsed.GetRequiredValue(pictures));
        var network = model.Open(session, parsed, interruption.Token).Model;
        var results = Predict(session, parsed, network, files, interruption.Token);
        var broken = results.Count(result => result.Error is not null);
        if (broken == files.Count) throw new InvalidDataException(files.Count == 1 ? results[0].Error : $"none of the {files.Count} pictures could be read");
        if (broken > 0) session.Tell($"{broken} of {files.Count} pictures could not be read");
        file?.Write(results);
        session.TellJson(json => PredictionFile.Write(json, results));
    }

    List<PictureClassification> Predict(Session session, ParseResult parsed, Model network, IReadOnlyList<string> files, CancellationToken cancellation)
    {
        var isBrief = files.Count > 1 && parsed.GetValue(top) is null;
        var results = new List<PictureClassification>(files.Count);
        var watch = Stopwatch.StartNew();
        using var progress = files.Count > 1 ? ProgressDisplay.Create(session) : null;
        foreach (var result in network.Classify(files, parsed.GetValue(top) ?? DefaultTop, parsed.GetValue(batch), cancellation))
        {
            results.Add(result);
            progress?.Dispose();
            if (result.Error is null) Print(session, result, isBrief);
            else if (files.Count > 1) session.Warn($"left out: {result.Error}");
            progress?.Report(ProgressDisplay.Counting(results.Count, files.Count, watch.Elapsed));
        }
        return results;
    }

    static void Print(Session session, PictureClassification result, bool isBrief)
    {
        if (isBrief)
        {
            session.Tell($"{result.Top[0].Probability,7:P2}  {result.Top[0].Name,-20}  {result.Path}");
            return;
        }
        session.Tell(result.Path);
        foreach (var guess in result.Top) session.Tell($"  {guess.Probability,7:P2}  {guess.Name}");
    }
}
