namespace ResNetSharp.Cpu;

/// <summary>y = x - log(sum exp(x)) along each row. <paramref name="y"/> may be <paramref name="x"/>.</summary>
internal sealed unsafe class LogSoftmaxKernel(long rows, int columns, float* x, float* y) : RowKernel(rows, columns)
{
    protected override void Do(long row)
    {
        var source = x + row * Columns;
        var largest = RowLoops.Max(source, Columns);
        RowLoops.Affine(source, 1, -(float)(largest + Math.Log(RowLoops.SumExp(source, largest, Columns))), y + row * Columns, Columns);
    }
}
