using ResNetSharp.Graph.Operations;

namespace ResNetSharp.Layers;

/// <summary>A fully connected layer: y = x * weight + bias.</summary>
/// <remarks>
/// Input (batch, inputs), output (batch, units). Parameters: <c>weight</c> (inputs, units) and <c>bias</c> (units).
/// </remarks>
/// <param name="units">Numbers in a row of the output.</param>
/// <param name="activation">Applied to the result.</param>
/// <param name="useBias">Whether a number is added to each output.</param>
/// <param name="kernelInitializer">First weights; <see cref="Initializer.GlorotUniform"/> by default.</param>
/// <param name="biasInitializer">First bias; zeros by default.</param>
public sealed class Dense(int units, Activation activation = Activation.Linear, bool useBias = true, Initializer? kernelInitializer = null,
    Initializer? biasInitializer = null) : Layer
{
    readonly int units = units > 0 ? units : throw new ArgumentOutOfRangeException(nameof(units), units, "a dense layer needs at least one unit");
    Parameter? weight;
    Parameter? bias;

    /// <summary>Numbers in a row of the output.</summary>
    public int Units => units;

    /// <summary>The weights, (inputs, units); null before the first input.</summary>
    public Parameter? Weight => weight;

    /// <summary>The bias, (units); null before the first input or without a bias.</summary>
    public Parameter? Bias => bias;

    /// <inheritdoc/>
    protected override void Build(Shape input)
    {
        if (weight is not null) return;
        if (input.Rank != 2 || input[1] == Shape.Unknown)
            throw new ShapeException($"Dense needs rows of shape (batch, inputs), but got {input}; flatten or pool images first");
        weight = NewParameter("weight", new Shape(input[1], units), kernelInitializer ?? Initializer.GlorotUniform);
        if (useBias) bias = NewParameter("bias", new Shape(units), new FanInAware(biasInitializer ?? Initializer.Zeros, weight.Shape));
    }

    /// <inheritdoc/>
    protected override Tensor Call(Tensor inputs)
    {
        var y = bias is null ? new MatrixProduct().Apply(inputs, weight!.Read()) : new MatrixProduct().Apply(inputs, weight!.Read(), bias.Read());
        return y.Activate(activation);
    }

    /// <inheritdoc/>
    protected override string Describe() => $"in_features={(weight is null ? "?" : weight.Shape[0])}, out_features={units}, bias={useBias}";
}
