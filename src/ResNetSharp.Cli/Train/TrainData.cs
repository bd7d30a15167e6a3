using ResNetSharp.Data;
using ResNetSharp.Imaging;

namespace ResNetSharp.Cli.Train;

/// <summary>A data set made ready for a training.</summary>
/// <param name="Train">What is trained on: augmented and normalised.</param>
/// <param name="Validation">What is looked at after each epoch; the test set where nothing was split off.</param>
/// <param name="Test">What is looked at in the end.</param>
/// <param name="TestPictures">The same as pixels.</param>
/// <param name="Preprocessing">What turns any picture into an input of the model.</param>
sealed record TrainData(Dataset Train, Dataset Validation, Dataset Test, Dataset TestPictures, Preprocessing Preprocessing)
{
    static readonly ChannelStatistics fashion = new([0.2860f], [0.3530f]);
    static readonly ChannelStatistics cifar = new([0.4914f, 0.4822f, 0.4465f], [0.2470f, 0.2435f, 0.2616f]);

    /// <summary>Splits, resizes, augments and normalises.</summary>
    /// <param name="found">The data set.</param>
    /// <param name="settings">How.</param>
    /// <param name="given">What the weights to begin with were trained on; null for weights that are drawn.</param>
    public static TrainData Prepare(ResolvedDataset found, TrainSettings settings, Preprocessing? given)
    {
        var own = found.Train.ElementShape;
        var (height, width) = settings.Size is { } side ? (side, side) : (own[0], own[1]);
        Dataset Sized(Dataset data) => (settings.Size is null || (own[0] == height && own[1] == width && data is not ImageFolder)
            ? data : data.WithGeometry(PictureGeometry.Of(Resizing(height, width)))).CacheDecoded();

        var train = Sized(found.Train);
        var test = found.Test is null ? null : Sized(found.Test);
        Dataset? validation = null;
        if (settings.ValidationSplit > 0) (train, validation) = train.Split(1 - settings.ValidationSplit, settings.Seed, stratify: true);
        validation ??= test ?? throw new UsageException($"{found.Description} has no test set; give --validation-split, such as 0.1");
        if (settings.Limit is { } limit && limit < train.Count) train = train.Shuffle(settings.Seed).Take(limit);
        var preprocessing = Normalizing(train, given);
        var augmentations = Augmentations(settings.Augment, Math.Max(1, height / 8));
        var augmented = augmentations.Length > 0 ? train.Augment(augmentations) : train;
        return new TrainData(augmented.Preprocess(preprocessing), validation.Preprocess(preprocessing), (test ?? validation).Preprocess(preprocessing),
            test ?? validation, Resizing(height, width) with { Divisor = preprocessing.Divisor, Mean = preprocessing.Mean, Deviation = preprocessing.Deviation, BlueFirst = preprocessing.BlueFirst });
    }

    /// <summary>The augmentations of a list such as <c>flip,crop</c>.</summary>
    public static Augmentation[] Augmentations(string list, int padding) =>
    [
        .. list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Where(name => name != "none").Select(name => (Augmentation)(name switch
        {
            "flip" => new RandomHorizontalFlip(),
            "crop" => new RandomCrop(padding),
            _ => throw new UsageException($"--augment {name} is not known; give flip, crop, flip,crop or none"),
        })),
    ];

    static Preprocessing Resizing(int height, int width) =>
        height == width ? new Preprocessing { ShorterSide = height, CropSize = height } : new Preprocessing { ExactSize = (width, height) };

    static Preprocessing Normalizing(Dataset train, Preprocessing? given)
    {
        if (given is not null) return given with { ExactSize = null, ShorterSide = null, CropSize = null };
        var channels = train.ElementShape[2];
        var statistics = channels == 1 && train.ClassNames.SequenceEqual(FashionMnist.ClassNames) ? fashion
            : channels == 3 && train.ClassNames.SequenceEqual(Cifar10.ClassNames) ? cifar
            : ChannelStatistics.Measure(train);
        return new Preprocessing { Mean = statistics.Mean, Deviation = statistics.Deviation };
    }
}
