using System.CommandLine;
using ResNetSharp.Cli.Train;

namespace ResNetSharp.Cli.Verbs;

/// <summary>Trains or fine-tunes a network.</summary>
sealed class TrainVerb : Verb
{
    readonly DataOptions data = new();
    readonly TrainOptions options = new();

    protected override Command Describe()
    {
        var command = new Command("train", "Train or fine-tune a network; without any arguments a small one for about two minutes");
        foreach (var option in data.All.Concat(options.All)) command.Options.Add(option);
        return command;
    }

    protected override void Run(Session session, ParseResult parsed)
    {
        using var interruption = new Interruption(session, "stopping after this step; once more ends at once");
        var resumed = parsed.GetValue(options.Resume) ? FindRun(parsed.GetValue(options.Out)) : null;
        var saved = resumed is null ? null : TrainSettings.Load(resumed.Settings);
        var name = parsed.GetValue(data.Data) ?? saved?.Data;
        var (found, isDemo) = name is null
            ? (DemoData.Find(session, data.Options(session, parsed, interruption.Token)), true)
            : (data.Open(session, parsed, name, interruption.Token), false);
        name ??= found.Description.StartsWith("shapes", StringComparison.Ordinal) ? "shapes" : DemoData.Name;
        var settings = new TrainDefaults(options, parsed, saved).Settle(name, isDemo, found, session.Seed);
        var files = resumed ?? NewRun(parsed.GetValue(options.Out), name, settings.Model);
        new TrainRun(session, settings, files, found, isResumed: resumed is not null).Run(interruption.Token);
    }

    static RunFiles FindRun(string? folder)
    {
        if (folder is null)
        {
            var runs = Directory.Exists("runs") ? Directory.GetDirectories("runs").Select(run => new RunFiles(run)).Where(run => File.Exists(run.Last)) : [];
            return runs.MaxBy(run => File.GetLastWriteTimeUtc(run.Last))
                ?? throw new UsageException("there is no training to resume below 'runs'; give its folder with --out");
        }
        var files = new RunFiles(folder);
        return File.Exists(files.Last) && File.Exists(files.Settings)
            ? files
            : throw new UsageException($"there is no training to resume in '{folder}': it has no last.safetensors with a train.json");
    }

    static RunFiles NewRun(string? folder, string data, string model)
    {
        if (folder is not null)
        {
            var files = new RunFiles(folder);
            return !File.Exists(files.Last)
                ? files
                : throw new UsageException($"'{folder}' already holds a training; go on with --resume, or give another folder");
        }
        var label = Path.GetFileName(Path.TrimEndingDirectorySeparator(data)).Split('.')[0];
        var start = Path.Combine("runs", $"{label}-{model}");
        for (var number = 2; ; number++)
        {
            folder = number == 2 ? start : $"{start}-{number - 1}";
            if (!Directory.Exists(folder)) return new RunFiles(folder);
        }
    }
}
