using ResNetSharp.Layers;

namespace ResNetSharp.Training;

/// <summary>Saves the model after each epoch, or only after those that were better than all before.</summary>
/// <param name="path">The safetensors file.</param>
/// <param name="monitor">Which figure decides what is better; those with <c>loss</c> in their name should fall, others rise.</param>
/// <param name="saveBestOnly">Whether epochs that were not better are left out.</param>
/// <param name="withTraining">Whether the state of the training goes in, so that it can be resumed.</param>
public sealed class ModelCheckpoint(string path, string monitor = "val_loss", bool saveBestOnly = false, bool withTraining = false) : Callback
{
    /// <summary>The best figure so far; NaN before the first epoch.</summary>
    public double Best { get; private set; } = double.NaN;

    /// <inheritdoc/>
    public override bool OnEpochEnd(Model model, EpochResult result)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(result);
        if (saveBestOnly)
        {
            if (!result.Values.TryGetValue(monitor, out var value))
                throw new ArgumentException($"the checkpoint watches '{monitor}', but an epoch gives {string.Join(", ", result.Values.Keys)}");
            var sign = monitor.Contains("loss", StringComparison.Ordinal) ? -1 : 1;
            if (!double.IsNaN(Best) && sign * (value - Best) <= 0) return true;
            Best = value;
        }
        if (withTraining) model.SaveCheckpoint(path);
        else model.Save(path);
        return true;
    }
}
