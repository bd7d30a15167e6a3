namespace ResNetSharp.Training;

/// <summary>Writes how far a training is to the console: a line that changes on a terminal, one line an epoch in a pipe or a file.</summary>
public sealed class ConsoleProgress : IProgress<TrainingProgress>
{
    /// <summary>How often the line on a terminal changes.</summary>
    static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    long lastWrite;

    /// <inheritdoc/>
    public void Report(TrainingProgress value)
    {
        var last = value.Batch == value.Batches;
        if (!last && (Console.IsOutputRedirected || Environment.TickCount64 - lastWrite < Interval.TotalMilliseconds)) return;
        lastWrite = Environment.TickCount64;
        var line = $"epoch {value.Epoch}/{value.Epochs}  {value.Batch}/{value.Batches}  loss {value.Loss:F4}"
            + (value.MetricName is null ? "" : $"  {value.MetricName} {value.Metric:F4}")
            + $"  {value.ImagesPerSecond:F0} images/s  {value.Remaining:hh\\:mm\\:ss} left";
        if (Console.IsOutputRedirected) Console.WriteLine(line);
        else Console.Write($"\r{line}\u001b[K{(last ? "\n" : "")}");
    }
}
