using ResNetSharp.Layers;

namespace ResNetSharp.Models;

/// <summary>All networks that can be made by name.</summary>
/// <example><code>
/// var model = Architectures.Create("resnet50", classes: 10);
/// foreach (var architecture in Architectures.All) Console.WriteLine(architecture.Name);
/// </code></example>
public static class Architectures
{
    static readonly Shape imageNet = (224, 224, 3);
    static readonly Shape cifar = (32, 32, 3);
    static readonly Dictionary<string, Architecture> byName = new(StringComparer.OrdinalIgnoreCase);

    static Architectures()
    {
        foreach (var entry in Torchvision().Concat(Timm()).Concat(Keras()).Concat(Small()).Concat(Plain())) byName.Add(entry.Name, entry);
        All = [.. byName.Values];
    }

    /// <summary>All of them, grouped by family.</summary>
    public static IReadOnlyList<Architecture> All { get; }

    /// <summary>The architecture of a name.</summary>
    /// <param name="name">The name, in any case.</param>
    /// <exception cref="ArgumentException">There is none; the message says which names are near.</exception>
    public static Architecture Find(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (byName.TryGetValue(name, out var found)) return found;
        var near = byName.Keys.OrderBy(known => EditDistance.Between(known, name.ToLowerInvariant())).ThenBy(known => known, StringComparer.Ordinal).Take(3);
        throw new ArgumentException($"there is no architecture '{name}'; near are {string.Join(", ", near)}", nameof(name));
    }

    /// <summary>Makes a network by name. Its parameters exist afterwards, but no weights are drawn until they are needed.</summary>
    /// <param name="name">The name, in any case.</param>
    /// <param name="classes">How many numbers the output has; the architecture's own number if not given.</param>
    /// <param name="inputShape">The shape of one input, (height, width, channels); the architecture's own if not given.</param>
    /// <param name="weights">
    /// The path of a weight file, or the name of published weights, such as <c>imagenet</c> (see <see cref="Weights"/>); null for weights drawn at random.
    /// </param>
    /// <exception cref="ArgumentException">There is no such architecture, or there are no such weights; the message says which names are near.</exception>
    /// <exception cref="ShapeException">The network cannot take inputs of this shape.</exception>
    public static Model Create(string name, int? classes = null, Shape? inputShape = null, string? weights = null) => Find(name).Create(classes, inputShape, weights);

    static IEnumerable<Architecture> Torchvision()
    {
        foreach (var (name, design) in ResNetDesigns.Torchvision)
            yield return Large(name, "torchvision ResNet", "torchvision", classes => new ResNet(design, classes));
        yield return Large("densenet121", "torchvision DenseNet", "torchvision", classes => DenseNet.DenseNet121(classes));
        yield return Large("densenet161", "torchvision DenseNet", "torchvision", classes => DenseNet.DenseNet161(classes));
        yield return Large("densenet169", "torchvision DenseNet", "torchvision", classes => DenseNet.DenseNet169(classes));
        yield return Large("densenet201", "torchvision DenseNet", "torchvision", classes => DenseNet.DenseNet201(classes));
    }

    static IEnumerable<Architecture> Timm()
    {
        foreach (var (name, design) in ResNetDesigns.Timm)
            yield return Large(name, "timm ResNet", "timm", classes => new ResNet(design, classes));
        foreach (var (name, design) in PreActDesign.Timm)
            yield return Large(name, "timm pre-activation ResNet", "timm", classes => new PreActResNet(design, classes));
        yield return Large("densenetblur121d", "timm DenseNet", "timm", DenseNet.Blurred121);
    }

    static IEnumerable<Architecture> Keras()
    {
        yield return OfKeras("resnet50", "keras-caffe", KerasResNet.ResNet50);
        yield return OfKeras("resnet101", "keras-caffe", KerasResNet.ResNet101);
        yield return OfKeras("resnet152", "keras-caffe", KerasResNet.ResNet152);
        yield return OfKeras("resnet50v2", "keras-tf", KerasResNet.ResNet50V2);
        yield return OfKeras("resnet101v2", "keras-tf", KerasResNet.ResNet101V2);
        yield return OfKeras("resnet152v2", "keras-tf", KerasResNet.ResNet152V2);
        yield return OfKeras("densenet121", "keras-torch", KerasDenseNet.DenseNet121);
        yield return OfKeras("densenet169", "keras-torch", KerasDenseNet.DenseNet169);
        yield return OfKeras("densenet201", "keras-torch", KerasDenseNet.DenseNet201);
    }

    static IEnumerable<Architecture> Small()
    {
        foreach (var depth in new[] { 20, 32, 44, 56, 110, 1202 })
            yield return OfCifar($"cifar-resnet{depth}", "CIFAR ResNet", depth, CifarBlocks.Residual);
        foreach (var depth in new[] { 20, 32, 44, 56, 110 })
            yield return OfCifar($"cifar-preact-resnet{depth}", "CIFAR pre-activation ResNet", depth, CifarBlocks.PreActivation);
        foreach (var depth in new[] { 19, 31 })
            yield return new Architecture($"highway-cifar{depth}", "Highway network", cifar, 10, "cifar", (classes, _) => HighwayNetwork.Convolutional(depth, classes));
        foreach (var depth in new[] { 10, 20, 50, 100 })
            yield return new Architecture($"highway-dense{depth}", "Highway network", (28, 28, 1), 10, "none", (classes, _) => HighwayNetwork.Dense(depth, classes: classes));
        yield return new Architecture("d2l-resnet18", "Dive into Deep Learning", (96, 96, 1), 10, "none", (classes, _) => new D2lResNet18(classes));
    }

    static IEnumerable<Architecture> Plain()
    {
        foreach (var (name, design) in ResNetDesigns.Torchvision.Take(5))
            yield return Large($"plain-{name}", "without shortcuts", "torchvision", classes => new ResNet(design with { Shortcuts = false }, classes));
        foreach (var depth in new[] { 20, 32, 44, 56, 110 })
            yield return OfCifar($"plain-cifar-resnet{depth}", "without shortcuts", depth, CifarBlocks.Plain);
    }

    static Architecture Large(string name, string family, string preprocessing, Func<int, Model> make) =>
        new(name, family, imageNet, 1000, preprocessing, (classes, _) => make(classes));

    static Architecture OfCifar(string name, string family, int depth, CifarBlocks blocks) =>
        new(name, family, cifar, 10, "cifar", (classes, _) => new CifarResNet(depth, classes, blocks));

    static Architecture OfKeras(string name, string preprocessing, KerasFactory make) => new($"keras-{name}", "Keras", imageNet, 1000, preprocessing,
        (classes, shape) => make(includeTop: true, weights: null, shape, KerasPooling.None, classes, Activation.Softmax))
    {
        CreateBackbone = () => make(includeTop: false, weights: null, inputShape: null, KerasPooling.None, classes: 1000, Activation.Softmax),
    };

    delegate Model KerasFactory(bool includeTop, string? weights, Shape? inputShape, KerasPooling pooling, int classes, Activation classifierActivation);
}
