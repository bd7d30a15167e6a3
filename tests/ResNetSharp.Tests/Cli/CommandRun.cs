using System.Text.Json;
using ResNetSharp.Cli;

namespace ResNetSharp.Tests.Cli;

/// <summary>What a command printed and returned, run within this process.</summary>
sealed record CommandRun(int ExitCode, string Output, string Error)
{
    public static CommandRun Of(params string[] arguments) => Of(new StringWriter(), default, arguments);

    /// <summary>Runs a command that prints to a given writer and can be stopped.</summary>
    public static CommandRun Of(StringWriter output, CancellationToken stop, params string[] arguments)
    {
        var error = new StringWriter();
        var code = new CommandLine(output, error, isTerminal: false, stop).Run(arguments);
        return new CommandRun(code, output.ToString(), error.ToString());
    }

    /// <summary>The object on the last line.</summary>
    public JsonElement Json => JsonDocument.Parse(Output.TrimEnd().Split('\n')[^1]).RootElement;

    /// <summary>Checks that the command ended with a code and exactly one line on standard error that holds some words.</summary>
    public void AssertFails(int code, params string[] words)
    {
        Assert.Equal(code, ExitCode);
        var line = Assert.Single(Error.TrimEnd().Split('\n'));
        foreach (var word in words) Assert.Contains(word, line, StringComparison.Ordinal);
    }
}
