namespace ResNetSharp.Data;

/// <summary>A published data set of four IDX files.</summary>
sealed class IdxNamedDataset(string name, string[] folders, DatasetFile[] files, IReadOnlyList<string> classNames)
    : NamedDataset(name, folders, files)
{
    protected override ResolvedDataset? TryOpen(string path, ResolveOptions options)
    {
        if (!IdxFolder.IsComplete(path)) return null;
        var (train, test) = IdxFolder.Load(path, classNames);
        return new ResolvedDataset(train, test, $"{Name} (IDX files in {path})");
    }
}
