namespace ResNetSharp.Quantization;

/// <summary>
/// What the bytes of a quantized tensor stand for: real = scale * (byte - zero point), the affine quantization of ONNX, ONNX Runtime and
/// PyTorch (B. Jacob et al., Quantization and Training of Neural Networks for Efficient Integer-Arithmetic-Only Inference, 2018).
/// </summary>
/// <param name="Scale">The distance between neighbouring numbers; positive.</param>
/// <param name="ZeroPoint">The byte that stands for 0, so that padding with zeros is exact.</param>
public readonly record struct QuantizationParameters(float Scale, byte ZeroPoint)
{
    /// <summary>Below this a scale would be lost in rounding: the smallest normal number.</summary>
    internal const float SmallestScale = 1.1754944e-38f;

    /// <summary>The parameters with which 256 steps cover a range. 0 is always within it.</summary>
    /// <param name="minimum">The smallest number; 0 if it is positive.</param>
    /// <param name="maximum">The largest number; 0 if it is negative.</param>
    /// <exception cref="ArgumentException">A number is infinite or none, or the minimum is above the maximum.</exception>
    public static QuantizationParameters FromRange(float minimum, float maximum)
    {
        if (!float.IsFinite(minimum) || !float.IsFinite(maximum) || minimum > maximum)
            throw new ArgumentException($"from {minimum} to {maximum} is no range of numbers");
        var (low, high) = (Math.Min(minimum, 0d), Math.Max(maximum, 0d));
        var scale = (float)((high - low) / byte.MaxValue);
        // A tensor of zeros has no range; any scale represents it.
        return scale < SmallestScale ? new(1, 0) : new(scale, (byte)Math.Clamp(Math.Round(-low / scale), 0, byte.MaxValue));
    }

    /// <summary>The byte nearest to a number; halves go to the even one, and what is out of range to the nearest end.</summary>
    /// <param name="value">The number.</param>
    public byte Quantize(float value) =>
        (byte)(Math.Clamp(MathF.Round(value / Scale), -ZeroPoint, byte.MaxValue - ZeroPoint) + ZeroPoint);

    /// <summary>The number that a byte stands for.</summary>
    /// <param name="value">The byte.</param>
    public float Dequantize(byte value) => Scale * (value - ZeroPoint);
}
