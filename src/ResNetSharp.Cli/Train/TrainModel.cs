using System.IO.Enumeration;
using ResNetSharp.Formats;
using ResNetSharp.Imaging;
using ResNetSharp.Layers;
using ResNetSharp.Models;
using ResNetSharp.Training;

namespace ResNetSharp.Cli.Train;

/// <summary>Makes the model of a training.</summary>
static class TrainModel
{
    /// <summary>What pictures the weights to begin with are used to; null where they are drawn.</summary>
    public static Preprocessing? PreprocessingOf(TrainSettings settings)
    {
        if (Choose(settings) is not { } choice) return null;
        if (choice.Published is { } published) return published.Preprocessing;
        using var file = WeightFile.Open(choice.Path!);
        return file.Metadata.TryGetValue("preprocessing", out var json)
            ? PreprocessingJson.Read(json, choice.Path!)
            : Preprocessing.FromName(ModelChoice.Find(settings.Model).Preprocessing);
    }

    /// <summary>Makes the model with its first weights, frozen and compiled as the settings say.</summary>
    /// <param name="session">Where to say what was loaded and frozen.</param>
    /// <param name="settings">The settings.</param>
    /// <param name="data">What it will be trained on.</param>
    /// <param name="cancellation">Ends a download.</param>
    public static Model Create(Session session, TrainSettings settings, TrainData data, CancellationToken cancellation)
    {
        var names = data.Train.ClassNames;
        var model = ModelChoice.Create(settings.Model, names.Count, data.Train.ElementShape);
        model.Initialize(settings.Seed);
        model.ClassNames = names;
        model.Preprocessing = data.Preprocessing;
        if (Choose(settings) is { Path: { } path }) LoadedWeights.Into(session, model, path, settings.Partial);
        else if (Choose(settings) is { Published: { } published }) LoadPublished(session, model, published, cancellation);
        if (settings.Freeze is { } globs) Freeze(session, model, globs);
        model.Compile(CreateOptimizer(settings, data.Train.Count), new SparseCategoricalCrossentropy(fromLogits: !model.EndsInSoftmax()), [new Accuracy()], settings.Recompute);
        model.Precision = PrecisionOption.Named(settings.Precision);
        return model;
    }

    static WeightsChoice? Choose(TrainSettings settings) => WeightsChoice.Of(settings.Weights, settings.Model, classes: null);

    /// <summary>Published weights, of which everything but the classifier fits.</summary>
    static void LoadPublished(Session session, Model model, PretrainedWeights published, CancellationToken cancellation)
    {
        var report = WeightsChoice.Load(model, published, Fetch(session, published, cancellation), strict: false);
        if (report.Loaded == 0) throw new UsageException($"nothing in '{published.Name}' fits {model.Architecture}: {report}");
        string[] fresh = [.. report.Missing, .. report.Misshapen];
        session.Say($"{published.Name}: {report.Loaded} tensors loaded{(fresh.Length > 0 ? $", drawn anew: {string.Join(", ", fresh)}" : "")}");
    }

    static string? Fetch(Session session, PretrainedWeights weights, CancellationToken cancellation) => weights.Source is null
        ? null
        : WeightsCache.FindOrFetch(weights, null, session.IsOffline, session.IsQuiet ? null : new DownloadLines(session), cancellation);

    static void Freeze(Session session, Model model, string globs)
    {
        var patterns = globs.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        foreach (var pattern in patterns)
        {
            var matching = Below(model).Where(layer => FileSystemName.MatchesSimpleExpression(pattern, layer.Path, ignoreCase: false)).ToList();
            if (matching.Count == 0)
                throw new UsageException($"--freeze {pattern} matches no layer; there are {string.Join(", ", model.Children.Select(child => child.Name))}, and those inside them");
            foreach (var layer in matching) layer.Freeze();
        }
        var trainable = model.TrainableParameters.Sum(parameter => parameter.Shape.Size);
        if (trainable == 0) throw new UsageException($"--freeze {globs} leaves nothing to train");
        session.Say($"frozen: {globs}; {trainable:N0} of {model.ParameterCount:N0} parameters are trained");
    }

    static IEnumerable<Layer> Below(Layer layer) => layer.Children.SelectMany(child => Below(child.Layer).Prepend(child.Layer));

    static Optimizer CreateOptimizer(TrainSettings settings, int pictures)
    {
        var steps = (long)settings.Epochs * ((pictures + settings.Batch - 1) / settings.Batch);
        LearningRateSchedule rate = settings.Schedule switch
        {
            "constant" => settings.LearningRate,
            "step" => new StepDecay(settings.LearningRate, [steps / 2, steps * 3 / 4]),
            _ => new CosineDecay(settings.LearningRate, steps),
        };
        return settings.Optimizer switch
        {
            "adam" => new Adam(rate, weightDecay: settings.WeightDecay),
            "adamw" => new AdamW(rate, settings.WeightDecay),
            _ => new Sgd(rate, settings.Momentum, weightDecay: settings.WeightDecay),
        };
    }
}
