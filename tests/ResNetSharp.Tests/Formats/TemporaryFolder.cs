namespace ResNetSharp.Tests.Formats;

/// <summary>A folder that is removed at the end of a test.</summary>
sealed class TemporaryFolder : IDisposable
{
    readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("resnetsharp-");

    public string File(string name) => Path.Combine(folder.FullName, name);

    public string[] Names => [.. folder.EnumerateFileSystemInfos().Select(f => f.Name).Order()];

    public void Dispose() => folder.Delete(recursive: true);
}
