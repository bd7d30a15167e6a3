using System.Buffers;

namespace ResNetSharp.Formats;

/// <summary>Memory for a moment: pooled where it is small, of the exact size where it is large (pools round up to powers of two).</summary>
internal readonly struct Scratch : IDisposable
{
    const int LargestPooled = 1 << 20;

    readonly int length;

    public Scratch(int length)
    {
        this.length = length;
        Array = length <= LargestPooled ? ArrayPool<byte>.Shared.Rent(length) : GC.AllocateUninitializedArray<byte>(length);
    }

    /// <summary>The memory; may be longer than asked for.</summary>
    public byte[] Array { get; }

    /// <summary>As much memory as was asked for.</summary>
    public Span<byte> Bytes => Array.AsSpan(0, length);

    public void Dispose()
    {
        if (length <= LargestPooled) ArrayPool<byte>.Shared.Return(Array);
    }
}
