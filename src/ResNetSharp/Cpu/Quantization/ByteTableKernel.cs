using System.Runtime.CompilerServices;

namespace ResNetSharp.Cpu;

/// <summary>y = f(x) for rows of bytes, each with a distance of its own to the next: functions of an element, and concatenation with a change of scale.</summary>
/// <param name="table">The function.</param>
/// <param name="rows">Rows.</param>
/// <param name="width">Bytes of a row.</param>
/// <param name="x">The input, whose rows follow each other.</param>
/// <param name="y">The first row of the output.</param>
/// <param name="stride">Bytes from a row of the output to the next.</param>
internal sealed unsafe class ByteTableKernel(ByteTable table, long rows, int width, byte* x, byte* y, long stride) : Kernel, IParallelBody
{
    readonly int rowsPerPart = Math.Max(1, ElementwiseKernel.PartSize / width);

    public override void Run(Workers workers) => workers.Run(this, checked((int)((rows + rowsPerPart - 1) / rowsPerPart)));

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Execute(int part, int worker)
    {
        var first = (long)part * rowsPerPart;
        var end = Math.Min(first + rowsPerPart, rows);
        for (var row = first; row < end; row++) table.Apply(x + row * width, y + row * stride, width);
    }
}
