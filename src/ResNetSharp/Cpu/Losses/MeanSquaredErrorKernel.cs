using System.Numerics;

namespace ResNetSharp.Cpu;

/// <summary>loss = mean of (x - target)² along each row; dx = 2 (x - target) / columns * scale.</summary>
/// <param name="rows">The batch.</param>
/// <param name="columns">Elements in an example.</param>
/// <param name="x">The predictions.</param>
/// <param name="target">What they should be.</param>
/// <param name="scale">What the gradient is multiplied by, such as 1 / rows for the mean of the losses.</param>
/// <param name="loss">Out: one loss for each row; null if not wanted.</param>
/// <param name="dx">Out: the gradient of the predictions; null if not wanted; may be the predictions.</param>
internal sealed unsafe class MeanSquaredErrorKernel(long rows, int columns, float* x, float* target, float scale, float* loss, float* dx)
    : RowKernel(rows, columns)
{
    protected override void Do(long row)
    {
        float* a = x + row * Columns, b = target + row * Columns, gradient = dx + (dx == null ? 0 : row * Columns);
        var factor = new Vector<float>(2 * scale / Columns);
        Vector<float> sum = default;
        for (var i = 0; i < Columns; i += Vector<float>.Count)
        {
            var rest = Columns - i;
            var whole = rest >= Vector<float>.Count;
            var difference = whole ? Vector.Load(a + i) - Vector.Load(b + i) : Lanes.Load(a + i, rest) - Lanes.Load(b + i, rest);
            sum = Vector.FusedMultiplyAdd(difference, difference, sum);
            if (dx == null) continue;
            if (whole) (difference * factor).Store(gradient + i);
            else Lanes.Store(difference * factor, gradient + i, rest);
        }
        if (loss != null) loss[row] = (float)(Lanes.Sum(sum) / Columns);
    }
}
