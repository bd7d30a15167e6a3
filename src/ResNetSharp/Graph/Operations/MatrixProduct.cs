namespace ResNetSharp.Graph.Operations;

/// <summary>A dense layer's product. Inputs: rows (batch, inputs), weights (inputs, outputs) and, if there is one, a bias (outputs).</summary>
internal sealed class MatrixProduct : Operation
{
    public override string Name => "Dense";

    public override Shape[] InferShapes(ReadOnlySpan<Shape> inputs)
    {
        var (rows, weights) = (inputs[0], inputs[1]);
        if (rows.Rank != 2 || rows[1] != weights[0])
            throw new ShapeException($"Dense with weights {weights} needs rows of shape (batch, {weights[0]}), but got {rows}");
        return [new Shape(rows[0], weights[1])];
    }

    public override Tensor?[] Gradients(Node node, Tensor?[] outputs, bool[] wanted)
    {
        if (outputs[0] is not { } gradient) return new Tensor?[node.Inputs.Length];
        var (rows, weights) = (node.Inputs[0], node.Inputs[1]);
        var result = new Tensor?[node.Inputs.Length];
        var wantsBias = result.Length > 2 && wanted[2];
        if (wanted[1] || wantsBias)
        {
            var made = new MatrixProductWeightGradient(weights.Shape, wantsBias).ApplyAll(rows, gradient);
            result[1] = wanted[1] ? made[0] : null;
            if (wantsBias) result[2] = made[1];
        }
        if (wanted[0]) result[0] = new MatrixProductInputGradient(rows.Shape).Apply(gradient, weights);
        return result;
    }

    public override long MultiplyAdds(Node node) => node.Outputs[0].Shape.Size * node.Inputs[1].Shape[0];
}

/// <summary>The gradient of a dense product with respect to its rows. Inputs: gradient of the output, weights.</summary>
internal sealed class MatrixProductInputGradient(Shape rows) : Operation
{
    public override string Name => "DenseInputGradient";

    public override Shape[] InferShapes(ReadOnlySpan<Shape> inputs) => [rows];

    public override long MultiplyAdds(Node node) => rows.Size * node.Inputs[1].Shape[1];
}

/// <summary>The gradients of a dense product with respect to its weights and, where wanted, its bias. Inputs: rows, gradient of the output.</summary>
internal sealed class MatrixProductWeightGradient(Shape weights, bool withBias) : Operation
{
    public override string Name => "DenseWeightGradient";

    public override Shape[] InferShapes(ReadOnlySpan<Shape> inputs) => withBias ? [weights, new Shape(weights[1])] : [weights];

    public override long MultiplyAdds(Node node) => node.Inputs[0].Shape.Size * weights[1];
}
