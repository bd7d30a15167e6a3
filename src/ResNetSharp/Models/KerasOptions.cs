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
/// <param name="Name">Keras' name of the network.</param>
/// <param name="IncludeTop">Whether the network ends in global pooling and a classifier.</param>
/// <param name="Weights">A file, <c>imagenet</c>, or null for random weights.</param>
/// <param name="InputShape">
/// The shape of one input, (height, width, channels); (224, 224, 3) with the classifier and (?, ?, 3) without it if not given.
/// </param>
/// <param name="Pooling">What stands at the end without the classifier.</param>
/// <param name="Classes">How many numbers the classifier has.</param>
/// <param name="ClassifierActivation">What the classifier ends in; <see cref="Activation.Linear"/> gives logits.</param>
internal sealed record KerasOptions(
    string Name, bool IncludeTop, string? Weights, Shape? InputShape, KerasPooling Pooling, int Classes, Activation ClassifierActivation)
{
    const int SmallestSide = 32;
    static readonly Shape publishedInput = (224, 224, 3);

    WeightsChoice? choice;

    /// <summary>The place of the images.</summary>
    /// <exception cref="ArgumentException">The shape is not one that the network can take.</exception>
    public Tensor Input()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Classes, 1);
        var shape = InputShape ?? (IncludeTop ? publishedInput : (Shape.Unknown, Shape.Unknown, 3));
        if (shape.Rank != 3)
            throw new ArgumentException($"the input shape is (height, width, channels), three numbers, but got {shape}");
        if (shape[2] == Shape.Unknown) throw new ArgumentException($"the channels of the input shape have to be known, but got {shape}");
        if (shape.AsSpan()[..2].ContainsAnyInRange(0, SmallestSide - 1))
            throw new ArgumentException($"the input has to be at least {SmallestSide}x{SmallestSide}, but its shape is {shape}");
        if (IncludeTop && !shape.IsKnown)
            throw new ArgumentException($"with includeTop the whole input shape has to be known, but got {shape}");
        if (!IncludeTop && Pooling == KerasPooling.Max && !shape.IsKnown)
            throw new ArgumentException($"pooling by the maximum needs an input of known height and width, but got {shape}");
        choice = WeightsChoice.Of(Weights, $"keras-{Name}", Classes, IncludeTop);
        if (choice is not null) CheckPretrained(shape);
        return Tensor.Input(shape[0], shape[1], shape[2]);
    }

    /// <summary>The end of the network, and the whole.</summary>
    public Model Finish(Tensor input, Tensor x)
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
        var model = new Model(input, x) { Name = Name };
        choice?.Fill(model);
        FitPreprocessing(model);
        return model;
    }

    void CheckPretrained(Shape shape)
    {
        if (IncludeTop && ClassifierActivation is not (Activation.Softmax or Activation.Linear))
            throw new ArgumentException($"trained weights end in a softmax, or in nothing (Activation.Linear), not in {ClassifierActivation}");
        if (choice!.Published is null) return;
        if (shape[2] != publishedInput[2]) throw new ArgumentException($"the weights {choice.Published.Name} are for pictures of 3 channels, but the input shape is {shape}");
        if (IncludeTop && shape != publishedInput)
            throw new ArgumentException($"with includeTop the weights {choice.Published.Name} are for inputs of shape {publishedInput}, but got {shape}; leave inputShape out, or the top");
    }

    /// <summary>Pictures are brought to the size that the network was made for.</summary>
    void FitPreprocessing(Model model)
    {
        if (model.Preprocessing is { ExactSize: not null } usual && InputShape is { IsKnown: true } shape)
            model.Preprocessing = usual with { ExactSize = (shape[1], shape[0]) };
    }
}
