namespace ResNetSharp.Cpu;

/// <summary>Neighbouring numbers that will be needed next; kernels fetch them a line at a time, see <see cref="TileShape.AheadLines"/>.</summary>
/// <param name="first">The first.</param>
/// <param name="length">How many.</param>
internal readonly unsafe struct AheadMemory(float* first, long length)
{
    /// <summary>One of several parts of nearly equal length.</summary>
    public AheadMemory Part(int part, int parts)
    {
        var start = length * part / parts;
        return new AheadMemory(first + start, length * (part + 1) / parts - start);
    }

    /// <summary>A number, or something else where there are no more.</summary>
    public float* At(long index, float* other) => index < length ? first + index : other;
}
