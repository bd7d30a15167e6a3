namespace ResNetSharp.Data;

/// <summary>CIFAR-10 or CIFAR-100: binary files in a folder or their archive, or class folders of pictures.</summary>
sealed class CifarNamedDataset(string name, string[] folders, DatasetFile archive, bool isHundred) : NamedDataset(name, folders, [archive])
{
    protected override ResolvedDataset? TryOpen(string path, ResolveOptions options)
    {
        var archiveInside = Path.Combine(path, archive.Name);
        if (File.Exists(archiveInside)) path = archiveInside;
        if (File.Exists(path) || CifarFiles.Recognize(path) == isHundred)
        {
            var (train, test) = CifarFiles.Open(path, isHundred).Load(options.CoarseLabels);
            if (test is not null) return new ResolvedDataset(train, test, $"{Name} (binary files in {path})");
        }
        // The same photographs as class folders of picture files, whole as only the full set is.
        return Directory.Exists(path) && ImageFolder.FindArchives(path) is (_, not null) ? Describe(Datasets.OpenPictures(path, options)) : null;
    }

    ResolvedDataset Describe(ResolvedDataset found) => found with { Description = $"{Name} ({found.Description})" };
}
