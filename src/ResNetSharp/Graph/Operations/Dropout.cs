namespace ResNetSharp.Graph.Operations;

/// <summary>
/// While training, sets a random part of the elements to zero and scales the others by 1 / (1 - rate); otherwise does nothing.
/// </summary>
/// <param name="rate">The part that is dropped, from 0 up to but not including 1.</param>
/// <param name="name">Tells one dropout of a network from another, so that each draws its own numbers.</param>
internal sealed class Dropout(float rate, Func<string> name) : Operation
{
    public override string Name => "Dropout";

    public float Rate { get; } = rate;

    public string Stream => name();

    public override Shape[] InferShapes(ReadOnlySpan<Shape> inputs) => [inputs[0]];

    public override ElementType TypeOf(int output, ReadOnlySpan<ElementType> inputs) => inputs[0];

    public override Tensor?[] Gradients(Node node, Tensor?[] outputs, bool[] wanted) =>
        // The mask is drawn again from the same stream rather than kept.
        [outputs[0] is { } gradient && wanted[0] ? Apply(gradient) : null];
}
