namespace ResNetSharp.Training;

/// <summary>The learning rate as a function of the step; a plain number is a schedule that never changes.</summary>
public abstract class LearningRateSchedule
{
    /// <summary>The learning rate of a step.</summary>
    /// <param name="step">How many steps were done before.</param>
    public abstract float At(long step);

    /// <summary>The same rate for every step.</summary>
    public static implicit operator LearningRateSchedule(float rate) => new ConstantRate(rate);

    sealed class ConstantRate(float rate) : LearningRateSchedule
    {
        readonly float rate = rate >= 0 && float.IsFinite(rate)
            ? rate
            : throw new ArgumentOutOfRangeException(nameof(rate), rate, "a learning rate is a number of at least 0");

        public override float At(long step) => rate;
    }
}

/// <summary>
/// Half a cosine from a rate down to a part of it, after an optional linear rise from 0 (Loshchilov and Hutter, 2017).
/// </summary>
/// <param name="initialRate">The highest rate.</param>
/// <param name="decaySteps">Steps from the highest to the lowest rate.</param>
/// <param name="alpha">The lowest rate as a part of the highest.</param>
/// <param name="warmupSteps">Steps of the linear rise before.</param>
public sealed class CosineDecay(float initialRate, long decaySteps, float alpha = 0, long warmupSteps = 0) : LearningRateSchedule
{
    /// <inheritdoc/>
    public override float At(long step)
    {
        if (step < warmupSteps) return initialRate * (step + 1) / warmupSteps;
        var done = Math.Min(1.0, (double)(step - warmupSteps) / Math.Max(1, decaySteps));
        return (float)(initialRate * (alpha + (1 - alpha) * 0.5 * (1 + Math.Cos(Math.PI * done))));
    }
}

/// <summary>A rate that falls by a factor at given steps, as in the residual networks' paper.</summary>
/// <param name="initialRate">The first rate.</param>
/// <param name="boundaries">The steps from which each lower rate holds, rising.</param>
/// <param name="factor">What the rate is multiplied by at each.</param>
public sealed class StepDecay(float initialRate, IReadOnlyList<long> boundaries, float factor = 0.1f) : LearningRateSchedule
{
    /// <inheritdoc/>
    public override float At(long step) => (float)(initialRate * Math.Pow(factor, boundaries.Count(b => step >= b)));
}
