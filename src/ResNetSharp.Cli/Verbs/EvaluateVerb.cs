using System.CommandLine;
using ResNetSharp.Formats;

namespace ResNetSharp.Cli.Verbs;

/// <summary>Measures a trained model on a data set.</summary>
sealed class EvaluateVerb : Verb
{
    readonly DataOptions data = new();
    readonly ModelOptions model = new();
    readonly Option<int> batch = new("--batch") { Description = "Pictures computed at once", HelpName = "N", DefaultValueFactory = _ => 32 };
    readonly Option<string?> predictions = new("--predictions") { Description = "Write the class of each picture to this file, one number a line", HelpName = "FILE" };

    protected override Command Describe()
    {
        data.Data.Required = true;
        var command = new Command("evaluate", "Measure a trained model on the test set of a data set, or on all of one without a test set");
        foreach (var option in model.All.Concat(data.All)) command.Options.Add(option);
        command.Options.Add(batch);
        command.Options.Add(predictions);
        return command;
    }

    protected override void Run(Session session, ParseResult parsed)
    {
        using var interruption = new Interruption(session, "stopping");
        var batchSize = parsed.GetValue(batch);
        if (batchSize < 1) throw new UsageException($"--batch {batchSize} is not a number of pictures; give at least 1");
        var file = parsed.GetValue(predictions);
        if (file is not null && !Directory.Exists(Path.GetDirectoryName(Path.GetFullPath(file)))) throw new UsageException($"--predictions {file} is in a folder that does not exist");
        var network = model.Open(session, parsed, interruption.Token).Model;
        var found = data.Open(session, parsed, parsed.GetRequiredValue(data.Data)!, interruption.Token);
        var pictures = Evaluation.Match(found.Test ?? found.Train, network).Preprocess(network.Preprocessing!);
        session.Say($"{found.Description}: {pictures.Count:N0} pictures of {string.Join('x', pictures.ElementShape)} in {pictures.ClassNames.Count} classes");
        using var progress = ProgressDisplay.Create(session);
        var result = Evaluation.Run(network, pictures, batchSize, progress, interruption.Token);
        progress?.Dispose();
        if (file is not null) WritePredictions(file, result.Predictions);
        if (result.Confusion.ClassNames.Count <= 20) session.Say($"\n{result.Confusion}\n");
        session.Tell($"top-1 {result.Top1:P2}, top-5 {result.Top5:P2}, loss {result.Loss:F4}, {result.Images:N0} pictures, {result.ImagesPerSecond:N0} images/s");
        session.TellJson(json =>
        {
            json.WriteFinite("top1", result.Top1);
            json.WriteFinite("top5", result.Top5);
            json.WriteFinite("loss", result.Loss);
            json.WriteNumber("images", result.Images);
            json.WriteFinite("imagesPerSecond", result.ImagesPerSecond);
            json.WriteNumber("skipped", found.Skipped.Count);
        });
    }

    static void WritePredictions(string file, IReadOnlyList<int> predictions) => AtomicFile.Write(file, 0, stream =>
    {
        using var writer = new StreamWriter(stream, leaveOpen: true) { NewLine = "\n" };
        foreach (var prediction in predictions) writer.WriteLine(prediction);
    });
}
