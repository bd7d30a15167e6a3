using System.Globalization;

namespace ResNetSharp.Layers;

/// <summary>A class that a picture may be of.</summary>
/// <param name="Index">The place of the class among the model's outputs.</param>
/// <param name="Name">The name of the class; its index where the model knows no names.</param>
/// <param name="WordNetId">WordNet's number, such as <c>n03459775</c>, for the classes of ImageNet; null for others.</param>
/// <param name="Probability">How sure the model is, from 0 to 1. The probabilities of all classes add up to 1.</param>
public sealed record Classification(int Index, string Name, string? WordNetId, float Probability)
{
    /// <summary>Number, name and probability, as Keras prints them: <c>(n03459775, grille, 0.507)</c>.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"({(WordNetId is null ? "" : $"{WordNetId}, ")}{Name}, {Probability:F3})");
}

/// <summary>What a model takes a picture file for.</summary>
/// <param name="Path">The file.</param>
/// <param name="Top">The likeliest classes, the first one first; empty if the file could not be read.</param>
/// <param name="Error">Why the file could not be read; null if it could.</param>
public sealed record PictureClassification(string Path, IReadOnlyList<Classification> Top, string? Error);
