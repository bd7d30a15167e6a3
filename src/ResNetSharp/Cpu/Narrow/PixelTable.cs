using System.Runtime.CompilerServices;

namespace ResNetSharp.Cpu;

/// <summary>Writes down, in rising order, where the pixels of positions are. Positions between them get pixels of zeros.</summary>
/// <param name="table">An address for each position.</param>
/// <param name="zeros">A pixel of zeros.</param>
internal unsafe struct PixelTable(byte** table, byte* zeros)
{
    int count;

    /// <summary>Zeros up to a position.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void ClearTo(int position)
    {
        new Span<nint>(table + count, Math.Max(position - count, 0)).Fill((nint)zeros);
        count = Math.Max(position, count);
    }

    /// <summary>Pixels at a position.</summary>
    /// <param name="position">That of the first.</param>
    /// <param name="from">The first.</param>
    /// <param name="pitch">Bytes from one to the next.</param>
    /// <param name="pixels">How many.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Add(int position, byte* from, long pitch, int pixels)
    {
        ClearTo(position);
        var to = table + count;
        for (var i = 0; i < pixels; i++, from += pitch) to[i] = from;
        count += pixels;
    }
}
