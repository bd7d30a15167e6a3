namespace ResNetSharp.Cpu;

/// <summary>
/// Softmax and cross entropy against class indices in one pass: loss = log(sum exp(x)) - x[label], dx = (softmax(x) - target) scale.
/// With label smoothing s the target is 1 - s for the label, plus s / classes for every class.
/// </summary>
/// <param name="rows">The batch.</param>
/// <param name="columns">The classes.</param>
/// <param name="x">The logits.</param>
/// <param name="labels">One class index for each row.</param>
/// <param name="smoothing">The label smoothing, 0 for none.</param>
/// <param name="scale">What the gradient is multiplied by, such as 1 / rows for the mean of the losses.</param>
/// <param name="loss">Out: one loss for each row; null if not wanted.</param>
/// <param name="dx">Out: the gradient of the logits; null if not wanted; may be the logits.</param>
internal sealed unsafe class SoftmaxCrossEntropyKernel(
    long rows, int columns, float* x, int* labels, float smoothing, float scale, float* loss, float* dx) : RowKernel(rows, columns)
{
    protected override void Do(long row)
    {
        var logits = x + row * Columns;
        var label = Labels.Read(labels, row, Columns);
        var largest = RowLoops.Max(logits, Columns);
        var uniform = smoothing / Columns;
        var target = (1 - smoothing) * logits[label] + (smoothing == 0 ? 0 : uniform * RowLoops.Sum(logits, Columns));
        double sum;
        if (dx == null) sum = RowLoops.SumExp(logits, largest, Columns);
        else
        {
            var gradient = dx + row * Columns;
            sum = RowLoops.Exp(logits, largest, gradient, Columns);
            RowLoops.Affine(gradient, (float)(scale / sum), -uniform * scale, gradient, Columns);
            gradient[label] -= (1 - smoothing) * scale;
        }
        if (loss != null) loss[row] = (float)(Math.Log(sum) + largest - target);
    }
}
