namespace ResNetSharp.Training;

/// <summary>A figure averaged over the pictures of an epoch.</summary>
public abstract class Metric
{
    /// <summary>The name in logs and histories, such as <c>accuracy</c>.</summary>
    public abstract string Name { get; }

    /// <summary>The sum of the figure over a batch.</summary>
    /// <param name="predictions">Logits or probabilities, row after row.</param>
    /// <param name="classes">Numbers in a row.</param>
    /// <param name="labels">One class index a row.</param>
    public abstract double Sum(ReadOnlySpan<float> predictions, int classes, ReadOnlySpan<int> labels);
}

/// <summary>The part of pictures whose highest prediction is the right class.</summary>
public sealed class Accuracy : Metric
{
    /// <inheritdoc/>
    public override string Name => "accuracy";

    /// <inheritdoc/>
    public override double Sum(ReadOnlySpan<float> predictions, int classes, ReadOnlySpan<int> labels) =>
        TopKAccuracy.Count(predictions, classes, labels, 1);
}

/// <summary>The part of pictures whose right class is among the k highest predictions.</summary>
/// <param name="k">How many predictions count.</param>
public sealed class TopKAccuracy(int k = 5) : Metric
{
    /// <inheritdoc/>
    public override string Name => $"top{k}";

    /// <inheritdoc/>
    public override double Sum(ReadOnlySpan<float> predictions, int classes, ReadOnlySpan<int> labels) => Count(predictions, classes, labels, k);

    /// <summary>Of equal predictions the lower class index counts as higher; predictions that are not numbers never count.</summary>
    internal static double Count(ReadOnlySpan<float> predictions, int classes, ReadOnlySpan<int> labels, int k)
    {
        var right = 0;
        for (var row = 0; row < labels.Length; row++)
        {
            var scores = predictions.Slice(row * classes, classes);
            var label = labels[row];
            var own = scores[label];
            var higher = 0;
            for (var c = 0; c < classes; c++)
                if (scores[c] > own || (scores[c] == own && c < label)) higher++;
            if (higher < k && !float.IsNaN(own)) right++;
        }
        return right;
    }
}
