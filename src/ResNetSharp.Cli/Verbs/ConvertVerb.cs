using System.CommandLine;
using ResNetSharp.Formats;
using ResNetSharp.Layers;
using ResNetSharp.Models;

namespace ResNetSharp.Cli.Verbs;

/// <summary>Brings weights from one format to another.</summary>
sealed class ConvertVerb : Verb
{
    readonly Argument<string> from = new("IN") { Description = "The file to read: safetensors, PyTorch, Keras or ONNX; its content tells which" };
    readonly Argument<string> to = new("OUT") { Description = "The file to write; its ending tells the format: .safetensors, .pth, .pt, .th, .onnx, .keras, .h5" };
    readonly Option<string?> architecture = new("--model", "-m") { Description = "The architecture of the weights ('resnet models' lists them), where IN does not say it", HelpName = "NAME" };
    readonly Option<int?> classes = new("--classes") { Description = "Classes of the architecture; its usual number by default", HelpName = "N" };
    readonly Option<bool> partial = new("--partial") { Description = "Take what fits the architecture, and say what does not; the rest is drawn" };

    protected override Command Describe() =>
        new("convert", "Bring weights from one format to another") { from, to, architecture, classes, partial };

    protected override void Run(Session session, ParseResult parsed)
    {
        var (source, target) = (parsed.GetRequiredValue(from), parsed.GetRequiredValue(to));
        var isPartial = parsed.GetValue(partial);
        if (isPartial && parsed.GetValue(architecture) is null) throw new UsageException("--partial needs --model, the architecture that the weights have to fit");
        using var file = WeightFile.Open(source);
        var model = parsed.GetValue(architecture) is { } name ? Load(session, file, name, parsed.GetValue(classes), isPartial) : IsModel(file) ? ModelFile.Load(source) : null;
        int tensors;
        if (model is not null)
        {
            ModelWriter.Write(model, target);
            if (ModelWriter.LosesQuantization(model, target))
                session.Warn($"'{source}' is of a quantized network, but '{target}' has its weights as 32-bit numbers and none of its roundings; a name that ends in .onnx keeps both");
            tensors = model.Parameters.Count;
        }
        else
        {
            if (!ModelWriter.IsTensorList(target)) throw new UsageException($"'{source}' holds weights alone; --model NAME says which architecture they are of");
            ModelWriter.Copy(file, target);
            tensors = file.Count;
        }
        session.Tell($"{source} ({file.Format}) written to {target}: {tensors} tensors, {new FileInfo(target).Length:N0} bytes");
        session.TellJson(json =>
        {
            json.WriteString("file", target);
            json.WriteNumber("tensors", tensors);
        });
    }

    static bool IsModel(WeightFile file) =>
        file.Format is WeightFormat.Onnx or WeightFormat.Hdf5 or WeightFormat.KerasArchive || file.Metadata.ContainsKey("architecture");

    static Model Load(Session session, WeightFile file, string name, int? classes, bool isPartial)
    {
        var model = ModelChoice.Create(name, classes, inputShape: null);
        model.Initialize(session.Seed);
        LoadedWeights.Into(session, model, file.Name, isPartial);
        ModelFile.ReadDescription(file.Metadata, model, file.Name);
        return model;
    }
}
