using ResNetSharp.Training;

namespace ResNetSharp.Cli;

/// <summary>Shows how far a training or an evaluation is.</summary>
abstract class ProgressDisplay : IProgress<TrainingProgress>, IDisposable
{
    /// <summary>The display that suits the session; null where it is to be quiet.</summary>
    public static ProgressDisplay? Create(Session session) =>
        session.IsQuiet ? null : session.IsTerminal ? new ProgressBar(session.Output) : new ProgressLines(session);

    /// <inheritdoc/>
    public abstract void Report(TrainingProgress value);

    /// <summary>Takes the display off the screen; it comes back with the next report.</summary>
    public abstract void Dispose();

    /// <summary>How far a prediction is, which has neither epochs nor a loss.</summary>
    public static TrainingProgress Counting(int done, int all, TimeSpan elapsed)
    {
        var speed = done / Math.Max(elapsed.TotalSeconds, 1e-3);
        return new TrainingProgress(0, 0, done, all, double.NaN, double.NaN, null, speed, TimeSpan.FromSeconds((all - done) / speed), Validating: true);
    }

    /// <summary>Loss, accuracy, speed and time left.</summary>
    protected static string Describe(TrainingProgress value)
    {
        var accuracy = double.IsNaN(value.Metric) ? "" : $"  accuracy {value.Metric:F4}";
        var left = value.Remaining.TotalHours >= 1 ? $"{value.Remaining:h\\:mm\\:ss}" : $"{value.Remaining:m\\:ss}";
        var loss = double.IsNaN(value.Loss) ? "" : $"loss {value.Loss:F4}{accuracy}  ";
        return $"{loss}{value.ImagesPerSecond:N0} images/s  {left} left";
    }

    /// <summary>Which epoch it is.</summary>
    protected static string Title(TrainingProgress value) =>
        value.Epochs == 0 ? "predicting" : value.Validating ? "evaluating" : $"epoch {value.Epoch}/{value.Epochs}";
}
