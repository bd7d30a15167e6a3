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
