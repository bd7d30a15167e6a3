using System.CommandLine;
using ResNetSharp.Exchange;

namespace ResNetSharp.Cli.Verbs;

/// <summary>Hands a network on to other programs.</summary>
sealed class ExportVerb : Verb
{
    readonly Argument<string> model = new("MODEL") { Description = "A file of a trained model, or an architecture ('resnet models' lists them), best with --weights" };
    readonly Option<string> to = new("--to") { Description = "The format: onnx", HelpName = "FORMAT", DefaultValueFactory = _ => "onnx" };
    readonly Option<string?> outFile = new("--out", "-o") { Description = "The file to write; the model's name with the format's ending by default", HelpName = "FILE" };
    readonly Option<string?> weights = new("--weights") { Description = "A weight file of the architecture: safetensors, PyTorch, Keras or ONNX", HelpName = "FILE" };
    readonly Option<int?> classes = new("--classes") { Description = "Classes of the architecture; its usual number by default", HelpName = "N" };
    readonly Option<string?> input = new("--input") { Description = "Height, width and channels of a picture; the architecture's usual ones by default", HelpName = "224x224x3" };
    readonly Option<bool> fold = new("--fold") { Description = "Make batch normalizations part of the convolutions before them" };

    protected override Command Describe()
    {
        to.AcceptOnlyFromAmong("onnx");
        return new("export", "Write a network for other programs: ONNX") { model, to, outFile, weights, classes, input, fold };
    }

    protected override void Run(Session session, ParseResult parsed)
    {
        var name = parsed.GetRequiredValue(model);
        Shape? shape = parsed.GetValue(input) is { } text ? SummaryVerb.ParseShape(text) : null;
        var choice = ModelChoice.Open(name, parsed.GetValue(classes), shape);
        if (parsed.GetValue(weights) is { } file) LoadedWeights.Into(session, choice.Model, file, isPartial: false);
        else if (!choice.IsTrained)
        {
            choice.Model.Initialize(session.Seed);
            session.Warn($"{name} is exported with random weights; --weights FILE gives it trained ones");
        }
        if (choice.Model.Architecture is not null) choice.Model.Preprocessing ??= choice.UsualPreprocessing(session);
        var path = parsed.GetValue(outFile) ?? Path.ChangeExtension(Path.GetFileName(name), "onnx");
        using var onnx = Onnx.Export(choice.Model, parsed.GetValue(fold));
        onnx.Write(path);
        var (operators, bytes) = (onnx.Graph.Nodes.Count, new FileInfo(path).Length);
        session.Tell($"{path}: {operators} operators, {onnx.Graph.Initializers.Count} tensors, {bytes:N0} bytes");
        session.TellJson(json =>
        {
            json.WriteString("file", path);
            json.WriteNumber("operators", operators);
            json.WriteNumber("tensors", onnx.Graph.Initializers.Count);
            json.WriteNumber("bytes", bytes);
        });
    }
}
