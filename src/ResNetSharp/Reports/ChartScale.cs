using System.Globalization;

namespace ResNetSharp.Reports;

/// <summary>The vertical axis of a chart, from one round number to another.</summary>
internal readonly record struct ChartScale(double Low, double High, double Step)
{
    /// <summary>The scale with about five intervals that holds all finite values.</summary>
    public static ChartScale Around(IEnumerable<double> values)
    {
        var finite = values.Where(double.IsFinite).DefaultIfEmpty(0).ToList();
        var (low, high) = (finite.Min(), finite.Max());
        if (high - low < 1e-9) (low, high) = (low - 0.5, high + 0.5);
        var step = RoundUp((high - low) / 5);
        return new ChartScale(Math.Floor(low / step) * step, Math.Ceiling(high / step) * step, step);
    }

    /// <summary>Where a value stands, from 0 (the lower end) to 1.</summary>
    public double Place(double value) => (value - Low) / (High - Low);

    /// <summary>The round numbers of the axis.</summary>
    public IEnumerable<double> Ticks()
    {
        var count = (int)Math.Round((High - Low) / Step);
        for (var i = 0; i <= count; i++) yield return Low + i * Step;
    }

    /// <summary>A number of the axis as text, with as many digits as the interval needs.</summary>
    public string Label(double tick) =>
        tick.ToString($"F{Math.Max(0, (int)Math.Ceiling(-Math.Log10(Step) - 1e-9))}", CultureInfo.InvariantCulture);

    // The next of 1, 2 and 5 times a power of ten.
    static double RoundUp(double step)
    {
        var power = Math.Pow(10, Math.Floor(Math.Log10(step)));
        return power * (step / power <= 1 ? 1 : step / power <= 2 ? 2 : step / power <= 5 ? 5 : 10);
    }
}
