using ResNetSharp.Graph.Operations;

namespace ResNetSharp.Training;

/// <summary>What training makes small: a scalar from predictions (batch, classes) and labels (batch), averaged over the batch.</summary>
public abstract class Loss
{
    /// <summary>The name in logs.</summary>
    public abstract string Name { get; }

    /// <summary>Describes the loss.</summary>
    internal abstract Tensor Apply(Tensor predictions, Tensor labels);

    /// <summary>Cross-entropy of predictions that are logits or probabilities.</summary>
    private protected static Tensor CrossEntropy(Tensor predictions, Tensor labels, bool fromLogits, float labelSmoothing)
    {
        // A softmax and the logarithm after it cancel: the logits give the same loss with less rounding.
        if (!fromLogits && predictions.Producer.Operation is Softmax { Logarithm: false })
            return new ClassificationLoss(LossFunction.SoftmaxCrossEntropy, labelSmoothing).Apply(predictions.Producer.Inputs[0], labels);
        var function = fromLogits ? LossFunction.SoftmaxCrossEntropy : LossFunction.ProbabilityCrossEntropy;
        return new ClassificationLoss(function, labelSmoothing).Apply(predictions, labels);
    }
}

/// <summary>Cross-entropy against class indices: -log p[label].</summary>
/// <param name="fromLogits">Whether the predictions are logits, to which a softmax is applied first, or probabilities.</param>
public sealed class SparseCategoricalCrossentropy(bool fromLogits = false) : Loss
{
    /// <inheritdoc/>
    public override string Name => "sparse_categorical_crossentropy";

    internal override Tensor Apply(Tensor predictions, Tensor labels) => CrossEntropy(predictions, labels, fromLogits, 0);
}

/// <summary>
/// Cross-entropy against one-hot targets: -sum over classes of target * log p. The one-hot targets are made from the data's class indices.
/// </summary>
/// <param name="fromLogits">Whether the predictions are logits, to which a softmax is applied first, or probabilities.</param>
/// <param name="labelSmoothing">The part of the target that is spread over all classes, from 0 to 1.</param>
public sealed class CategoricalCrossentropy(bool fromLogits = false, float labelSmoothing = 0) : Loss
{
    /// <inheritdoc/>
    public override string Name => "categorical_crossentropy";

    internal override Tensor Apply(Tensor predictions, Tensor labels) => CrossEntropy(predictions, labels, fromLogits, labelSmoothing);
}
