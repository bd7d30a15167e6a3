using ResNetSharp.Training;

namespace ResNetSharp.Graph.Operations;

/// <summary>An optimizer's step for one parameter. Input: its gradient. The output is empty; the parameter changes in place.</summary>
internal sealed class ParameterUpdate(Parameter parameter, OptimizerState state) : Operation
{
    public override string Name => "ParameterUpdate";

    public Parameter Parameter { get; } = parameter;

    public OptimizerState State { get; } = state;

    public override Shape[] InferShapes(ReadOnlySpan<Shape> inputs) => inputs[0] == Parameter.Shape
        ? [new Shape(0)]
        : throw new ShapeException($"a gradient of shape {inputs[0]} does not fit parameter '{Parameter.Name}' of shape {Parameter.Shape}");
}
