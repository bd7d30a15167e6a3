namespace ResNetSharp.Graph.Operations;

/// <summary>
/// A two-dimensional convolution (cross-correlation) over channels-last images. Inputs: images (batch, height, width, channels), weights
/// (height, width, channels / groups, filters) and, if there is one, a bias (filters).
/// </summary>
internal sealed class Convolution(Window window, int groups) : Operation
{
    public override string Name => "Conv2D";

    public Window Window { get; } = window;

    public int Groups { get; } = groups;

    /// <summary>Whether each pixel of the result is computed from the same pixel of the images alone.</summary>
    public bool IsPixelwise => Window is { Height: 1, Width: 1, StrideHeight: 1, StrideWidth: 1, Padding: { IsSame: true } or { Top: 0, Bottom: 0, Left: 0, Right: 0 } };

    public override Shape[] InferShapes(ReadOnlySpan<Shape> inputs)
    {
        var (images, weights) = (inputs[0], inputs[1]);
        if (images.Rank != 4)
            throw new ShapeException($"Conv2D needs images of shape (batch, height, width, channels), but got {images}");
        if (images[3] != weights[2] * Groups)
            throw new ShapeException(
                $"Conv2D with weights {weights} and {Groups} group(s) needs {weights[2] * Groups} input channels, but the images have shape {images}");
        return [Window.OutputShape(Name, images, weights[3])];
    }

    public override ElementType TypeOf(int output, ReadOnlySpan<ElementType> inputs) => inputs[0];

    public override Tensor?[] Gradients(Node node, Tensor?[] outputs, bool[] wanted)
    {
        if (outputs[0] is not { } gradient) return new Tensor?[node.Inputs.Length];
        var (images, weights) = (node.Inputs[0], node.Inputs[1]);
        var result = new Tensor?[node.Inputs.Length];
        var wantsBias = result.Length > 2 && wanted[2];
        if (wanted[1] || wantsBias)
        {
            var made = new ConvolutionWeightGradient(this, weights.Shape, wantsBias).ApplyAll(images, gradient);
            result[1] = wanted[1] ? made[0] : null;
            if (wantsBias) result[2] = made[1];
        }
        if (wanted[0]) result[0] = new ConvolutionInputGradient(this, images.Shape).Apply(gradient, weights);
        return result;
    }

    public override long MultiplyAdds(Node node)
    {
        var weights = node.Inputs[1].Shape;
        return node.Outputs[0].Shape.Size * weights[0] * weights[1] * weights[2];
    }
}

/// <summary>
/// The gradient of a convolution with respect to its images. Inputs: gradient of the output, weights and, if there is one, a tensor that
/// the gradient is added to.
/// </summary>
internal sealed class ConvolutionInputGradient(Convolution forward, Shape images) : Operation
{
    public override string Name => "Conv2DInputGradient";

    public Convolution Forward { get; } = forward;

    public override Shape[] InferShapes(ReadOnlySpan<Shape> inputs) => [images];

    public override ElementType TypeOf(int output, ReadOnlySpan<ElementType> inputs) => inputs[0];

    public override long MultiplyAdds(Node node)
    {
        var weights = node.Inputs[1].Shape;
        return node.Inputs[0].Shape.Size * weights[0] * weights[1] * weights[2];
    }
}

/// <summary>
/// The gradients of a convolution with respect to its weights and, where wanted, its bias. Inputs: images, gradient of the output.
/// </summary>
internal sealed class ConvolutionWeightGradient(Convolution forward, Shape weights, bool withBias) : Operation
{
    public override string Name => "Conv2DWeightGradient";

    public Convolution Forward { get; } = forward;

    public override Shape[] InferShapes(ReadOnlySpan<Shape> inputs) => withBias ? [weights, new Shape(weights[3])] : [weights];

    public override long MultiplyAdds(Node node) => node.Inputs[1].Shape.Size * weights[0] * weights[1] * weights[2];
}
