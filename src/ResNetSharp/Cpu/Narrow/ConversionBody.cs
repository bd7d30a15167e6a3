namespace ResNetSharp.Cpu;

/// <summary>Converts an array between bfloat16 and single precision, on all workers.</summary>
internal sealed unsafe class ConversionBody : IParallelBody
{
    const long SegmentLength = 1 << 15;

    ushort* narrow;
    float* wide;
    long length;
    Conversion conversion;

    enum Conversion { Widen, Narrow, Round }

    /// <summary>Widens numbers.</summary>
    public void Widen(Workers workers, ushort* from, float* to, long count) => Run(workers, from, to, count, Conversion.Widen);

    /// <summary>Rounds numbers.</summary>
    public void Narrow(Workers workers, float* from, ushort* to, long count) => Run(workers, to, from, count, Conversion.Narrow);

    /// <summary>Rounds numbers that stay in single precision, where they are.</summary>
    public void Round(Workers workers, float* numbers, long count) => Run(workers, null, numbers, count, Conversion.Round);

    void Run(Workers workers, ushort* narrow, float* wide, long count, Conversion conversion)
    {
        this.narrow = narrow;
        this.wide = wide;
        length = count;
        this.conversion = conversion;
        workers.Run(this, (int)((count + SegmentLength - 1) / SegmentLength));
    }

    void IParallelBody.Execute(int part, int worker)
    {
        var first = part * SegmentLength;
        var count = Math.Min(SegmentLength, length - first);
        if (conversion == Conversion.Widen) BFloat16.ToFloat(narrow + first, wide + first, count);
        else if (conversion == Conversion.Narrow) BFloat16.FromFloat(wide + first, narrow + first, count);
        else BFloat16.Round(wide + first, wide + first, count);
    }
}
