using System.Numerics;

namespace ResNetSharp.Cpu;

/// <summary>
/// Softmax and cross entropy against a probability for each class (one-hot or soft):
/// loss = sum t (log(sum exp(x)) - x), dx = (softmax(x) sum t - t) scale, with t = (1 - smoothing) target + smoothing / classes.
/// </summary>
/// <param name="rows">The batch.</param>
/// <param name="columns">The classes.</param>
/// <param name="x">The logits.</param>
/// <param name="targets">A probability for each row and class.</param>
/// <param name="smoothing">The label smoothing, 0 for none.</param>
/// <param name="scale">What the gradient is multiplied by, such as 1 / rows for the mean of the losses.</param>
/// <param name="loss">Out: one loss for each row; null if not wanted.</param>
/// <param name="dx">Out: the gradient of the logits; null if not wanted; may be the logits.</param>
internal sealed unsafe class SoftmaxCrossEntropyDenseKernel(
    long rows, int columns, float* x, float* targets, float smoothing, float scale, float* loss, float* dx) : RowKernel(rows, columns)
{
    protected override void Do(long row)
    {
        float* logits = x + row * Columns, target = targets + row * Columns;
        var largest = RowLoops.Max(logits, Columns);
        var (keep, uniform) = (1 - smoothing, smoothing / Columns);
        var weight = keep * RowLoops.Sum(target, Columns) + smoothing;
        var dot = keep * RowLoops.Dot(target, logits, Columns) + (smoothing == 0 ? 0 : uniform * RowLoops.Sum(logits, Columns));
        double sum;
        if (dx == null) sum = RowLoops.SumExp(logits, largest, Columns);
        else
        {
            var gradient = dx + row * Columns;
            sum = RowLoops.Exp(logits, largest, gradient, Columns);
            RowLoops.Affine(gradient, (float)(scale * weight / sum), -uniform * scale, gradient, Columns);
            var k = new Vector<float>(-keep * scale);
            var i = 0;
            for (; i <= Columns - Vector<float>.Count; i += Vector<float>.Count)
                Vector.FusedMultiplyAdd(Vector.Load(target + i), k, Vector.Load(gradient + i)).Store(gradient + i);
            for (; i < Columns; i++) gradient[i] -= keep * scale * target[i];
        }
        if (loss != null) loss[row] = (float)(weight * (Math.Log(sum) + largest) - dot);
    }
}
