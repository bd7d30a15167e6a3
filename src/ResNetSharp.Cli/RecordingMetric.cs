using System.Numerics.Tensors;
using ResNetSharp.Reports;
using ResNetSharp.Training;

namespace ResNetSharp.Cli;

/// <summary>The accuracy, which on the way keeps each picture's prediction and counts confusions.</summary>
/// <param name="classNames">The names of the model's classes.</param>
sealed class RecordingMetric(IReadOnlyList<string> classNames) : Metric
{
    /// <inheritdoc/>
    public override string Name => "accuracy";

    /// <summary>The class of the highest output for each picture, in the order of the data set.</summary>
    public List<int> Predictions { get; } = [];

    /// <summary>What was taken for what.</summary>
    public ConfusionMatrix Confusion { get; } = new(classNames);

    /// <inheritdoc/>
    public override double Sum(ReadOnlySpan<float> predictions, int classes, ReadOnlySpan<int> labels)
    {
        var right = 0;
        for (var i = 0; i < labels.Length; i++)
        {
            var predicted = TensorPrimitives.IndexOfMax(predictions.Slice(i * classes, classes));
            Predictions.Add(predicted);
            Confusion.Add(labels[i], predicted);
            if (predicted == labels[i]) right++;
        }
        return right;
    }
}
