using System.CommandLine;
using ResNetSharp.Data;

namespace ResNetSharp.Cli.Train;

/// <summary>Settles what the user left open, by the data set and the architecture.</summary>
/// <param name="options">The options.</param>
/// <param name="parsed">What was given.</param>
/// <param name="saved">The settings of the training that is resumed, if one is.</param>
sealed class TrainDefaults(TrainOptions options, ParseResult parsed, TrainSettings? saved)
{
    /// <summary>Pictures up to this size stay as they are.</summary>
    const int SmallSide = 64;

    /// <summary>
    /// Adam's rate for the drawn shapes, of which it learns far more in the first epochs than gradient descent does, and their batch: the first steps
    /// learn nothing, and with larger ones, or fewer, it is chance when that ends.
    /// </summary>
    const float DrawnRate = 0.002f;

    /// <inheritdoc cref="DrawnRate"/>
    const int DrawnBatch = 32;

    /// <summary>What a training without any arguments does, to be worth watching within two minutes on two cores.</summary>
    public const int DemoEpochs = 4;

    /// <inheritdoc cref="DemoEpochs"/>
    public const int DemoPictures = 12_000;

    /// <summary>The settings.</summary>
    /// <param name="data">The data set's name or path.</param>
    /// <param name="isDemo">Whether the user left it all to the program.</param>
    /// <param name="found">The data set.</param>
    /// <param name="seed">The seed.</param>
    public TrainSettings Settle(string data, bool isDemo, ResolvedDataset found, ulong seed)
    {
        var (model, weights) = ModelAndWeights();
        var shape = found.Train.ElementShape;
        var size = parsed.GetValue(options.Size) ?? saved?.Size ?? DefaultSize(shape, model);
        var isSmall = (size ?? Math.Max(shape[0], shape[1])) <= SmallSide;
        var isDrawn = data.Equals("shapes", StringComparison.OrdinalIgnoreCase);
        var optimizer = parsed.GetValue(options.Optimizer) ?? saved?.Optimizer ?? (isDrawn ? "adam" : "sgd");
        var isSgd = optimizer == "sgd";
        var batch = parsed.GetValue(options.Batch) ?? saved?.Batch ?? (isDrawn ? DrawnBatch : DefaultBatch(found.Train.Count, isSmall));
        var isPhotograph = shape[2] == 3 && !isDrawn;
        return Checked(new TrainSettings
        {
            Data = data,
            Model = model,
            Weights = weights,
            // A file's own network differs from the new one in its classifier at most.
            Partial = parsed.GetValue(options.Partial) || saved?.Partial == true || ModelChoice.IsFile(parsed.GetValue(options.Model) ?? ""),
            Freeze = parsed.GetValue(options.Freeze) ?? saved?.Freeze,
            Epochs = parsed.GetValue(options.Epochs) ?? saved?.Epochs ?? (isDemo ? DemoEpochs : shape[2] == 1 || !isPhotograph ? 5 : 10),
            Batch = batch,
            Optimizer = optimizer,
            LearningRate = parsed.GetValue(options.LearningRate) ?? saved?.LearningRate ?? (isSgd ? DefaultRate(batch, isFresh: weights is null) : isDrawn ? DrawnRate : 0.001f),
            WeightDecay = parsed.GetValue(options.WeightDecay) ?? saved?.WeightDecay ?? optimizer switch { "sgd" => 1e-4f, "adamw" => 0.01f, _ => 0 },
            Momentum = parsed.GetValue(options.Momentum) ?? saved?.Momentum ?? (isSgd ? 0.9f : 0),
            Schedule = parsed.GetValue(options.Schedule) ?? saved?.Schedule ?? "cosine",
            Augment = parsed.GetValue(options.Augment) ?? saved?.Augment ?? (isPhotograph ? "flip,crop" : "none"),
            ValidationSplit = parsed.GetValue(options.ValidationSplit) ?? saved?.ValidationSplit ?? (found.Test is null ? 0.1 : 0),
            Size = size,
            Limit = saved is not null ? saved.Limit : isDemo && parsed.GetValue(options.Epochs) is null ? DemoPictures : null,
            Recompute = parsed.GetValue(options.Recompute) || saved?.Recompute == true,
            Precision = parsed.GetValue(options.Precision) ?? saved?.Precision,
            Seed = saved?.Seed ?? seed,
        }, found);
    }

    (string Model, string? Weights) ModelAndWeights()
    {
        var model = parsed.GetValue(options.Model) ?? saved?.Model ?? "cifar-resnet20";
        var weights = parsed.GetValue(options.Weights) ?? saved?.Weights;
        if (weights is null && ModelChoice.FindWeights(model) is { } published) return (published.Architecture, published.Name);
        if (!ModelChoice.IsFile(model)) return (ModelChoice.Find(model).Name, weights);
        if (weights is not null) throw new UsageException($"--model {model} is a file with weights of its own; leave out --weights");
        var architecture = ModelChoice.Open(model).Model.Architecture
            ?? throw new UsageException($"--model {model} is a network without a name here, which cannot get another classifier; give an architecture with --weights {model}");
        return (architecture, model);
    }

    static int? DefaultSize(Shape picture, string model) =>
        Math.Max(picture[0], picture[1]) <= SmallSide ? null : ModelChoice.Find(model).InputShape[0];

    // Few pictures make a small batch, so that an epoch has at least about twenty steps.
    static int DefaultBatch(int pictures, bool isSmall)
    {
        var batch = isSmall ? 128 : 32;
        while (batch > 8 && pictures / batch < 20) batch /= 2;
        return batch;
    }

    // A smaller batch has a noisier gradient and takes a smaller step, in proportion (Goyal et al., 2017).
    static float DefaultRate(int batch, bool isFresh) => isFresh ? 0.1f * Math.Min(1, batch / 128f) : 0.01f * Math.Min(1, batch / 32f);

    static TrainSettings Checked(TrainSettings settings, ResolvedDataset found)
    {
        if (settings.Epochs < 1) throw new UsageException($"--epochs {settings.Epochs} trains nothing; give at least 1");
        if (settings.Batch < 1) throw new UsageException($"--batch {settings.Batch} is not a number of pictures; give at least 1");
        if (settings.Size is < 1 or > 4096) throw new UsageException($"--size {settings.Size} is not a number of pixels");
        if (!float.IsFinite(settings.LearningRate) || settings.LearningRate < 0) throw new UsageException($"--lr {settings.LearningRate} is not a learning rate; give a number of at least 0");
        if (!(settings.WeightDecay >= 0) || !float.IsFinite(settings.WeightDecay)) throw new UsageException($"--weight-decay {settings.WeightDecay} is not a number of at least 0");
        if (settings.Momentum is not (>= 0 and < 1)) throw new UsageException($"--momentum {settings.Momentum} is not between 0 and 1");
        if (settings.ValidationSplit is not (>= 0 and < 1)) throw new UsageException($"--validation-split {settings.ValidationSplit} is not between 0 and 1");
        if (found.Train.ClassNames.Count < 2) throw new UsageException($"{found.Description} has one class; a classifier needs at least two");
        TrainData.Augmentations(settings.Augment, 1);
        return settings;
    }
}
