namespace ResNetSharp.Cpu;

/// <summary>
/// Cross entropy of probabilities rather than logits, as Keras has it: they are divided by their sum and clipped to
/// [1e-7, 1 - 1e-7]; loss = -sum t log(p). Where clipped, the gradient of the logarithm is 0.
/// </summary>
/// <param name="rows">The batch.</param>
/// <param name="columns">The classes.</param>
/// <param name="x">The probabilities.</param>
/// <param name="labels">One class index for each row; null where there are <paramref name="targets"/>.</param>
/// <param name="targets">A probability for each row and class; null where there are <paramref name="labels"/>.</param>
/// <param name="smoothing">The label smoothing, 0 for none.</param>
/// <param name="scale">What the gradient is multiplied by, such as 1 / rows for the mean of the losses.</param>
/// <param name="loss">Out: one loss for each row; null if not wanted.</param>
/// <param name="dx">Out: the gradient of the probabilities; null if not wanted; may be the probabilities.</param>
internal sealed unsafe class ProbabilityCrossEntropyKernel(
    long rows, int columns, float* x, int* labels, float* targets, float smoothing, float scale, float* loss, float* dx)
    : RowKernel(rows, columns)
{
    const double Least = 1e-7;

    protected override void Do(long row)
    {
        var input = x + row * Columns;
        var target = targets == null ? null : targets + row * Columns;
        var label = labels == null ? -1 : Labels.Read(labels, row, Columns);
        var sum = RowLoops.Sum(input, Columns);
        double total = 0, inside = 0;
        for (var i = 0; i < Columns; i++)
        {
            var t = Target(target, label, i);
            if (t == 0) continue;
            var p = input[i] / sum;
            total -= t * Math.Log(Math.Clamp(p, Least, 1 - Least));
            if (Open(p)) inside += t;
        }
        if (loss != null) loss[row] = (float)total;
        if (dx == null) return;
        // With p = x / sum and L = -sum t log p over the open ones, dL/dx = (sum of open t - [open] t / p) / sum.
        var gradient = dx + row * Columns;
        for (var i = 0; i < Columns; i++)
        {
            var p = input[i] / sum;
            var own = Open(p) ? Target(target, label, i) / p : 0;
            gradient[i] = (float)((inside - own) / sum * scale);
        }
    }

    static bool Open(double p) => p is >= Least and <= 1 - Least;

    double Target(float* target, int label, int i) =>
        (1 - smoothing) * (target == null ? i == label ? 1 : 0 : target[i]) + smoothing / Columns;
}
