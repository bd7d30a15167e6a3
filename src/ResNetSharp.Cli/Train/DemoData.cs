using ResNetSharp.Data;

namespace ResNetSharp.Cli.Train;

/// <summary>The data set of a training for which none was named.</summary>
static class DemoData
{
    /// <summary>The published data set that is looked for first.</summary>
    public const string Name = "fashion-mnist";

    /// <summary>How long a server may be silent until the drawn pictures have to do.</summary>
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Finds or fetches the published data set, and falls back to drawn pictures.</summary>
    public static ResolvedDataset Find(Session session, ResolveOptions options)
    {
        try
        {
            return Datasets.Resolve(Name, options with { Offline = true });
        }
        catch (FileNotFoundException) when (options.Offline)
        {
            session.Say($"{Name} is not on this machine and --offline was given, so the program draws its own pictures");
        }
        catch (FileNotFoundException)
        {
            if (TryFetch(session, options) is { } fetched) return fetched;
        }
        return Datasets.Resolve("shapes", options);
    }

    static ResolvedDataset? TryFetch(Session session, ResolveOptions options)
    {
        session.Say($"{Name} is not on this machine; fetching it (30 MB)");
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(options.CancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            return Datasets.Resolve(Name, options with { CancellationToken = patience.Token, Progress = new Renewal(patience, options.Progress) });
        }
        catch (Exception e) when (e is IOException or InvalidDataException || (e is OperationCanceledException && !options.CancellationToken.IsCancellationRequested))
        {
            var why = e is OperationCanceledException ? $"the server was silent for {Patience.TotalSeconds:F0} seconds" : e.Message;
            session.Say($"{Name} could not be fetched ({why}), so the program draws its own pictures");
            return null;
        }
    }

    /// <summary>Whatever arrives renews the patience.</summary>
    sealed class Renewal(CancellationTokenSource patience, IProgress<DownloadProgress>? next) : IProgress<DownloadProgress>
    {
        public void Report(DownloadProgress value)
        {
            patience.CancelAfter(Patience);
            next?.Report(value);
        }
    }
}
