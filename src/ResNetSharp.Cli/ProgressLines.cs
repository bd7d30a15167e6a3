using ResNetSharp.Training;

namespace ResNetSharp.Cli;

/// <summary>A line every few seconds, for pipes and files.</summary>
sealed class ProgressLines(Session session) : ProgressDisplay
{
    const long Interval = 10_000;

    long last = Environment.TickCount64;

    /// <inheritdoc/>
    public override void Report(TrainingProgress value)
    {
        // The end of an epoch gets a line of its own, with the validation.
        if (value.Batch == value.Batches || Environment.TickCount64 - last < Interval) return;
        last = Environment.TickCount64;
        session.Say($"{Title(value)}  {100.0 * value.Batch / value.Batches:F0}%  {Describe(value)}");
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
    }
}
