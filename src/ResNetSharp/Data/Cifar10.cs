namespace ResNetSharp.Data;

/// <summary>
/// CIFAR-10: 50,000 + 10,000 small photographs, 32x32, ten classes (Krizhevsky, "Learning multiple layers of features from tiny images",
/// 2009).
/// </summary>
public static class Cifar10
{
    /// <summary>The names of the classes.</summary>
    public static IReadOnlyList<string> ClassNames { get; } =
        ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"];

    internal static NamedDataset Named { get; } = new CifarNamedDataset("cifar10", ["cifar10", "cifar-10", "cifar-10-batches-bin", "cifar10-jpeg"],
        new("cifar-10-binary.tar.gz", "https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz", "c32a1d4ab5d03f1284b67883e8d87530"),
        isHundred: false);

    /// <summary>
    /// Loads the data set from the data folder, <c>RESNETSHARP_DATA</c> or the user's cache, and downloads it where it is in none of them.
    /// </summary>
    /// <param name="dataDirectory">A folder of data sets to look into first.</param>
    /// <exception cref="InvalidDataException">A file is damaged.</exception>
    public static (Dataset Train, Dataset Test) Load(string? dataDirectory = null) =>
        Named.LoadBoth(new ResolveOptions { DataDirectory = dataDirectory });
}
