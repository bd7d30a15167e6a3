namespace ResNetSharp.Graph.Operations;

/// <summary>
/// A 1x1 convolution that normalizes what it reads by stored statistics, with a ReLU where there is one, so that the normalized images never
/// pass through memory. Inputs: those of the <see cref="FoldedConvolution"/>, then gamma, beta, mean and variance of the normalization
/// before it. Only for plans in which none of the parameters changes.
/// </summary>
/// <param name="convolution">The convolution, with all that follows it.</param>
/// <param name="normalization">What comes before it; has no residual.</param>
internal sealed class NormalizedConvolution(FoldedConvolution convolution, BatchNormInference normalization) : Operation
{
    public override string Name => "NormalizedConv2D";

    public FoldedConvolution Convolution { get; } = convolution;

    public BatchNormInference Normalization { get; } = normalization;

    public override Shape[] InferShapes(ReadOnlySpan<Shape> inputs) => Convolution.InferShapes(inputs);

    public override ElementType TypeOf(int output, ReadOnlySpan<ElementType> inputs) => inputs[0];

    public override long MultiplyAdds(Node node) => Convolution.MultiplyAdds(node);
}
