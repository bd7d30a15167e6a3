namespace ResNetSharp.Quantization;

/// <summary>
/// How an output channel of a convolution or dense layer is computed in integers, with a batch normalization folded in: number = scale of the
/// source * <see cref="Scale"/> * (sum of bytes times integers + <see cref="Bias"/>). The bias is an integer too, in steps of the sums, as in
/// ONNX Runtime, so that both round the same number.
/// </summary>
/// <param name="Scale">The distance between neighbouring weights, after the normalization; positive.</param>
/// <param name="Change">What an integer weight is multiplied with, and rounded: the sign of the normalization's factor, but for a channel that is tiny beside its bias.</param>
/// <param name="Bias">The bias.</param>
internal readonly record struct ProductChannel(float Scale, double Change, int Bias)
{
    const double LargestBias = 1 << 30;

    /// <summary>Folds a channel.</summary>
    /// <param name="weightScale">The distance between neighbouring weights, before the normalization.</param>
    /// <param name="factor">What the normalization multiplies with.</param>
    /// <param name="bias">What is added to the channel in the end.</param>
    /// <param name="sourceScale">The scale of the bytes that are multiplied.</param>
    public static ProductChannel Fold(float weightScale, double factor, double bias, float sourceScale)
    {
        var own = weightScale * Math.Abs(factor);
        // A bias has to fit into 32 bits; where a channel is so small beside it that it does not, its steps become larger.
        var scale = (float)Math.Max(own, Math.Max(Math.Abs(bias) / sourceScale / LargestBias, QuantizationParameters.SmallestScale / sourceScale));
        var integer = Math.Round(bias / (scale * sourceScale));
        return new(scale, Math.Sign(factor) * Math.Min(own / scale, 1), (int)Math.Clamp(integer, -2 * LargestBias, 2 * LargestBias - 1));
    }

    /// <summary>The integer that a weight becomes.</summary>
    /// <param name="weight">The weight.</param>
    /// <param name="weightScale">The distance between neighbouring weights, before the normalization.</param>
    public int Integer(float weight, float weightScale) => (int)Math.Round(QuantizedFile.Integer(weight, weightScale) * Change);
}
