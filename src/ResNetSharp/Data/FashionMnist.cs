namespace ResNetSharp.Data;

/// <summary>
/// Fashion-MNIST: 60,000 + 10,000 grey pictures of clothes, 28x28, ten classes (Xiao, Rasul, Vollgraf, "Fashion-MNIST: a novel image
/// dataset for benchmarking machine learning algorithms", 2017).
/// </summary>
public static class FashionMnist
{
    const string Source = "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/";

    /// <summary>The names of the classes.</summary>
    public static IReadOnlyList<string> ClassNames { get; } =
        ["T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"];

    internal static NamedDataset Named { get; } = new IdxNamedDataset("fashion-mnist", ["fashion-mnist", "FashionMNIST", "FashionMNIST/raw"],
    [
        new("train-images-idx3-ubyte.gz", Source + "train-images-idx3-ubyte.gz", "8d4fb7e6c68d591d4c3dfef9ec88bf0d"),
        new("train-labels-idx1-ubyte.gz", Source + "train-labels-idx1-ubyte.gz", "25c81989df183df01b3e8a0aad5dffbe"),
        new("t10k-images-idx3-ubyte.gz", Source + "t10k-images-idx3-ubyte.gz", "bef4ecab320f06d8554ea6380940ec79"),
        new("t10k-labels-idx1-ubyte.gz", Source + "t10k-labels-idx1-ubyte.gz", "bb300cfdad3c16e7a12a480ee83cd310"),
    ], ClassNames);

    /// <summary>
    /// Loads the data set from the data folder, <c>RESNETSHARP_DATA</c> or the user's cache, and downloads it where it is in none of them.
    /// </summary>
    /// <param name="dataDirectory">A folder of data sets to look into first.</param>
    /// <param name="resize">Height and width to bring the pictures to; 28x28 by default.</param>
    /// <exception cref="InvalidDataException">A file is damaged.</exception>
    public static (Dataset Train, Dataset Test) Load(string? dataDirectory = null, (int Height, int Width)? resize = null) =>
        Named.LoadBoth(new ResolveOptions { DataDirectory = dataDirectory, Size = resize });
}
