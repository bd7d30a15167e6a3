using ResNetSharp.Training;

namespace ResNetSharp.Cli;

/// <summary>A bar that changes in its place, on a terminal.</summary>
/// <param name="output">The terminal.</param>
sealed class ProgressBar(TextWriter output) : ProgressDisplay
{
    const int Width = 24;
    const long Interval = 100;

    /// <summary>The control sequence that clears the rest of a line.</summary>
    const string ClearRest = "\u001b[K";

    long last;
    bool isShown;

    /// <inheritdoc/>
    public override void Report(TrainingProgress value)
    {
        if (Environment.TickCount64 - last < Interval) return;
        last = Environment.TickCount64;
        var filled = (int)((long)Width * value.Batch / value.Batches);
        output.Write($"\r{Title(value)}  {new string('━', filled)}{new string('─', Width - filled)} {100L * value.Batch / value.Batches,3}%  {Describe(value)}{ClearRest}");
        output.Flush();
        isShown = true;
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        if (!isShown) return;
        output.Write($"\r{ClearRest}");
        isShown = false;
    }
}
