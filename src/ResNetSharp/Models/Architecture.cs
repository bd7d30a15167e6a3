using ResNetSharp.Layers;

namespace ResNetSharp.Models;

/// <summary>A network that can be made by its name.</summary>
public sealed class Architecture
{
    readonly Func<int, Shape, Model> make;

    internal Architecture(string name, string family, Shape inputShape, int classes, string preprocessing, Func<int, Shape, Model> make)
    {
        Name = name;
        Family = family;
        InputShape = inputShape;
        Classes = classes;
        Preprocessing = preprocessing;
        this.make = make;
    }

    /// <summary>The name: torchvision's or timm's own, or one that begins with the family, such as <c>keras-resnet50</c>.</summary>
    public string Name { get; }

    /// <summary>What the network is one of, in a few words.</summary>
    public string Family { get; }

    /// <summary>The usual shape of one input, (height, width, channels).</summary>
    public Shape InputShape { get; }

    /// <summary>The usual number of classes.</summary>
    public int Classes { get; }

    /// <summary>The name of the usual preprocessing of pictures, such as <c>torchvision</c>.</summary>
    public string Preprocessing { get; }

    /// <summary>Makes the network. Its parameters exist afterwards, but no weights are drawn until they are needed.</summary>
    /// <param name="classes">How many numbers the output has; <see cref="Classes"/> if not given.</param>
    /// <param name="inputShape">The shape of one input, (height, width, channels); <see cref="InputShape"/> if not given.</param>
    /// <param name="weights">
    /// The path of a weight file, or the name of published weights, such as <c>imagenet</c> (see <see cref="Weights"/>); null for weights drawn at random.
    /// </param>
    /// <exception cref="ArgumentException">There are no such weights, or they have another number of classes.</exception>
    /// <exception cref="ShapeException">The network cannot take inputs of this shape.</exception>
    public Model Create(int? classes = null, Shape? inputShape = null, string? weights = null)
    {
        var choice = WeightsChoice.Of(weights, Name, classes);
        var count = classes ?? choice?.Published?.ClassNames.Count ?? Classes;
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1, nameof(classes));
        var shape = inputShape ?? (choice?.Published is { } published ? WeightsChoice.InputShape(published) : InputShape);
        if (shape.Rank != 3) throw new ShapeException($"the shape of one input is (height, width, channels), but got {shape}");
        var model = make(count, shape);
        model.Name = Name;
        model.Architecture = Name;
        model.Build([.. shape]);
        choice?.Fill(model);
        return model;
    }

    /// <summary>Makes the network without its classifier, for inputs of any size.</summary>
    internal Func<Model> CreateBackbone { get; init; } = () => throw new NotSupportedException("only Keras' networks are made without a classifier");

    /// <inheritdoc/>
    public override string ToString() => Name;
}
