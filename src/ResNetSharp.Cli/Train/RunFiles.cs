using System.Text;
using ResNetSharp.Formats;
using ResNetSharp.Layers;
using ResNetSharp.Reports;
using ResNetSharp.Training;

namespace ResNetSharp.Cli.Train;

/// <summary>The files of a training, written after each epoch. Each is complete or as it was.</summary>
/// <param name="folder">The folder.</param>
sealed class RunFiles(string folder) : Callback
{
    public string Folder => folder;

    /// <summary>The settings.</summary>
    public string Settings => Path.Combine(folder, "train.json");

    /// <summary>The model after the last epoch with the state of the training.</summary>
    public string Last => Path.Combine(folder, "last.safetensors");

    /// <summary>The model after the best epoch.</summary>
    public string Best => Path.Combine(folder, "best.safetensors");

    /// <summary>A picture to try the model on.</summary>
    public string Sample => Path.Combine(folder, "sample.png");

    string History => Path.Combine(folder, "history.json");

    string Curves => Path.Combine(folder, "curves.svg");

    /// <inheritdoc/>
    public override bool OnEpochEnd(Model model, EpochResult result)
    {
        var history = model.TrainingState!.History;
        Save(model, history);
        if (ReferenceEquals(BestOf(history), result)) model.Save(Best);
        return true;
    }

    /// <summary>Writes the checkpoint, the history and the curves.</summary>
    public void Save(Model model, History history)
    {
        model.SaveCheckpoint(Last);
        history.Save(History);
        if (history.Epochs.Count > 0) AtomicFile.Write(Curves, 0, stream => stream.Write(Encoding.UTF8.GetBytes(DrawCurves(history))));
    }

    /// <summary>The epoch with the highest validation accuracy; of several the one with the lowest loss.</summary>
    public static EpochResult BestOf(History history) =>
        history.Epochs.OrderByDescending(epoch => epoch.Values["val_accuracy"]).ThenBy(epoch => epoch.Values["val_loss"]).First();

    static string DrawCurves(History history) => SvgLineChart.Draw("epoch",
        ("loss", [new LineSeries("training", history["loss"]), new LineSeries("validation", history["val_loss"])]),
        ("accuracy", [new LineSeries("training", history["accuracy"]), new LineSeries("validation", history["val_accuracy"])]));
}
