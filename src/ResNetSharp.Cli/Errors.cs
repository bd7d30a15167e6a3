using ResNetSharp.Training;

namespace ResNetSharp.Cli;

/// <summary>What an exception means to the user.</summary>
static class Errors
{
    const int Failure = 1;
    const int WrongInput = 2;
    const int Interrupted = 130;

    /// <summary>The exit code and the sentence for the user.</summary>
    public static (int ExitCode, string Sentence) Describe(Exception exception) => exception switch
    {
        InterruptedException => (Interrupted, OneLine(exception.Message)),
        OperationCanceledException => (Interrupted, "stopped"),
        AggregateException { InnerExceptions: [var only] } => Describe(only),
        UsageException or InvalidDataException or FileNotFoundException or DirectoryNotFoundException or ArgumentException or ShapeException
            or UnauthorizedAccessException or NotSupportedException => (WrongInput, "error: " + OneLine(exception.Message)),
        TrainingDivergedException or IOException => (Failure, "error: " + OneLine(exception.Message)),
        OutOfMemoryException => (Failure, "error: there is not enough memory; try a smaller --batch"),
        _ => (Failure, $"error: {exception.GetType().Name}: {OneLine(exception.Message)} (this is a defect; --verbose shows where)"),
    };

    // The framework appends the parameter's name and the value, which mean nothing on a command line.
    static string OneLine(string message)
    {
        var end = message.IndexOf(" (Parameter '", StringComparison.Ordinal);
        return (end < 0 ? message : message[..end]).ReplaceLineEndings(" ").Trim();
    }
}
