namespace ResNetSharp.Cpu;

/// <summary>What the poolings share: parts of a few rows of one image, of the output or, for gradients, of the input.</summary>
internal abstract class PoolKernel : Kernel, IParallelBody
{
    readonly int height;
    readonly int rowsPerPart;
    readonly int partsPerImage;

    protected PoolKernel(PoolGeometry geometry, bool overInput)
    {
        Geometry = geometry;
        Rows = PoolAxis.Rows(geometry);
        Columns = PoolAxis.Columns(geometry);
        height = overInput ? geometry.InHeight : geometry.OutHeight;
        var row = (long)(overInput ? geometry.InWidth : geometry.OutWidth) * geometry.Channels;
        rowsPerPart = (int)Math.Clamp(ElementwiseKernel.PartSize / Math.Max(1, row), 1, Math.Max(1, height));
        partsPerImage = (height + rowsPerPart - 1) / rowsPerPart;
    }

    protected PoolGeometry Geometry { get; }

    /// <summary>The vertical axis.</summary>
    protected PoolAxis Rows { get; }

    /// <summary>The horizontal axis.</summary>
    protected PoolAxis Columns { get; }

    public override void Run(Workers workers) => workers.Run(this, checked(Geometry.Batch * partsPerImage));

    public void Execute(int part, int worker)
    {
        var first = part % partsPerImage * rowsPerPart;
        Do(part / partsPerImage, first, Math.Min(first + rowsPerPart, height));
    }

    /// <summary>Does the rows from <paramref name="first"/> up to, but not including, <paramref name="end"/> of an image.</summary>
    protected abstract void Do(int image, int first, int end);
}
