namespace ResNetSharp.Training;

/// <summary>Loss and metrics of an epoch so far, as sums over pictures.</summary>
internal sealed class RunningFigures(IReadOnlyList<Metric> metrics)
{
    /// <summary>The loss first, then each metric.</summary>
    public double[] Sums { get; } = new double[metrics.Count + 1];

    public long Images { get; set; }

    public double Loss => Mean(0);

    public double FirstMetric => metrics.Count > 0 ? Mean(1) : double.NaN;

    public string? FirstMetricName => metrics.Count > 0 ? metrics[0].Name : null;

    public void Add(double loss, ReadOnlySpan<float> predictions, ReadOnlySpan<int> labels)
    {
        Images += labels.Length;
        Sums[0] += loss * labels.Length;
        var classes = predictions.Length / labels.Length;
        for (var i = 0; i < metrics.Count; i++) Sums[i + 1] += metrics[i].Sum(predictions, classes, labels);
    }

    public Dictionary<string, double> MetricValues() => metrics.Select((m, i) => (m.Name, Mean(i + 1))).ToDictionary();

    double Mean(int i) => Images == 0 ? double.NaN : Sums[i] / Images;
}
