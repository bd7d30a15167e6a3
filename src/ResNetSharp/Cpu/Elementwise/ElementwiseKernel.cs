namespace ResNetSharp.Cpu;

/// <summary>A kernel over n independent elements, done in pieces of a fixed size.</summary>
/// <param name="n">The number of elements.</param>
internal abstract class ElementwiseKernel(long n) : Kernel, IParallelBody
{
    /// <summary>Elements in one part: 128 KiB of fp32, so that a piece of input and output stays in a second-level cache.</summary>
    public const int PartSize = 1 << 15;

    readonly int parts = Parts(n);

    /// <summary>The number of parts that n elements make.</summary>
    public static int Parts(long n) => checked((int)((n + PartSize - 1) / PartSize));

    public override void Run(Workers workers) => workers.Run(this, parts);

    public void Execute(int part, int worker)
    {
        var begin = (long)part * PartSize;
        Apply(begin, (int)Math.Min(PartSize, n - begin));
    }

    /// <summary>Does the elements from <paramref name="begin"/> on.</summary>
    protected abstract void Apply(long begin, int count);
}
