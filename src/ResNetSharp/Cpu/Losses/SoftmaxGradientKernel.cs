using System.Numerics;

namespace ResNetSharp.Cpu;

/// <summary>dx = y (dy - sum(y dy)) along each row. <paramref name="dx"/> may be <paramref name="dy"/>.</summary>
internal sealed unsafe class SoftmaxGradientKernel(long rows, int columns, float* y, float* dy, float* dx) : RowKernel(rows, columns)
{
    protected override void Do(long row)
    {
        float* p = y + row * Columns, g = dy + row * Columns, target = dx + row * Columns;
        var dot = (float)RowLoops.Dot(p, g, Columns);
        var d = new Vector<float>(dot);
        var i = 0;
        for (; i <= Columns - Vector<float>.Count; i += Vector<float>.Count) (Vector.Load(p + i) * (Vector.Load(g + i) - d)).Store(target + i);
        for (; i < Columns; i++) target[i] = p[i] * (g[i] - dot);
    }
}
