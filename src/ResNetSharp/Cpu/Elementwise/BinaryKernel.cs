namespace ResNetSharp.Cpu;

/// <summary>
/// y = f(a, b) with NumPy's broadcasting: shapes are aligned at the last axis, and an extent of 1, or a missing one, is repeated. The
/// inputs are dense. y may be an input that is not repeated.
/// </summary>
internal sealed unsafe class BinaryKernel<T> : Kernel, IParallelBody where T : unmanaged
{
    readonly StridedLoops loops;
    readonly delegate*<T*, T*, T*, int, void> row;
    readonly T* a;
    readonly T* b;
    readonly T* y;

    public BinaryKernel(BinaryFunction function, Shape aShape, Shape bShape, T* a, T* b, T* y)
    {
        var shape = Broadcasting.Result(aShape, bShape);
        loops = new StridedLoops(
            shape.AsSpan(), StridedLoops.DenseStrides(shape.AsSpan()), Broadcasting.Strides(aShape, shape), Broadcasting.Strides(bShape, shape));
        row = BinaryLoops<T>.Of(function, loops.InnerStride(1) != 0, loops.InnerStride(2) != 0);
        this.a = a;
        this.b = b;
        this.y = y;
    }

    public override void Run(Workers workers) => workers.Run(this, loops.Parts);

    public void Execute(int part, int worker)
    {
        var cursor = loops.Start(part, out var rows);
        for (; rows > 0; rows--, cursor.Next()) row(a + cursor.Offset(1), b + cursor.Offset(2), y + cursor.Offset(0), cursor.Count);
    }
}
