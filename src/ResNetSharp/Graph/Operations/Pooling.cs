namespace ResNetSharp.Graph.Operations;

/// <summary>The largest element of each window; padding never wins. Input: (batch, height, width, channels).</summary>
internal sealed class MaxPool(Window window) : Operation
{
    public override string Name => "MaxPooling2D";

    public Window Window { get; } = window;

    public override Shape[] InferShapes(ReadOnlySpan<Shape> inputs) => [Pooled(Name, Window, inputs[0])];

    public override ElementType TypeOf(int output, ReadOnlySpan<ElementType> inputs) => inputs[0];

    public override Tensor?[] Gradients(Node node, Tensor?[] outputs, bool[] wanted) =>
        [outputs[0] is { } gradient && wanted[0] ? new MaxPoolGradient(Window).Apply(node.Inputs[0], node.Outputs[0], gradient) : null];

    public static Shape Pooled(string name, Window window, Shape images) => images.Rank == 4
        ? window.OutputShape(name, images, images[3])
        : throw new ShapeException($"{name} needs images of shape (batch, height, width, channels), but got {images}");
}

/// <summary>The gradient of <see cref="MaxPool"/>: the first maximum of a window gets it. Inputs: x, y, gradient of y.</summary>
internal sealed class MaxPoolGradient(Window window) : Operation
{
    public override string Name => "MaxPoolGradient";

    public Window Window { get; } = window;

    public override Shape[] InferShapes(ReadOnlySpan<Shape> inputs) => [inputs[0]];

    public override ElementType TypeOf(int output, ReadOnlySpan<ElementType> inputs) => inputs[0];
}

/// <summary>The mean of each window. Input: (batch, height, width, channels).</summary>
internal sealed class AveragePool(Window window, bool countPadding) : Operation
{
    public override string Name => "AveragePooling2D";

    public Window Window { get; } = window;

    /// <summary>Whether padding counts as zeros in the mean, as in PyTorch; in Keras it does not count at all.</summary>
    public bool CountPadding { get; } = countPadding;

    public override Shape[] InferShapes(ReadOnlySpan<Shape> inputs) => [MaxPool.Pooled(Name, Window, inputs[0])];

    public override ElementType TypeOf(int output, ReadOnlySpan<ElementType> inputs) => inputs[0];

    public override Tensor?[] Gradients(Node node, Tensor?[] outputs, bool[] wanted) =>
        [outputs[0] is { } gradient && wanted[0] ? new AveragePoolGradient(this, node.Inputs[0].Shape).Apply(gradient) : null];
}

/// <summary>The gradient of <see cref="AveragePool"/>. Input: gradient of y.</summary>
internal sealed class AveragePoolGradient(AveragePool forward, Shape images) : Operation
{
    public override string Name => "AveragePoolGradient";

    public AveragePool Forward { get; } = forward;

    public override Shape[] InferShapes(ReadOnlySpan<Shape> inputs) => [images];

    public override ElementType TypeOf(int output, ReadOnlySpan<ElementType> inputs) => inputs[0];
}

/// <summary>The mean over height and width: (batch, height, width, channels) to (batch, channels), 32-bit always.</summary>
internal sealed class GlobalAveragePool : Operation
{
    public override string Name => "GlobalAveragePooling2D";

    public override Shape[] InferShapes(ReadOnlySpan<Shape> inputs) => inputs[0].Rank == 4
        ? [new Shape(inputs[0][0], inputs[0][3])]
        : throw new ShapeException($"{Name} needs images of shape (batch, height, width, channels), but got {inputs[0]}");

    public override Tensor?[] Gradients(Node node, Tensor?[] outputs, bool[] wanted) =>
        [outputs[0] is { } gradient && wanted[0] ? new GlobalAveragePoolGradient(node.Inputs[0].Shape).Apply(gradient) : null];
}

/// <summary>The gradient of <see cref="GlobalAveragePool"/>. Input: gradient of y, 32-bit as y is.</summary>
internal sealed class GlobalAveragePoolGradient(Shape images, ElementType type = ElementType.Float32) : Operation
{
    public override string Name => "GlobalAveragePoolGradient";

    public Shape Images { get; } = images;

    public override Shape[] InferShapes(ReadOnlySpan<Shape> inputs) => [Images];

    public override ElementType TypeOf(int output, ReadOnlySpan<ElementType> inputs) => type;
}
