namespace ResNetSharp.Data;

/// <summary>Finds data sets by name or path.</summary>
public static class Datasets
{
    static readonly NamedDataset[] Published = [FashionMnist.Named, Mnist.Named, Cifar10.Named, Cifar100.Named];

    /// <summary>The names that need no path; all but <c>shapes</c>, which is drawn, are published sets.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Published.Select(set => set.Name), Shapes.Name];

    /// <summary>
    /// Opens a data set by its name, or by the path of a folder or archive of class folders, or of a folder of IDX or CIFAR files. A
    /// relative path may also start in the data folder. A published set that is nowhere on this machine is downloaded into the cache.
    /// </summary>
    /// <param name="nameOrPath">One of <see cref="Names"/>, or a path; <c>./shapes</c> is a path, <c>shapes</c> a name.</param>
    /// <param name="options">Where to look and how to read.</param>
    /// <exception cref="FileNotFoundException">Neither a name nor a path, or a published set that may not be downloaded.</exception>
    /// <exception cref="InvalidDataException">Something is there, but is no data set or is damaged.</exception>
    /// <exception cref="IOException">A download failed.</exception>
    public static ResolvedDataset Resolve(string nameOrPath, ResolveOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(nameOrPath);
        options ??= new ResolveOptions();
        if (nameOrPath.Equals(Shapes.Name, StringComparison.OrdinalIgnoreCase)) return Shapes.Resolve().WithSize(options.Size);
        if (Array.Find(Published, set => set.Name.Equals(nameOrPath, StringComparison.OrdinalIgnoreCase)) is { } named) return named.Resolve(options);
        return OpenPath(FindPath(nameOrPath, options), options);
    }

    /// <summary>Opens a folder or an archive.</summary>
    internal static ResolvedDataset OpenPath(string path, ResolveOptions options)
    {
        var name = Path.GetFileName(Path.TrimEndingDirectorySeparator(path));
        if (IdxFolder.IsOne(path))
        {
            var isFashion = Path.GetFullPath(path).Contains("fashion", StringComparison.OrdinalIgnoreCase);
            var (train, test) = IdxFolder.Load(path, isFashion ? FashionMnist.ClassNames : Mnist.ClassNames);
            return new ResolvedDataset(train, test, $"IDX files in {path}").WithSize(options.Size);
        }
        bool? isHundred = name.StartsWith("cifar-100-binary", StringComparison.OrdinalIgnoreCase) && File.Exists(path) ? true
            : name.StartsWith("cifar-10-binary", StringComparison.OrdinalIgnoreCase) && File.Exists(path) ? false
            : CifarFiles.Recognize(path);
        if (isHundred is { } hundred)
        {
            var (train, test) = CifarFiles.Open(path, hundred).Load(options.CoarseLabels);
            return new ResolvedDataset(train, test, $"CIFAR-{(hundred ? 100 : 10)} binary files in {path}").WithSize(options.Size);
        }
        return OpenPictures(path, options);
    }

    /// <summary>Opens class folders of pictures.</summary>
    internal static ResolvedDataset OpenPictures(string path, ResolveOptions options)
    {
        var (train, test) = ImageFolder.Load(path, new ImageFolderOptions
        {
            Size = options.Size,
            Channels = options.Channels,
            SkipBroken = options.SkipBroken,
        });
        string[] skipped = [.. train.Skipped, .. test?.Skipped ?? []];
        var note = skipped.Length > 0 ? $", {skipped.Length} unreadable left out" : "";
        return new ResolvedDataset(train, test, $"pictures in {path}{note}") { Skipped = skipped };
    }

    static string FindPath(string path, ResolveOptions options)
    {
        var places = new[] { path }.Concat(DataFolders.Search(options).Select(folder => Path.Combine(folder, path)));
        return places.FirstOrDefault(Path.Exists)
            ?? throw new FileNotFoundException($"'{path}' is neither a folder or archive nor one of the known data sets: {string.Join(", ", Names)}");
    }
}
