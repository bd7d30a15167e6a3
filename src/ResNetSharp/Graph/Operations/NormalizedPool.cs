namespace ResNetSharp.Graph.Operations;

/// <summary>
/// An average pooling that normalizes what it reads by stored statistics, with a ReLU where there is one, so that the normalized images never
/// pass through memory. Inputs: images, then gamma, beta, mean and variance. Only for plans in which none of the parameters changes.
/// </summary>
/// <param name="pool">The pooling.</param>
/// <param name="normalization">What comes before it; has no residual.</param>
internal sealed class NormalizedPool(AveragePool pool, BatchNormInference normalization) : Operation
{
    public override string Name => "NormalizedAveragePooling2D";

    public AveragePool Pool { get; } = pool;

    public BatchNormInference Normalization { get; } = normalization;

    public override Shape[] InferShapes(ReadOnlySpan<Shape> inputs) => Pool.InferShapes(inputs);

    public override ElementType TypeOf(int output, ReadOnlySpan<ElementType> inputs) => inputs[0];
}
