using System.Numerics;

namespace ResNetSharp.Cpu;

/// <summary>dx = dy - exp(y) sum(dy) along each row. <paramref name="dx"/> may be <paramref name="dy"/>.</summary>
internal sealed unsafe class LogSoftmaxGradientKernel(long rows, int columns, float* y, float* dy, float* dx) : RowKernel(rows, columns)
{
    protected override void Do(long row)
    {
        float* l = y + row * Columns, g = dy + row * Columns, target = dx + row * Columns;
        var sum = new Vector<float>((float)RowLoops.Sum(g, Columns));
        var i = 0;
        for (; i <= Columns - Vector<float>.Count; i += Vector<float>.Count)
            (Vector.Load(g + i) - VectorMath.Exp(Vector.Load(l + i)) * sum).Store(target + i);
        var rest = Columns - i;
        if (rest > 0) Lanes.Store(Lanes.Load(g + i, rest) - VectorMath.Exp(Lanes.Load(l + i, rest)) * sum, target + i, rest);
    }
}
