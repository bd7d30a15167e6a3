using ResNetSharp.Layers;
using ResNetSharp.Training;

namespace ResNetSharp.Cli.Train;

/// <summary>Prints a line after each epoch.</summary>
sealed class EpochLines(Session session, int epochs, ProgressDisplay? progress) : Callback
{
    /// <inheritdoc/>
    public override bool OnEpochEnd(Model model, EpochResult result)
    {
        progress?.Dispose();
        session.Say($"epoch {result.Epoch}/{epochs}  loss {result.Values["loss"]:F4}  accuracy {result.Values["accuracy"]:F4}  "
            + $"validation loss {result.Values["val_loss"]:F4}  validation accuracy {result.Values["val_accuracy"]:F4}  "
            + $"{result.ImagesPerSecond:N0} images/s  {result.Seconds:F1} s");
        return true;
    }
}
