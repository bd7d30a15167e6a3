namespace ResNetSharp.Cpu;

/// <summary>A kernel over the rows of a (rows, columns) matrix, each done on its own, several to a part.</summary>
internal abstract class RowKernel(long rows, int columns) : Kernel, IParallelBody
{
    readonly int rowsPerPart = Math.Max(1, ElementwiseKernel.PartSize / Math.Max(1, columns));

    /// <summary>The length of a row.</summary>
    protected int Columns { get; } = columns;

    public override void Run(Workers workers) => workers.Run(this, checked((int)((rows + rowsPerPart - 1) / rowsPerPart)));

    public void Execute(int part, int worker)
    {
        var end = Math.Min((part + 1L) * rowsPerPart, rows);
        for (var row = (long)part * rowsPerPart; row < end; row++) Do(row);
    }

    /// <summary>Does one row.</summary>
    protected abstract void Do(long row);
}
