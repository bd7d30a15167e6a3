using System.Runtime.CompilerServices;

namespace ResNetSharp.Cpu;

/// <summary>
/// y[b, c, r] = x[b, r, c]: matrices turned over, and the way between channels-last and channels-first. Done in squares of one cache
/// line's width, so that every line is read and written once; <see cref="StridedCopyKernel{T}"/> would visit it sixteen times.
/// </summary>
internal sealed unsafe class TransposeKernel(int batch, int rows, int columns, float* x, float* y) : Kernel, IParallelBody
{
    const int Side = NativeBuffer.Alignment / sizeof(float);

    /// <summary>Rows of x in one part: some squares side by side, over all columns.</summary>
    readonly int rowsPerPart = (int)Math.Max(1, ElementwiseKernel.PartSize / Math.Max(1L, columns) / Side) * Side;

    int PartsPerMatrix => (rows + rowsPerPart - 1) / rowsPerPart;

    public override void Run(Workers workers) => workers.Run(this, checked(batch * PartsPerMatrix));

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Execute(int part, int worker)
    {
        var first = part % PartsPerMatrix * rowsPerPart;
        var end = Math.Min(first + rowsPerPart, rows);
        var matrix = (long)(part / PartsPerMatrix) * rows * columns;
        for (var c = 0; c < columns; c += Side)
            for (var r = first; r < end; r += Side)
                Square(x + matrix + (long)r * columns + c, y + matrix + (long)c * rows + r, Math.Min(Side, end - r), Math.Min(Side, columns - c));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Square(float* source, float* target, int height, int width)
    {
        for (var c = 0; c < width; c++, target += rows)
            for (var r = 0; r < height; r++) target[r] = source[(long)r * columns + c];
    }
}
