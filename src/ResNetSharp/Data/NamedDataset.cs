namespace ResNetSharp.Data;

/// <summary>A published data set that is known by name.</summary>
/// <param name="name">The name.</param>
/// <param name="folders">What folders with it are called; the first is used for downloads.</param>
/// <param name="files">The files that make it up.</param>
abstract class NamedDataset(string name, string[] folders, DatasetFile[] files)
{
    /// <summary>The name.</summary>
    public string Name => name;

    /// <summary>Opens the data set where it is found first, and downloads it where it is found nowhere.</summary>
    /// <exception cref="FileNotFoundException">It is not on this machine, and nothing may be downloaded.</exception>
    public ResolvedDataset Resolve(ResolveOptions options) => Find(options).WithSize(options.Size);

    /// <summary>The training and the test set.</summary>
    public (Dataset Train, Dataset Test) LoadBoth(ResolveOptions options)
    {
        var (train, test, description) = Resolve(options);
        return (train, test ?? throw new InvalidDataException($"{description} has no test set"));
    }

    /// <summary>Opens the data set if it is whole in this folder or archive; null where it is not.</summary>
    protected abstract ResolvedDataset? TryOpen(string path, ResolveOptions options);

    ResolvedDataset Find(ResolveOptions options)
    {
        if (options.DataDirectory is { } given && !Directory.Exists(given))
            throw new DirectoryNotFoundException($"the data folder {given} does not exist");
        foreach (var place in DataFolders.Search(options).SelectMany(Places))
            if (TryOpen(place, options) is { } found) return found;
        var folder = Path.Combine(options.CacheDirectory ?? DataFolders.Cache, folders[0]);
        if (options.Offline || DataFolders.IsOffline) throw new FileNotFoundException(Missing(folder));
        foreach (var file in files)
        {
            Download.FileAsync(new Uri(file.Url), Path.Combine(folder, file.Name), Checksum.Md5(file.Md5), options.Progress,
                options.CancellationToken).GetAwaiter().GetResult();
        }
        return TryOpen(folder, options) ?? throw new InvalidDataException($"the files downloaded to {folder} are not the data set {name}");
    }

    // Below a folder of data sets, or that folder itself where somebody named the data set's own.
    IEnumerable<string> Places(string root)
    {
        foreach (var folder in folders) yield return Path.Combine(root, folder);
        foreach (var file in files) yield return Path.Combine(root, file.Name);
        var own = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(root)));
        if (folders.Contains(own, StringComparer.OrdinalIgnoreCase)) yield return root;
    }

    string Missing(string folder) =>
        $"{name} is not on this machine and downloads are off; fetch {string.Join(" and ", files.Select(file => file.Url))} into {folder}";
}
