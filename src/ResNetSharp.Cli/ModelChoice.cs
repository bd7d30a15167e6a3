using ResNetSharp.Formats;
using ResNetSharp.Imaging;
using ResNetSharp.Layers;
using ResNetSharp.Models;

namespace ResNetSharp.Cli;

/// <summary>The model that a user named: an architecture or a file.</summary>
/// <param name="Model">The model, with its parameters.</param>
/// <param name="IsTrained">Whether it came with its weights.</param>
/// <param name="File">The file that it came from; null for an architecture.</param>
sealed record ModelChoice(Model Model, bool IsTrained, string? File = null)
{
    static readonly string[] FileEndings = [".safetensors", ".h5", ".keras", ".onnx"];

    /// <summary>The shape of one input: (height, width, channels).</summary>
    public Shape InputShape => new([.. Model.InputShape!.Value.Skip(1)]);

    /// <summary>How many numbers the model gives for a picture.</summary>
    public int Outputs => Model.BuildFor(Model.InputShape!.Value).Shape[-1];

    /// <summary>Opens a file where there is one of that name, and otherwise makes an architecture.</summary>
    /// <param name="nameOrPath">What the user gave.</param>
    /// <param name="classes">How many classes an architecture tells apart; its usual number if null.</param>
    /// <param name="inputShape">The shape of one input of an architecture; its usual one if null.</param>
    public static ModelChoice Open(string nameOrPath, int? classes = null, Shape? inputShape = null) => IsFile(nameOrPath)
        ? new ModelChoice(ModelFile.Load(nameOrPath), IsTrained: true, nameOrPath)
        : new ModelChoice(Create(nameOrPath, classes, inputShape), IsTrained: false);

    /// <summary>Makes an architecture.</summary>
    public static Model Create(string name, int? classes, Shape? inputShape)
    {
        if (classes is < 1 or > 1_000_000) throw new UsageException($"{classes} is not a number of classes");
        return Find(name).Create(classes, inputShape);
    }

    /// <summary>The architecture of a name.</summary>
    public static Architecture Find(string name) =>
        Architectures.All.FirstOrDefault(known => known.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
        ?? throw new UsageException($"there is no model '{name}'{NearestNames.Suggest(name, Architectures.All.Select(known => known.Name))}; 'resnet models' lists all");

    /// <summary>The published weights of a name; null where it is none of them.</summary>
    public static PretrainedWeights? FindWeights(string name) =>
        Weights.All.FirstOrDefault(weights => weights.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    /// <summary>Whether the user means a file and not an architecture.</summary>
    public static bool IsFile(string text) =>
        System.IO.File.Exists(text) || text.Contains('/', StringComparison.Ordinal) || FileEndings.Any(ending => text.EndsWith(ending, StringComparison.OrdinalIgnoreCase));

    /// <summary>What pictures of three channels are most often prepared like, where a file of fixed size says nothing.</summary>
    const string LikeliestPreset = "torchvision";

    /// <summary>How pictures are prepared: as the file says, or as is usual for the architecture; else the likeliest way, and the user is told.</summary>
    public Preprocessing UsualPreprocessing(Session session)
    {
        if (Model.Preprocessing is { } known) return known;
        if (Model.Architecture is { } architecture) return Preprocessing.FromName(Find(architecture).Preprocessing);
        if (File is null || !IsOnnx(File)) return KerasPreprocessing();
        var advice = $"--preset NAME, one of {string.Join(", ", Preprocessing.Names)}";
        if (InputShape is not [> 0 and var height, > 0 and var width, 3]) throw new UsageException($"'{File}' does not say how pictures are prepared for it; give {advice}");
        session.Warn($"'{File}' does not say how pictures are prepared for it: they are resized to {width}x{height}, with the mean and deviation of {LikeliestPreset}; if that is wrong, give {advice}");
        return Preprocessing.FromName(LikeliestPreset);
    }

    /// <summary>
    /// A preparation that ends with pictures of the size that a file's model is made for, and alone takes: where it leaves pictures as they are,
    /// or crops to another size, the resizing is changed and nothing else.
    /// </summary>
    public Preprocessing Fitted(Preprocessing chosen)
    {
        if (Model.Architecture is not null || InputShape is not [> 0 and var height, > 0 and var width, _]) return chosen;
        var isSquare = height == width;
        if (isSquare && chosen is { CropSize: { } crop, ShorterSide: { } shorter }) return crop == width ? chosen : chosen with { CropSize = width, ShorterSide = shorter * width / crop };
        if (isSquare && chosen.CropSize == width) return chosen;
        return chosen with { ExactSize = (width, height), ShorterSide = null, CropSize = null };
    }

    static bool IsOnnx(string path)
    {
        using var file = WeightFile.Open(path);
        return file.Format == WeightFormat.Onnx;
    }

    /// <summary>
    /// Keras' files do not say how pictures are prepared. For its own applications that is known; otherwise pictures get the input's size and, unless
    /// the model scales them itself, samples from 0 to 1.
    /// </summary>
    Preprocessing KerasPreprocessing()
    {
        var shape = InputShape;
        var isGray = shape[2] == 1;
        var application = Architectures.All.FirstOrDefault(known => known.Name == $"keras-{Model.Name}");
        var scalesItself = Model.Layers is [{ TypeName: "Rescaling" or "Normalization" }, ..];
        var preprocessing = application is not null && !isGray ? Preprocessing.FromName(application.Preprocessing)
            : Preprocessing.None with { Divisor = scalesItself ? 1 : 255, Mean = isGray ? [0] : [0, 0, 0], Deviation = isGray ? [1] : [1, 1, 1] };
        return shape[0] > 0 && shape[1] > 0 ? preprocessing with { ExactSize = (shape[1], shape[0]) } : preprocessing;
    }
}
