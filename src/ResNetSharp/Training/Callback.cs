using ResNetSharp.Layers;

namespace ResNetSharp.Training;

/// <summary>Something that is told about a training while it runs, and may end it.</summary>
public abstract class Callback
{
    /// <summary>Called once before the first epoch.</summary>
    /// <param name="model">The model in training.</param>
    public virtual void OnTrainBegin(Model model)
    {
    }

    /// <summary>Called after each epoch and its validation.</summary>
    /// <param name="model">The model in training.</param>
    /// <param name="result">What the epoch gave.</param>
    /// <returns>Whether training goes on.</returns>
    public virtual bool OnEpochEnd(Model model, EpochResult result) => true;

    /// <summary>Called when training has ended, however it ended.</summary>
    /// <param name="model">The model.</param>
    public virtual void OnTrainEnd(Model model)
    {
    }
}

/// <summary>Ends a training when a figure has not become better for some epochs.</summary>
/// <param name="monitor">Which figure; those with <c>loss</c> in their name should fall, others rise.</param>
/// <param name="patience">The number of such epochs, in a row, after which it ends, as in Keras; 0 ends it at the first, as 1 does.</param>
/// <param name="minDelta">By how much a figure has to be better to count.</param>
/// <param name="restoreBestWeights">Whether the weights of the best epoch are put back at the end.</param>
public sealed class EarlyStopping(string monitor = "val_loss", int patience = 0, double minDelta = 0, bool restoreBestWeights = false) : Callback
{
    readonly Dictionary<string, float[]> bestWeights = [];
    double best = double.NaN;
    int waited;

    /// <inheritdoc/>
    public override void OnTrainBegin(Model model)
    {
        best = double.NaN;
        waited = 0;
        bestWeights.Clear();
    }

    /// <inheritdoc/>
    public override bool OnEpochEnd(Model model, EpochResult result)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(result);
        if (!result.Values.TryGetValue(monitor, out var value))
            throw new ArgumentException($"early stopping watches '{monitor}', but an epoch gives {string.Join(", ", result.Values.Keys)}");
        var sign = monitor.Contains("loss", StringComparison.Ordinal) ? -1 : 1;
        if (double.IsNaN(best) || sign * (value - best) > minDelta)
        {
            best = value;
            waited = 0;
            if (restoreBestWeights)
                foreach (var parameter in model.Parameters) bestWeights[parameter.Name] = parameter.Values.ToArray();
            return true;
        }
        return ++waited < patience;
    }

    /// <inheritdoc/>
    public override void OnTrainEnd(Model model)
    {
        ArgumentNullException.ThrowIfNull(model);
        foreach (var parameter in model.Parameters)
            if (bestWeights.TryGetValue(parameter.Name, out var values)) parameter.SetValues(values);
    }
}
