namespace ResNetSharp.Quantization;

/// <summary>How a network is quantized.</summary>
public sealed record QuantizationOptions
{
    /// <summary>How ranges are chosen; <see cref="CalibrationMethod.Percentile"/> by default.</summary>
    public CalibrationMethod Method { get; init; } = CalibrationMethod.Percentile;

    /// <summary>
    /// For <see cref="CalibrationMethod.Percentile"/>: how many of a hundred numbers a range has to hold, counted from either end; 99.99 by default.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not above 50 and at most 100.</exception>
    public double Percentile
    {
        get;
        init => field = value is > 50 and <= 100 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "a percentile is above 50 and at most 100");
    } = 99.99;
}
