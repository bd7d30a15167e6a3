namespace ResNetSharp.Cpu;

/// <summary>Some numbers in memory.</summary>
/// <param name="start">The first.</param>
/// <param name="count">How many.</param>
internal readonly unsafe struct FloatBlock(float* start, long count)
{
    public readonly float* Start = start;
    public readonly long Count = count;
}
