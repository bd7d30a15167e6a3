namespace ResNetSharp.Cpu;

/// <summary>y = exp(x) / sum exp(x) along each row. <paramref name="y"/> may be <paramref name="x"/>.</summary>
internal sealed unsafe class SoftmaxKernel(long rows, int columns, float* x, float* y) : RowKernel(rows, columns)
{
    protected override void Do(long row)
    {
        float* source = x + row * Columns, target = y + row * Columns;
        var sum = RowLoops.Exp(source, RowLoops.Max(source, Columns), target, Columns);
        RowLoops.Affine(target, (float)(1 / sum), 0, target, Columns);
    }
}
