using System.Text;
using System.Text.Json;

namespace ResNetSharp.Cli;

/// <summary>Where one run of a verb prints, and what all verbs were told.</summary>
sealed class Session(TextWriter output, TextWriter error)
{
    /// <summary>Whether somebody watches, so that a line may be drawn over.</summary>
    public bool IsTerminal { get; init; }

    public bool WantsJson { get; init; }

    public bool IsQuiet { get; init; }

    /// <summary>Whether nothing may be downloaded.</summary>
    public bool IsOffline { get; init; }

    public ulong Seed { get; init; }

    /// <summary>Stops the work as Ctrl-C does.</summary>
    public CancellationToken Stop { get; init; }

    /// <summary>Standard output.</summary>
    public TextWriter Output => output;

    /// <summary>Prints what --quiet leaves out.</summary>
    public void Say(string text)
    {
        if (!IsQuiet) output.WriteLine(text);
    }

    /// <summary>Prints the result, which only --quiet together with --json leaves out.</summary>
    public void Tell(string text)
    {
        if (!IsQuiet || !WantsJson) output.WriteLine(text);
    }

    /// <summary>Prints a remark on standard error.</summary>
    public void Warn(string text) => error.WriteLine(text);

    /// <summary>With --json, prints the object that ends the output.</summary>
    /// <param name="write">Writes the object's fields.</param>
    public void TellJson(Action<Utf8JsonWriter> write)
    {
        if (!WantsJson) return;
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }
        output.WriteLine(Encoding.UTF8.GetString(buffer.ToArray()));
    }
}
