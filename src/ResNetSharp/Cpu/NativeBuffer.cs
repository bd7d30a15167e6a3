using System.Runtime.InteropServices;

namespace ResNetSharp.Cpu;

/// <summary>A block of 64-byte aligned memory outside the managed heap; freed by the garbage collector, so nobody has to dispose it.</summary>
internal sealed unsafe class NativeBuffer
{
    /// <summary>One cache line, and one AVX-512 register.</summary>
    public const int Alignment = 64;

    /// <summary>Single-precision numbers of a cache line.</summary>
    public const int LineNumbers = Alignment / sizeof(float);

    /// <summary>
    /// The least odd number of cache lines for some numbers, counted in numbers: what lies so far apart falls into different sets of a cache, where an
    /// even number of lines has it share a few.
    /// </summary>
    public static long OddLines(long numbers) => ((numbers + LineNumbers - 1) / LineNumbers | 1) * LineNumbers;

    readonly void* block;

    /// <summary>A size rounded up to whole cache lines.</summary>
    public static long Lines(long bytes) => (bytes + Alignment - 1) / Alignment * Alignment;

    /// <summary>
    /// The first place that begins a cache line. Memory on the stack is not aligned, and registers that are written across two lines and read
    /// again at once cost several times as much.
    /// </summary>
    public static float* LineStart(float* place) => (float*)Lines((long)place);

    /// <summary>Allocates zeroed memory. Of a large block, only what is written to becomes real.</summary>
    /// <param name="bytes">The size in bytes; at least one cache line is reserved.</param>
    public NativeBuffer(long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        Bytes = bytes;
        var size = (nuint)Math.Max(bytes, Alignment);
        var alignment = bytes >= HugePages.SmallestBlock ? HugePages.Size : Alignment;
        block = NativeMemory.AllocZeroed(size + alignment);
        Pointer = (byte*)(((nuint)block + alignment - 1) & ~(alignment - 1));
        if (alignment == HugePages.Size) HugePages.Prefer(Pointer, size);
        if (bytes > 0) GC.AddMemoryPressure(bytes);
    }

    ~NativeBuffer()
    {
        NativeMemory.Free(block);
        if (Bytes > 0) GC.RemoveMemoryPressure(Bytes);
    }

    /// <summary>The first byte. Whoever keeps the pointer must keep the buffer as well.</summary>
    public byte* Pointer { get; }

    /// <summary>The size asked for.</summary>
    public long Bytes { get; }

    /// <summary>The content as numbers.</summary>
    public Span<float> Floats => new(Pointer, checked((int)(Bytes / sizeof(float))));
}
