using ResNetSharp.Training;
using Spectre.Console;

namespace ResNetSharp.Cli;

/// <summary>A bar that changes in its place, on a terminal.</summary>
sealed class ProgressBar : ProgressDisplay
{
    readonly Lock change = new();
    ManualResetEventSlim? ended;
    Task? drawing;
    ProgressTask? bar;

    /// <inheritdoc/>
    public override void Report(TrainingProgress value)
    {
        lock (change)
        {
            bar ??= Start();
            bar.MaxValue = value.Batches;
            bar.Value = value.Batch;
            bar.Description = Markup.Escape($"{Title(value)}  {Describe(value)}");
        }
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        lock (change)
        {
            if (bar is null) return;
            ended!.Set();
            drawing!.GetAwaiter().GetResult();
            ended.Dispose();
            bar = null;
        }
    }

    // Spectre draws for as long as a method runs; it runs beside the work and waits for its end.
    ProgressTask Start()
    {
        var made = new TaskCompletionSource<ProgressTask>();
        ended = new ManualResetEventSlim();
        drawing = Task.Run(() => AnsiConsole.Progress().AutoClear(true).AutoRefresh(true).HideCompleted(false)
            .Columns(new ProgressBarColumn { Width = 24 }, new PercentageColumn(), new TaskDescriptionColumn { Alignment = Justify.Left })
            .Start(context =>
            {
                made.SetResult(context.AddTask("", maxValue: 1));
                ended.Wait();
            }));
        return made.Task.GetAwaiter().GetResult();
    }
}
