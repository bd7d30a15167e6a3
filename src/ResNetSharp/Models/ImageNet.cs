namespace ResNetSharp.Models;

/// <summary>The thousand classes of ImageNet (ILSVRC 2012), in the order of the outputs of all networks that were trained on it.</summary>
public static class ImageNet
{
    static readonly Lazy<(string[] Ids, string[] Names)> classes = new(Read);

    /// <summary>The names, as torchvision gives them.</summary>
    public static IReadOnlyList<string> ClassNames => classes.Value.Names;

    /// <summary>WordNet's numbers of the classes, such as <c>n01440764</c>, which the folders of the data set are called by.</summary>
    public static IReadOnlyList<string> WordNetIds => classes.Value.Ids;

    // A line is a number, a space and a name.
    static (string[] Ids, string[] Names) Read()
    {
        using var stream = typeof(ImageNet).Assembly.GetManifestResourceStream("imagenet-classes.txt")!;
        using var reader = new StreamReader(stream);
        var lines = reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return (Array.ConvertAll(lines, line => line[..9]), Array.ConvertAll(lines, line => line[10..].TrimEnd('\r')));
    }
}
