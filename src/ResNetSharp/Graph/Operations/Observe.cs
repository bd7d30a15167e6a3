using ResNetSharp.Quantization;

namespace ResNetSharp.Graph.Operations;

/// <summary>Passes a tensor on, and lets an observer look at its numbers.</summary>
internal sealed class Observe(RangeObserver observer) : Operation
{
    public override string Name => "Observe";

    public RangeObserver Observer { get; } = observer;

    public override int ViewOf => 0;

    public override Shape[] InferShapes(ReadOnlySpan<Shape> inputs) => [inputs[0]];
}
