using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace ResNetSharp.Cpu;

/// <summary>Writes runs of pixels to positions in rising order, with zeros between them.</summary>
/// <param name="to">The first position.</param>
/// <param name="positionBytes">Bytes of a position.</param>
internal unsafe struct PixelWriter(byte* to, int positionBytes)
{
    readonly byte* start = to;
    byte* at = to;

    /// <summary>Zeros up to a position.</summary>
    public void ClearTo(long position, int moreBytes = 0)
    {
        var end = start + position * positionBytes + moreBytes;
        if (end > at) new Span<byte>(at, checked((int)(end - at))).Clear();
        at = end;
    }

    /// <summary>Pixels at a position.</summary>
    /// <param name="position">Where the first goes.</param>
    /// <param name="from">The first.</param>
    /// <param name="pitch">Bytes from one to the next.</param>
    /// <param name="pixels">How many.</param>
    public void Copy(long position, byte* from, long pitch, int pixels)
    {
        ClearTo(position);
        if (pitch == positionBytes) CopyBytes(position, 0, from, (long)pixels * positionBytes);
        else
        {
            for (var i = 0; i < pixels; i++, from += pitch, at += positionBytes) CopyPixel(from, at);
        }
    }

    /// <summary>Bytes after a position and a number of zeros.</summary>
    public void CopyBytes(long position, int zeros, byte* from, long count)
    {
        ClearTo(position, zeros);
        Buffer.MemoryCopy(from, at, count, count);
        at += count;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    readonly void CopyPixel(byte* from, byte* to)
    {
        if (positionBytes < 32)
        {
            for (var i = 0; i < positionBytes; i++) to[i] = from[i];
            return;
        }
        for (var i = 0; i <= positionBytes - 32; i += 32) Vector256.Load(from + i).Store(to + i);
        Vector256.Load(from + positionBytes - 32).Store(to + positionBytes - 32);
    }
}
