using System.CommandLine;
using ResNetSharp.Imaging;
using ResNetSharp.Models;

namespace ResNetSharp.Cli;

/// <summary>The options of verbs that use a trained model on pictures.</summary>
/// <param name="isRequired">Whether a model has to be named; otherwise the one that is part of the program serves.</param>
/// <param name="named">The argument that names the model, for a verb that has no option <c>--model</c>.</param>
sealed class ModelOptions(bool isRequired = true, Argument<string>? named = null)
{
    /// <summary>The model that is part of the program.</summary>
    const string ShippedModel = "cifar10-resnet20";

    readonly Option<string?> model = new("--model", "-m")
    {
        Description = "A file of a trained model (this program's, ONNX, or a whole Keras model), published weights ('resnet models --weights'), or an architecture together with --weights"
            + (isRequired ? "" : $"; {ShippedModel} by default, which knows ten classes"),
        HelpName = "FILE|NAME",
        Required = isRequired,
    };
    readonly Option<string?> weights = new("--weights")
    {
        Description = "Published weights of the architecture, such as imagenet, or a weight file: safetensors, PyTorch, Keras or ONNX",
        HelpName = "NAME|FILE",
    };
    readonly Option<bool> partial = new("--partial") { Description = "Take what fits of --weights, and say what does not" };
    readonly Option<int?> classes = new("--classes") { Description = "Classes of the architecture; its usual number by default", HelpName = "N" };
    readonly Option<string?> preset = new("--preset")
    {
        Description = $"How pictures are prepared: {string.Join(", ", Preprocessing.Names)}; as the model was trained by default",
        HelpName = "NAME",
    };
    readonly Option<int?> resize = new("--resize") { Description = "Resize the shorter side to this many pixels", HelpName = "N" };
    readonly Option<int?> crop = new("--crop") { Description = "Keep a square of this many pixels from the middle", HelpName = "N" };
    readonly Option<string?> mean = new("--mean") { Description = "Means of the channels to subtract from pixels of 0 to 1", HelpName = "R,G,B" };
    readonly Option<string?> std = new("--std") { Description = "Deviations of the channels to divide by then", HelpName = "R,G,B" };

    readonly PrecisionOption precision = new();

    /// <summary>The options, for a command.</summary>
    public IEnumerable<Option> All => [.. named is null ? [model] : Array.Empty<Option>(), weights, partial, classes, preset, resize, crop, mean, std, precision];

    /// <summary>Opens the model with its weights, and with the preprocessing that was asked for or belongs to it.</summary>
    public ModelChoice Open(Session session, ParseResult parsed, CancellationToken cancellation)
    {
        var choice = Choose(session, parsed, cancellation);
        if (choice.Model.ClassNames.Count == 0 && choice.Outputs == ImageNet.ClassNames.Count) choice.Model.ClassNames = ImageNet.ClassNames;
        choice.Model.Preprocessing = ChoosePreprocessing(session, parsed, choice);
        choice.Model.Precision = precision.Of(parsed);
        return choice;
    }

    ModelChoice Choose(Session session, ParseResult parsed, CancellationToken cancellation)
    {
        var given = parsed.GetValue(weights);
        if ((named is null ? parsed.GetValue(model) : parsed.GetRequiredValue(named)) is not { } name)
        {
            if (given is not null) throw new UsageException($"--weights {given} needs the architecture that it is of: give --model, too");
            var shipped = Weights.Load(ShippedModel, cancellationToken: cancellation);
            session.Say($"without --model this is {ShippedModel}, which knows ten classes only: {string.Join(", ", shipped.ClassNames)}; "
                + "--model resnet50 --weights imagenet knows a thousand");
            return new ModelChoice(shipped, IsTrained: true);
        }
        if (!ModelChoice.IsFile(name) && FindPublished(name, given) is { } published)
        {
            var model = Weights.Load(published.Name, offline: session.IsOffline, progress: session.IsQuiet ? null : new DownloadLines(session), cancellationToken: cancellation);
            return new ModelChoice(model, IsTrained: true);
        }
        var choice = ModelChoice.Open(name, parsed.GetValue(classes));
        if (given is not null) LoadedWeights.Into(session, choice.Model, given, parsed.GetValue(partial));
        else if (!choice.IsTrained)
            throw new UsageException($"{choice.Model.Architecture} alone has random weights; give --weights, too, as a name such as imagenet or as a file, or the file of a trained model");
        return choice;
    }

    /// <summary>The published weights that are asked for; null where a weight file is, or nothing.</summary>
    static PretrainedWeights? FindPublished(string name, string? given) =>
        given is null ? ModelChoice.FindWeights(name) : WeightsChoice.Of(given, ModelChoice.Find(name).Name, classes: null)!.Published;

    Preprocessing ChoosePreprocessing(Session session, ParseResult parsed, ModelChoice choice)
    {
        var chosen = choice.Fitted(parsed.GetValue(preset) is { } name ? Preprocessing.FromName(name) : choice.UsualPreprocessing(session));
        if (parsed.GetValue(resize) is { } side) chosen = chosen with { ShorterSide = Positive(side, "--resize"), ExactSize = null };
        if (parsed.GetValue(crop) is { } size) chosen = chosen with { CropSize = Positive(size, "--crop") };
        if (parsed.GetValue(mean) is { } means) chosen = chosen with { Divisor = 255, Mean = Numbers(means, "--mean") };
        if (parsed.GetValue(std) is { } deviations) chosen = chosen with { Deviation = Numbers(deviations, "--std") };
        if (chosen.Mean.Length != chosen.Deviation.Length)
            throw new UsageException($"--mean and --std need as many numbers as there are channels, not {chosen.Mean.Length} and {chosen.Deviation.Length}");
        return chosen;
    }

    static int Positive(int value, string option) => value is > 0 and <= 1 << 14 ? value : throw new UsageException($"{option} {value} is not a number of pixels");

    static float[] Numbers(string text, string option)
    {
        var parts = text.Split(',');
        var numbers = new float[parts.Length];
        for (var i = 0; i < parts.Length; i++)
            if (!float.TryParse(parts[i], out numbers[i]) || !float.IsFinite(numbers[i]))
                throw new UsageException($"{option} '{text}' is not a list of numbers such as 0.485,0.456,0.406");
        if (numbers.Length is not (1 or 3)) throw new UsageException($"{option} '{text}' has {numbers.Length} numbers; pictures have 3 channels, or 1");
        return numbers;
    }
}
