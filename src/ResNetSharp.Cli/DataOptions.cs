using System.CommandLine;
using ResNetSharp.Data;

namespace ResNetSharp.Cli;

/// <summary>The options of verbs that read a data set.</summary>
sealed class DataOptions
{
    readonly Option<string?> directory = new("--data-dir") { Description = "A folder of data sets to look into first", HelpName = "DIR" };
    readonly Option<bool> skipBroken = new("--skip-broken") { Description = "Leave out pictures that cannot be read, and count them, instead of ending" };

    /// <summary>The data set.</summary>
    public Option<string?> Data { get; } = new("--data", "-d")
    {
        Description = $"A data set: {string.Join(", ", Datasets.Names)}, a folder or archive of class folders, or a folder of IDX or CIFAR files",
        HelpName = "NAME|PATH",
    };

    /// <summary>The options, for a command.</summary>
    public IEnumerable<Option> All => [Data, directory, skipBroken];

    /// <summary>Opens a data set and says what was found.</summary>
    public ResolvedDataset Open(Session session, ParseResult parsed, string nameOrPath, CancellationToken cancellation)
    {
        var found = Datasets.Resolve(nameOrPath, Options(session, parsed, cancellation));
        foreach (var problem in found.Skipped) session.Warn($"left out: {problem}");
        return found;
    }

    /// <summary>What was asked for.</summary>
    public ResolveOptions Options(Session session, ParseResult parsed, CancellationToken cancellation) => new()
    {
        DataDirectory = parsed.GetValue(directory),
        Offline = session.IsOffline,
        SkipBroken = parsed.GetValue(skipBroken),
        Progress = session.IsQuiet ? null : new DownloadLines(session),
        CancellationToken = cancellation,
    };
}
