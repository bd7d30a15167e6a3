namespace ResNetSharp.Graph.Operations;

/// <summary>What a loss compares, and in which form.</summary>
internal enum LossFunction
{
    /// <summary>Cross-entropy of softmax(logits) against a class index.</summary>
    SoftmaxCrossEntropy,

    /// <summary>Cross-entropy of given probabilities against a class index.</summary>
    ProbabilityCrossEntropy,
}

/// <summary>
/// A loss over rows, averaged over the batch. Inputs: predictions (batch, classes), labels (batch) of whole numbers.
/// Output: a scalar.
/// </summary>
/// <param name="function">Which.</param>
/// <param name="labelSmoothing">The part of the target that is spread over all classes, from 0 to 1.</param>
internal sealed class ClassificationLoss(LossFunction function, float labelSmoothing) : Operation
{
    public override string Name => Function.ToString();

    public LossFunction Function { get; } = function;

    public float LabelSmoothing { get; } = labelSmoothing;

    public override Shape[] InferShapes(ReadOnlySpan<Shape> inputs)
    {
        if (inputs[0].Rank != 2 || inputs[1].Rank != 1 || inputs[0][0] != inputs[1][0])
            throw new ShapeException($"a classification loss needs predictions (batch, classes) and labels (batch), but got {inputs[0]} and {inputs[1]}");
        return [new Shape()];
    }

    public override Tensor?[] Gradients(Node node, Tensor?[] outputs, bool[] wanted) =>
        [outputs[0] is { } gradient && wanted[0] ? new ClassificationLossGradient(this).Apply(node.Inputs[0], node.Inputs[1], gradient) : null, null];
}

/// <summary>The gradient of <see cref="ClassificationLoss"/> with respect to the predictions. Inputs: predictions, labels, gradient of the loss.</summary>
internal sealed class ClassificationLossGradient(ClassificationLoss forward) : Operation
{
    public override string Name => $"{Forward.Name}Gradient";

    public ClassificationLoss Forward { get; } = forward;

    public override Shape[] InferShapes(ReadOnlySpan<Shape> inputs) => [inputs[0]];
}
