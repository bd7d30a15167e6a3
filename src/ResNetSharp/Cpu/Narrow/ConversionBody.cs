namespace ResNetSharp.Cpu;

/// <summary>Converts an array between bfloat16 and single precision, on all workers.</summary>
internal sealed unsafe class ConversionBody : IParallelBody
{
    const long SegmentLength = 1 << 15;

    ushort* narrow;
    float* wide;
    long length;
    bool widen;

    /// <summary>Widens numbers.</summary>
    public void Widen(Workers workers, ushort* from, float* to, long count) => Run(workers, from, to, count, widen: true);

    /// <summary>Rounds numbers.</summary>
    public void Narrow(Workers workers, float* from, ushort* to, long count) => Run(workers, to, from, count, widen: false);

    void Run(Workers workers, ushort* narrow, float* wide, long count, bool widen)
    {
        this.narrow = narrow;
        this.wide = wide;
        length = count;
        this.widen = widen;
        workers.Run(this, (int)((count + SegmentLength - 1) / SegmentLength));
    }

    void IParallelBody.Execute(int part, int worker)
    {
        var first = part * SegmentLength;
        var count = Math.Min(SegmentLength, length - first);
        if (widen) BFloat16.ToFloat(narrow + first, wide + first, count);
        else BFloat16.FromFloat(wide + first, narrow + first, count);
    }
}
