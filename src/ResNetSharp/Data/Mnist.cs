namespace ResNetSharp.Data;

/// <summary>
/// MNIST: 60,000 + 10,000 grey pictures of handwritten digits, 28x28 (LeCun, Bottou, Bengio, Haffner, "Gradient-based learning applied to
/// document recognition", 1998).
/// </summary>
public static class Mnist
{
    const string Source = "https://ossci-datasets.s3.amazonaws.com/mnist/";

    /// <summary>The names of the classes: the digits.</summary>
    public static IReadOnlyList<string> ClassNames { get; } = [.. Enumerable.Range(0, 10).Select(digit => digit.ToString())];

    internal static NamedDataset Named { get; } = new IdxNamedDataset("mnist", ["mnist", "MNIST", "MNIST/raw"],
    [
        new("train-images-idx3-ubyte.gz", Source + "train-images-idx3-ubyte.gz", "f68b3c2dcbeaaa9fbdd348bbdeb94873"),
        new("train-labels-idx1-ubyte.gz", Source + "train-labels-idx1-ubyte.gz", "d53e105ee54ea40749a09fcbcd1e9432"),
        new("t10k-images-idx3-ubyte.gz", Source + "t10k-images-idx3-ubyte.gz", "9fb629c4189551a2d022fa330f9573f3"),
        new("t10k-labels-idx1-ubyte.gz", Source + "t10k-labels-idx1-ubyte.gz", "ec29112dd5afa0611ce80d1b7f02629c"),
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
