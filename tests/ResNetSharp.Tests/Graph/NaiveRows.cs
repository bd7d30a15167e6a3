using ResNetSharp.Graph.Operations;

namespace ResNetSharp.Tests.Graph;

/// <summary>Matrix products, probabilities and losses as their formulas say.</summary>
static class NaiveRows
{
    public static double[] Product(double[] rows, double[] weights, double[]? bias, Shape output)
    {
        var inputs = rows.Length / output[0];
        return NaiveLayout.Gather(output, at =>
            Enumerable.Range(0, inputs).Sum(i => rows[at[0] * inputs + i] * weights[i * output[1] + at[1]]) + (bias?[at[1]] ?? 0));
    }

    public static double[] Softmax(double[] x, int columns, bool logarithm)
    {
        var result = new double[x.Length];
        for (var row = 0; row < x.Length; row += columns)
        {
            var largest = x[row..(row + columns)].Max();
            var logSum = largest + Math.Log(x[row..(row + columns)].Sum(v => Math.Exp(v - largest)));
            for (var c = 0; c < columns; c++) result[row + c] = logarithm ? x[row + c] - logSum : Math.Exp(x[row + c] - logSum);
        }
        return result;
    }

    /// <summary>Each image's groups of channels, normalized by their own mean and variance.</summary>
    public static double[] NormalizeGroups(double[] x, double[] gamma, double[] beta, int images, GroupNorm norm)
    {
        var (channels, size) = (gamma.Length, x.Length / images);
        var result = new double[x.Length];
        for (var image = 0; image < images; image++)
            for (var group = 0; group < norm.Groups; group++)
            {
                var members = Enumerable.Range(image * size, size).Where(i => i % channels / (channels / norm.Groups) == group).ToList();
                var mean = members.Average(i => x[i]);
                var variance = members.Average(i => Math.Pow(x[i] - mean, 2));
                foreach (var i in members)
                {
                    var y = gamma[i % channels] * (x[i] - mean) / Math.Sqrt(variance + norm.Epsilon) + beta[i % channels];
                    result[i] = norm.Relu ? Math.Max(y, 0) : y;
                }
            }
        return result;
    }

    /// <summary>The mean of -sum over classes of target * log p, the target having the smoothed part spread over all classes.</summary>
    public static double CrossEntropy(double[] predictions, int classes, double[] labels, ClassificationLoss loss)
    {
        var logs = loss.Function == LossFunction.SoftmaxCrossEntropy
            ? Softmax(predictions, classes, logarithm: true)
            // Keras divides by the sum, and keeps probabilities this far from 0 and 1.
            : [.. predictions.Select((p, i) => Math.Log(Math.Clamp(p / predictions[(i - i % classes)..(i - i % classes + classes)].Sum(), 1e-7, 1 - 1e-7)))];
        double total = 0;
        for (var row = 0; row < labels.Length; row++)
            for (var c = 0; c < classes; c++)
            {
                var target = loss.LabelSmoothing / classes + (c == (int)labels[row] ? 1.0 - loss.LabelSmoothing : 0);
                total -= target * logs[row * classes + c];
            }
        return total / labels.Length;
    }
}
