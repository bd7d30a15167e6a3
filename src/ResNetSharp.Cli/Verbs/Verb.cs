using System.CommandLine;

namespace ResNetSharp.Cli.Verbs;

/// <summary>A verb of the command line.</summary>
abstract class Verb
{
    /// <summary>Describes the verb's command.</summary>
    /// <param name="open">Opens the session of a run.</param>
    public Command Create(Func<ParseResult, Session> open)
    {
        var command = Describe();
        command.SetAction(parsed =>
        {
            Run(open(parsed), parsed);
            return 0;
        });
        return command;
    }

    /// <summary>The command with its options and arguments.</summary>
    protected abstract Command Describe();

    /// <summary>Does the work; whatever goes wrong is an exception.</summary>
    protected abstract void Run(Session session, ParseResult parsed);
}
