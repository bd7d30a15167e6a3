namespace ResNetSharp.Layers;

/// <summary>
/// While training, sets a random part of the elements to zero and scales the others by 1 / (1 - rate); otherwise does nothing
/// (Srivastava et al., 2014). Input and output: any shape.
/// </summary>
/// <param name="rate">The part that is dropped, from 0 up to but not including 1.</param>
public sealed class Dropout(float rate) : Layer
{
    readonly float rate = rate is >= 0 and < 1 ? rate : throw new ArgumentOutOfRangeException(nameof(rate), rate, "a dropout rate is at least 0 and below 1");

    /// <inheritdoc/>
    protected override Tensor Call(Tensor inputs) => new Graph.Operations.Dropout(rate, () => Path).Apply(inputs);

    /// <inheritdoc/>
    protected override string Describe() => $"p={rate}";
}
