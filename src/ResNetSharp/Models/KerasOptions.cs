using ResNetSharp.Layers;

namespace ResNetSharp.Models;

/// <summary>What stands at the end of a Keras network without its classifier.</summary>
public enum KerasPooling
{
    /// <summary>Nothing: the output is (batch, height, width, channels).</summary>
    None,

    /// <summary>The mean over height and width (<c>avg</c>).</summary>
    Average,

    /// <summary>The maximum over height and width (<c>max</c>).</summary>
    Max,
}

/// <summary>What the networks of Keras' applications can be told, by Keras' names.</summary>
/// <param name="IncludeTop">Whether the network ends in global pooling and a classifier.</param>
/// <param name="InputShape">
/// The shape of one input, (height, width, channels); (224, 224, 3) with the classifier and (?, ?, 3) without it if not given.
/// </param>
/// <param name="Pooling">What stands at the end without the classifier.</param>
/// <param name="Classes">How many numbers the classifier has.</param>
/// <param name="ClassifierActivation">What the classifier ends in; <see cref="Activation.Linear"/> gives logits.</param>
internal sealed record KerasOptions(bool IncludeTop, Shape? InputShape, KerasPooling Pooling, int Classes, Activation ClassifierActivation)
{
    const int SmallestSide = 32;

    /// <summary>The place of the images.</summary>
    /// <exception cref="ArgumentException">The shape is not one that the network can take.</exception>
    public Tensor Input()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Classes, 1);
        var shape = InputShape ?? (IncludeTop ? (224, 224, 3) : (Shape.Unknown, Shape.Unknown, 3));
        if (shape.Rank != 3)
            throw new ArgumentException($"the input shape is (height, width, channels), three numbers, but got {shape}");
        if (shape[2] == Shape.Unknown) throw new ArgumentException($"the channels of the input shape have to be known, but got {shape}");
        if (shape.AsSpan()[..2].ContainsAnyInRange(0, SmallestSide - 1))
            throw new ArgumentException($"the input has to be at least {SmallestSide}x{SmallestSide}, but its shape is {shape}");
        if (IncludeTop && !shape.IsKnown)
            throw new ArgumentException($"with includeTop the whole input shape has to be known, but got {shape}");
        if (!IncludeTop && Pooling == KerasPooling.Max && !shape.IsKnown)
            throw new ArgumentException($"pooling by the maximum needs an input of known height and width, but got {shape}");
        return Tensor.Input(shape[0], shape[1], shape[2]);
    }

    /// <summary>The end of the network, and the whole.</summary>
    public Model Finish(Tensor input, Tensor x, string name)
    {
        if (IncludeTop)
        {
            x = new GlobalAveragePooling2D { Name = "avg_pool" }.Apply(x);
            x = new Dense(Classes, ClassifierActivation) { Name = "predictions" }.Apply(x);
        }
        else if (Pooling == KerasPooling.Average)
        {
            x = new GlobalAveragePooling2D { Name = "avg_pool" }.Apply(x);
        }
        else if (Pooling == KerasPooling.Max)
        {
            x = new FunctionLayer("GlobalMaxPooling2D", y => y.GlobalMaxPooling2D()) { Name = "max_pool" }.Apply(x);
        }
        return new Model(input, x) { Name = name };
    }
}
