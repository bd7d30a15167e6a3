using System.Diagnostics;
using ResNetSharp.Data;

namespace ResNetSharp.Training;

/// <summary>Measures loss and metrics over a data set.</summary>
internal sealed class EvaluationLoop(CompiledModel compiled, IReadOnlyList<Metric> metrics)
{
    /// <summary>Evaluates.</summary>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public EvaluationResult Run(Dataset data, int batchSize, IProgress<TrainingProgress>? progress, CancellationToken cancellation)
    {
        var watch = Stopwatch.StartNew();
        var figures = new RunningFigures(metrics);
        using var loader = new Loader(data, batchSize, shuffle: false);
        var done = 0;
        foreach (var batch in loader.Epoch(0, 0, cancellation))
        {
            var plan = compiled.Evaluation(new Shape([batch.Count, .. batch.ElementShape]));
            plan.Fill(batch.Images, batch.Labels);
            plan.Plan.Run();
            figures.Add(plan.Loss, plan.Predictions, batch.Labels);
            var speed = figures.Images / watch.Elapsed.TotalSeconds;
            progress?.Report(new TrainingProgress(1, 1, ++done, loader.BatchCount, figures.Loss, figures.FirstMetric, figures.FirstMetricName, speed,
                TimeSpan.FromSeconds((data.Count - figures.Images) / speed), Validating: true));
        }
        return new EvaluationResult(figures.Loss, figures.MetricValues(), data.Count, watch.Elapsed.TotalSeconds);
    }
}
