using System.Diagnostics;
using ResNetSharp.Data;
using ResNetSharp.Layers;

namespace ResNetSharp.Training;

/// <summary>What a call of Fit asks for.</summary>
internal sealed record FitOptions(
    Dataset Train, Dataset? Validation, int Epochs, int BatchSize, IReadOnlyList<Callback> Callbacks, IProgress<TrainingProgress>? Progress);

/// <summary>Epochs of training steps, each epoch followed by its validation.</summary>
internal sealed class TrainingLoop(Model model, CompiledModel compiled, IReadOnlyList<Metric> metrics, TrainingState state, FitOptions options)
{
    readonly RunningFigures figures = new(metrics);

    /// <summary>Trains until the epochs are done, a callback ends it, or it is cancelled: then the state tells where to go on.</summary>
    /// <exception cref="TrainingDivergedException">The loss is no number any more.</exception>
    public History Run(CancellationToken cancellation)
    {
        foreach (var callback in options.Callbacks) callback.OnTrainBegin(model);
        try
        {
            using var loader = new Loader(options.Train, options.BatchSize, shuffle: true, state.Seed);
            var goOn = true;
            while (goOn && state.Epoch < options.Epochs && !cancellation.IsCancellationRequested)
            {
                var watch = Stopwatch.StartNew();
                if (!TrainEpoch(loader, watch, cancellation)) break;
                goOn = FinishEpoch(watch);
            }
        }
        finally
        {
            foreach (var callback in options.Callbacks) callback.OnTrainEnd(model);
        }
        return state.History;
    }

    /// <summary>Trains on the batches of an epoch that are left; false if it was cancelled in between.</summary>
    bool TrainEpoch(Loader loader, Stopwatch watch, CancellationToken cancellation)
    {
        state.Sums.CopyTo(figures.Sums.AsSpan());
        figures.Images = state.Images;
        var before = state.Images;
        foreach (var batch in loader.Epoch(state.Epoch, state.Batch, CancellationToken.None))
        {
            Step(batch);
            state.Batch++;
            figures.Sums.CopyTo(state.Sums.AsSpan());
            state.Images = figures.Images;
            Report(loader.BatchCount, (figures.Images - before) / watch.Elapsed.TotalSeconds);
            // Whoever cancels gets a state between two steps, from which training goes on as if nothing had happened.
            if (cancellation.IsCancellationRequested && state.Batch < loader.BatchCount) return false;
        }
        return true;
    }

    void Step(Batch batch)
    {
        var plan = compiled.Training(new Shape([batch.Count, .. batch.ElementShape]));
        plan.Fill(batch.Images, batch.Labels);
        var step = compiled.OptimizerState.Advance();
        plan.Plan.Run(RandomSource.For(state.Seed, (ulong)step).NextUInt64());
        foreach (var parameter in compiled.ChangedByTraining) parameter.MarkChanged();
        if (!float.IsFinite(plan.Loss))
            throw new TrainingDivergedException(
                $"the loss became {plan.Loss} at step {step} (epoch {state.Epoch + 1}, batch {state.Batch + 1}, learning rate {compiled.OptimizerState.LearningRate}); try a lower learning rate, and go on from the last checkpoint");
        figures.Add(plan.Loss, plan.Predictions, batch.Labels);
    }

    /// <summary>Validates, writes the history and asks the callbacks whether to go on.</summary>
    bool FinishEpoch(Stopwatch watch)
    {
        var trained = watch.Elapsed.TotalSeconds;
        var values = new Dictionary<string, double> { ["loss"] = figures.Loss };
        foreach (var (name, value) in figures.MetricValues()) values[name] = value;
        var images = figures.Images;
        if (options.Validation is not null)
        {
            var validation = new EvaluationLoop(compiled, metrics).Run(options.Validation, options.BatchSize, null, CancellationToken.None);
            values["val_loss"] = validation.Loss;
            foreach (var (name, value) in validation.Metrics) values[$"val_{name}"] = value;
        }
        state.Epoch++;
        state.Batch = 0;
        state.Images = 0;
        Array.Clear(state.Sums);
        var result = new EpochResult(state.Epoch, values, compiled.OptimizerState.LearningRate, watch.Elapsed.TotalSeconds, images / trained);
        state.History.Add(result);
        var goOn = true;
        foreach (var callback in options.Callbacks) goOn &= callback.OnEpochEnd(model, result);
        return goOn;
    }

    void Report(int batches, double imagesPerSecond)
    {
        if (options.Progress is null) return;
        var left = (double)(options.Epochs - state.Epoch - 1) * options.Train.Count + (double)(batches - state.Batch) * options.BatchSize;
        options.Progress.Report(new TrainingProgress(state.Epoch + 1, options.Epochs, state.Batch, batches, figures.Loss, figures.FirstMetric, figures.FirstMetricName,
            imagesPerSecond, TimeSpan.FromSeconds(Math.Max(0, left) / imagesPerSecond), Validating: false));
    }
}
