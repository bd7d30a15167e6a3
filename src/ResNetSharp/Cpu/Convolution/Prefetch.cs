namespace ResNetSharp.Cpu;

/// <summary>Two runs of memory that are wanted next, handed out piece by piece. Fetching ahead may point anywhere, even at nothing.</summary>
internal unsafe struct Prefetch
{
    public byte* Input;
    public byte* Gradient;
    public long InputBytes;
    public long GradientBytes;

    /// <summary>The next lines; the last ones again when all are handed out.</summary>
    public byte* Take(long lines)
    {
        var bytes = lines * NativeBuffer.Alignment;
        if (GradientBytes > 0)
        {
            GradientBytes -= bytes;
            return (Gradient += bytes) - bytes;
        }
        if (InputBytes <= 0) return Input;
        InputBytes -= bytes;
        return (Input += bytes) - bytes;
    }
}
