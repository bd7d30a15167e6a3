using System.Runtime.CompilerServices;
using ResNetSharp.Cpu;

namespace ResNetSharp;

/// <summary>
/// Memory that nobody has written to, for the numbers of one parameter or of many: in one piece it is worth large pages. It is pinned and of the
/// managed heap, so that spans over the numbers keep it alive.
/// </summary>
internal sealed unsafe class NumberBlock
{
    const int Line = NativeBuffer.Alignment / sizeof(float);

    readonly float[] pinned;
    readonly int first;

    /// <summary>Takes the memory.</summary>
    /// <param name="count">How many numbers.</param>
    public NumberBlock(int count)
    {
        pinned = GC.AllocateUninitializedArray<float>(checked(count + Line), pinned: true);
        var start = (byte*)Unsafe.AsPointer(ref pinned[0]);
        first = (int)(-(nint)start & (NativeBuffer.Alignment - 1)) / sizeof(float);
        var bytes = pinned.Length * (long)sizeof(float);
        if (bytes >= HugePages.SmallestBlock) HugePages.Prefer(start, (nuint)bytes);
    }

    /// <summary>How many numbers to leave for some, so that the next ones start where vectors do.</summary>
    public static long Room(long count) => (count + Line - 1) / Line * Line;

    /// <summary>Some of the numbers.</summary>
    public Span<float> Numbers(int start, int count) => pinned.AsSpan(first + start, count);
}
