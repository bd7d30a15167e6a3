using System.CommandLine;
using ResNetSharp.Cpu;

namespace ResNetSharp.Cli;

/// <summary>The options that every verb takes.</summary>
sealed class CommonOptions
{
    readonly Option<bool> json = new("--json") { Description = "End standard output with one line that is a JSON object", Recursive = true };
    readonly Option<int?> threads = new("--threads") { Description = "Threads that compute; one for each processor by default", HelpName = "N", Recursive = true };
    readonly Option<ulong> seed = new("--seed") { Description = "Decides everything random; the same seed gives the same result, whatever the threads", HelpName = "N", Recursive = true };
    readonly Option<bool> quiet = new("--quiet") { Description = "Print the result alone", Recursive = true };
    readonly Option<bool> offline = new("--offline") { Description = "Download nothing", Recursive = true };

    /// <summary>Whether errors come with a stack trace.</summary>
    public Option<bool> Verbose { get; } = new("--verbose") { Description = "Show where an error came from", Recursive = true };

    public void AddTo(Command root)
    {
        root.Options.Add(json);
        root.Options.Add(threads);
        root.Options.Add(seed);
        root.Options.Add(quiet);
        root.Options.Add(offline);
        root.Options.Add(Verbose);
    }

    public Session CreateSession(ParseResult parsed, TextWriter output, TextWriter error, bool isTerminal, CancellationToken stop)
    {
        if (parsed.GetValue(threads) is { } count)
        {
            if (count is < 1 or > 1024) throw new UsageException($"--threads {count} is not a number of threads; give 1 to 1024");
            Processor.Threads = count;
        }
        return new Session(output, error)
        {
            IsTerminal = isTerminal,
            WantsJson = parsed.GetValue(json),
            IsQuiet = parsed.GetValue(quiet),
            IsOffline = parsed.GetValue(offline),
            Seed = parsed.GetValue(seed),
            Stop = stop,
        };
    }
}
