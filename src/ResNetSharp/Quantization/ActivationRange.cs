namespace ResNetSharp.Quantization;

/// <summary>The range that a tensor's bytes cover, as calibration chose it.</summary>
/// <param name="Minimum">The smallest number.</param>
/// <param name="Maximum">The largest number.</param>
public readonly record struct ActivationRange(float Minimum, float Maximum)
{
    /// <summary>Scale and zero point that belong to the range.</summary>
    public QuantizationParameters Parameters => QuantizationParameters.FromRange(Minimum, Maximum);
}
