namespace ResNetSharp.Reports;

/// <summary>A line of a chart.</summary>
/// <param name="Name">What it shows.</param>
/// <param name="Values">One value a step, the first at 1; what is not finite leaves a gap.</param>
public sealed record LineSeries(string Name, IReadOnlyList<double> Values);
