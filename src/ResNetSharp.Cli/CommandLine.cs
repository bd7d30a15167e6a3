using System.CommandLine;
using System.CommandLine.Help;
using System.Text.RegularExpressions;
using ResNetSharp.Cli.Verbs;

namespace ResNetSharp.Cli;

/// <summary>The command <c>resnet</c>: finds the verb, runs it, and turns errors into one sentence and an exit code.</summary>
/// <param name="output">Standard output.</param>
/// <param name="error">Standard error.</param>
/// <param name="isTerminal">Whether somebody watches standard output.</param>
/// <param name="stop">Stops the work as Ctrl-C does.</param>
sealed partial class CommandLine(TextWriter output, TextWriter error, bool isTerminal, CancellationToken stop = default)
{
    static readonly (string Name, Func<Verb> Make)[] verbs =
    [
        ("train", () => new TrainVerb()), ("evaluate", () => new EvaluateVerb()), ("predict", () => new PredictVerb()), ("quantize", () => new QuantizeVerb()),
        ("summary", () => new SummaryVerb()), ("models", () => new ModelsVerb()), ("inspect", () => new InspectVerb()), ("export", () => new ExportVerb()),
        ("convert", () => new ConvertVerb()), ("bench", () => new BenchVerb()),
    ];

    readonly CommonOptions common = new();

    /// <summary>Runs a command.</summary>
    /// <returns>0 if it worked, 2 for wrong usage or input, 1 for a failure, 130 if the user stopped it.</returns>
    public int Run(params string[] arguments)
    {
        var root = CreateRoot(arguments.FirstOrDefault());
        // A file may be called @name.
        var parsed = root.Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });
        var settings = new InvocationConfiguration { Output = output, Error = error, EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null };
        if (parsed.Action is HelpAction) return parsed.Invoke(settings);
        try
        {
            if (parsed.Errors.Count > 0) throw new UsageException(Explain(parsed, root));
            return parsed.Invoke(settings);
        }
        catch (Exception e)
        {
            var (code, sentence) = Errors.Describe(e);
            error.WriteLine(sentence);
            if (parsed.GetValue(common.Verbose)) error.WriteLine(e);
            return code;
        }
    }

    /// <summary>The verbs with their options: the one that is asked for, which starts sooner, or all where that is not plain yet.</summary>
    RootCommand CreateRoot(string? verb)
    {
        var root = new RootCommand("Residual networks: train them, measure them, and let them name what is in pictures.");
        common.AddTo(root);
        var asked = Array.FindAll(verbs, known => known.Name == verb);
        foreach (var (_, make) in asked.Length > 0 ? asked : verbs) root.Subcommands.Add(make().Create(parsed => common.CreateSession(parsed, output, error, isTerminal, stop)));
        return root;
    }

    static string Explain(ParseResult parsed, RootCommand root)
    {
        var verb = parsed.CommandResult.Command;
        var message = UnparsedValue().Replace(parsed.Errors[0].Message, "$2 cannot be '$1'").TrimEnd('.');
        if (verb != root) return $"{message}; 'resnet {verb.Name} --help' lists what can be given";
        var word = parsed.UnmatchedTokens.FirstOrDefault(token => !token.StartsWith('-'));
        if (word is null) return $"{message}; 'resnet --help' lists the verbs";
        var names = root.Subcommands.Select(command => command.Name).ToList();
        return $"there is no verb '{word}'{NearestNames.Suggest(word, names)}; there are {string.Join(", ", names)}";
    }

    // The library's own words name types of the framework.
    [GeneratedRegex(@"^Cannot parse argument '(.*)' for option '(.*)' as expected type .*$")]
    private static partial Regex UnparsedValue();
}
