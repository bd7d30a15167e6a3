namespace ResNetSharp.Graph;

/// <summary>
/// A kind of node: its rule for shapes, its rule for gradients and its count of work. Operations describe; they compute nothing.
/// </summary>
internal abstract class Operation
{
    /// <summary>The field's name for it, as summaries and errors print it.</summary>
    public abstract string Name { get; }

    /// <summary>The shapes of the outputs.</summary>
    /// <exception cref="ShapeException">The inputs do not fit; the message shows them.</exception>
    public abstract Shape[] InferShapes(ReadOnlySpan<Shape> inputs);

    /// <summary>
    /// The gradients of a loss with respect to the inputs, given those with respect to the outputs.
    /// </summary>
    /// <param name="node">The node.</param>
    /// <param name="outputs">One gradient an output; null where the loss does not depend on it.</param>
    /// <param name="wanted">Which inputs need a gradient.</param>
    /// <returns>One gradient an input; null where none flows or none is wanted.</returns>
    public virtual Tensor?[] Gradients(Node node, Tensor?[] outputs, bool[] wanted) =>
        throw new NotSupportedException($"operation {Name} has no gradient");

    /// <summary>Multiply-adds of one evaluation, counting convolutions and matrix products only, as the field does.</summary>
    public virtual long MultiplyAdds(Node node) => 0;

    /// <summary>The element type of an output, given those of the inputs.</summary>
    public virtual ElementType TypeOf(int output, ReadOnlySpan<ElementType> inputs) => ElementType.Float32;

    /// <summary>The input whose memory is also the output's because nothing but the shape changes; -1 for none.</summary>
    public virtual int ViewOf => -1;

    /// <summary>Makes the only output.</summary>
    public Tensor Apply(params Tensor[] inputs) => ApplyAll(inputs)[0];

    /// <summary>Makes all outputs.</summary>
    public Tensor[] ApplyAll(params Tensor[] inputs) => new Node(this, inputs).Outputs;
}
