namespace ResNetSharp.Cpu;

/// <summary>What the poolings share: parts of a few rows of one image, of the output or, for gradients, of the input.</summary>
internal abstract class PoolKernel : Kernel, IParallelBody
{
    readonly int height;
    readonly int rowsPerPart;
    readonly int partsPerImage;

    /// <summary>Cuts the rows into parts.</summary>
    /// <param name="geometry">The geometry.</param>
    /// <param name="overInput">Whether the parts are of the input.</param>
    /// <param name="leastRows">Rows of a part, at least.</param>
    protected PoolKernel(PoolGeometry geometry, bool overInput, int leastRows = 1)
    {
        Geometry = geometry;
        Rows = PoolAxis.Rows(geometry);
        Columns = PoolAxis.Columns(geometry);
        height = overInput ? geometry.InHeight : geometry.OutHeight;
        var row = (long)(overInput ? geometry.InWidth : geometry.OutWidth) * geometry.Channels;
        rowsPerPart = (int)Math.Clamp(Math.Max(ElementwiseKernel.PartSize / Math.Max(1, row), leastRows), 1, Math.Max(1, height));
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
        Do(part / partsPerImage, first, Math.Min(first + rowsPerPart, height), worker);
    }

    /// <summary>Does the rows from <paramref name="first"/> up to, but not including, <paramref name="end"/> of an image.</summary>
    protected abstract void Do(int image, int first, int end, int worker);
}
