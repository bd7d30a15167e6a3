using ResNetSharp.Data;
using ResNetSharp.Layers;
using ResNetSharp.Models;
using ResNetSharp.Reports;
using ResNetSharp.Training;

namespace ResNetSharp.Cli;

/// <summary>How well a model does on a data set.</summary>
/// <param name="Top1">The part whose class was named first.</param>
/// <param name="Top5">The part whose class was among the first five.</param>
/// <param name="Loss">The mean cross-entropy.</param>
/// <param name="Images">Pictures seen.</param>
/// <param name="Seconds">Duration.</param>
/// <param name="Predictions">The class named first for each picture, in the data set's order.</param>
/// <param name="Confusion">What was taken for what.</param>
sealed record Evaluation(
    double Top1, double Top5, double Loss, int Images, double Seconds, IReadOnlyList<int> Predictions, ConfusionMatrix Confusion)
{
    public double ImagesPerSecond => Images / Seconds;

    /// <summary>Evaluates; the model is compiled anew.</summary>
    /// <param name="model">The model.</param>
    /// <param name="data">Pictures as the model takes them.</param>
    /// <param name="batchSize">Pictures computed at once.</param>
    /// <param name="progress">Told after each batch.</param>
    /// <param name="cancellation">Ends it.</param>
    public static Evaluation Run(Model model, Dataset data, int batchSize, IProgress<TrainingProgress>? progress, CancellationToken cancellation)
    {
        var outputs = model.BuildFor(new Shape([Shape.Unknown, .. data.ElementShape])).Shape[-1];
        var names = Enumerable.Range(0, outputs).Select(i => i < model.ClassNames.Count ? model.ClassNames[i] : $"{i}").ToList();
        var recorder = new RecordingMetric(names);
        model.Compile(new Sgd(), new SparseCategoricalCrossentropy(fromLogits: !model.EndsInSoftmax()), recorder, new TopKAccuracy(5));
        var result = model.Evaluate(data, batchSize, progress, cancellation);
        return new Evaluation(result.Metrics["accuracy"], result.Metrics["top5"], result.Loss, result.Images, result.Seconds, recorder.Predictions, recorder.Confusion);
    }

    /// <summary>The data set with the model's numbers for its classes, where all its classes are known to the model by name.</summary>
    public static Dataset Match(Dataset data, Model model)
    {
        if (data.ClassNames.SequenceEqual(model.ClassNames)) return data;
        // Folders of ImageNet are called by WordNet's numbers.
        var names = ImageNet.AreClassNames(model.ClassNames) && data.ClassNames.All(ImageNet.WordNetIds.Contains) ? ImageNet.WordNetIds : model.ClassNames;
        return data.ClassNames.All(names.Contains) ? data.Relabel(names) : data;
    }
}
