using System.Numerics.Tensors;

namespace ResNetSharp.Quantization;

/// <summary>Looks at the numbers of a tensor, batch by batch, and chooses a range for them. The order of the batches makes no difference.</summary>
internal abstract class RangeObserver
{
    /// <summary>Looks at some numbers.</summary>
    /// <exception cref="InvalidDataException">One is infinite or none.</exception>
    public void Observe(ReadOnlySpan<float> values)
    {
        if (values.IsEmpty) return;
        var (minimum, maximum) = (TensorPrimitives.Min(values), TensorPrimitives.Max(values));
        if (!float.IsFinite(minimum) || !float.IsFinite(maximum))
            throw new InvalidDataException($"numbers from {minimum} to {maximum} cannot be calibrated; check the pictures and the weights");
        (Minimum, Maximum) = (Math.Min(Minimum, minimum), Math.Max(Maximum, maximum));
        Count(values);
    }

    /// <summary>The chosen range; it holds 0.</summary>
    public abstract ActivationRange Range { get; }

    /// <summary>The smallest number seen, or 0.</summary>
    protected float Minimum { get; private set; }

    /// <summary>The largest number seen, or 0.</summary>
    protected float Maximum { get; private set; }

    /// <summary>An observer for a method.</summary>
    public static RangeObserver Create(QuantizationOptions options) => options.Method switch
    {
        CalibrationMethod.MinMax => new MinMaxObserver(),
        CalibrationMethod.Percentile => new PercentileObserver(options.Percentile / 100),
        CalibrationMethod.Entropy => new EntropyObserver(),
        var other => throw new ArgumentOutOfRangeException(nameof(options), other, "there is no such method of calibration"),
    };

    /// <summary>Takes finite numbers into account; <see cref="Minimum"/> and <see cref="Maximum"/> hold them already.</summary>
    protected abstract void Count(ReadOnlySpan<float> values);
}

/// <summary>From the smallest to the largest number.</summary>
internal sealed class MinMaxObserver : RangeObserver
{
    public override ActivationRange Range => new(Minimum, Maximum);

    protected override void Count(ReadOnlySpan<float> values)
    {
    }
}

/// <summary>Cuts off the same small part of the numbers at either end.</summary>
/// <param name="part">The part that is kept of the numbers, counted from the other end.</param>
internal sealed class PercentileObserver(double part) : RangeObserver
{
    readonly Histogram histogram = new();

    public override ActivationRange Range
    {
        get
        {
            var beyond = (long)((1 - part) * histogram.Total);
            return new(Math.Max(Minimum, Math.Min(0, histogram.LowerEdge(beyond))), Math.Min(Maximum, Math.Max(0, histogram.UpperEdge(beyond))));
        }
    }

    protected override void Count(ReadOnlySpan<float> values) => histogram.Add(values);
}
