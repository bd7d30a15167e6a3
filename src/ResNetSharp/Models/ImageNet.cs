using ResNetSharp.Layers;

namespace ResNetSharp.Models;

/// <summary>The thousand classes of ImageNet (ILSVRC 2012), in the order of the outputs of all networks that were trained on it.</summary>
public static class ImageNet
{
    static readonly Lazy<(string[] Ids, string[] Names)> classes = new(Read);
    static readonly Lazy<string[]> kerasNames = new(() => Array.ConvertAll(classes.Value.Names, KerasName));

    /// <summary>The names, as torchvision gives them.</summary>
    public static IReadOnlyList<string> ClassNames => classes.Value.Names;

    /// <summary>The names as Keras gives them, such as <c>sports_car</c>.</summary>
    public static IReadOnlyList<string> KerasClassNames => kerasNames.Value;

    /// <summary>WordNet's numbers of the classes, such as <c>n01440764</c>, which the folders of the data set are called by.</summary>
    public static IReadOnlyList<string> WordNetIds => classes.Value.Ids;

    /// <summary>What Keras calls <c>decode_predictions</c>: the likeliest classes in the output of a network for ImageNet.</summary>
    /// <param name="predictions">The output, (batch, 1000): probabilities, or logits, which rank the same.</param>
    /// <param name="top">How many classes of each picture.</param>
    /// <returns>For each picture the classes with WordNet's number, Keras' name and what the network gave, the largest first.</returns>
    /// <exception cref="ArgumentException">The output has another shape.</exception>
    public static IReadOnlyList<IReadOnlyList<(string WordNetId, string Name, float Score)>> DecodePredictions(Tensor predictions, int top = 5)
    {
        ArgumentNullException.ThrowIfNull(predictions);
        ArgumentOutOfRangeException.ThrowIfLessThan(top, 1);
        var shape = predictions.Shape;
        if (shape.Rank != 2 || shape[1] != ClassNames.Count)
            throw new ArgumentException($"predictions for ImageNet have the shape (batch, {ClassNames.Count}), not {shape}", nameof(predictions));
        var values = predictions.ToArray();
        var decoded = new List<IReadOnlyList<(string WordNetId, string Name, float Score)>>(shape[0]);
        for (var row = 0; row < shape[0]; row++)
        {
            var best = Ranking.Best(values.AsSpan(row * ClassNames.Count, ClassNames.Count), top);
            decoded.Add([.. best.Select(pair => (WordNetIds[pair.Index], KerasClassNames[pair.Index], pair.Value))]);
        }
        return decoded;
    }

    /// <summary>Whether some names are those of the thousand classes, as torchvision or Keras gives them.</summary>
    internal static bool AreClassNames(IReadOnlyList<string> names) =>
        names.Count == ClassNames.Count && (names.SequenceEqual(ClassNames) || names.SequenceEqual(KerasClassNames));

    // Two pairs of classes have one name each in Keras: the bird and the machine, and two bathing suits.
    static string KerasName(string name) => name switch
    {
        "crane bird" => "crane",
        "maillot tank suit" => "maillot",
        _ => name.Replace(' ', '_'),
    };

    // A line is a number, a space and a name.
    static (string[] Ids, string[] Names) Read()
    {
        using var stream = typeof(ImageNet).Assembly.GetManifestResourceStream("imagenet-classes.txt")!;
        using var reader = new StreamReader(stream);
        var lines = reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return (Array.ConvertAll(lines, line => line[..9]), Array.ConvertAll(lines, line => line[10..].TrimEnd('\r')));
    }
}
