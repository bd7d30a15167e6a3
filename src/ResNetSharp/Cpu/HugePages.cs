using System.Runtime.InteropServices;

namespace ResNetSharp.Cpu;

/// <summary>
/// Asks Linux for pages of two mebibytes instead of four kibibytes: weights that are read once a prediction would otherwise need a new
/// entry of the address translation every few dozen cache lines. Other systems decide by themselves.
/// </summary>
internal static unsafe partial class HugePages
{
    /// <summary>Blocks of at least this size are worth a large page each.</summary>
    public const long SmallestBlock = 4 << 20;

    /// <summary>The size of a large page.</summary>
    public const nuint Size = 2 << 20;

    /// <summary>Wants large pages, as far as whole ones lie there, for memory that nobody has written to yet. A system that refuses takes small ones.</summary>
    public static void Prefer(byte* start, nuint bytes)
    {
        const int HugePageAdvice = 14;
        var first = ((nuint)start + Size - 1) & ~(Size - 1);
        var end = ((nuint)start + bytes) & ~(Size - 1);
        if (OperatingSystem.IsLinux() && first < end) _ = Advise((byte*)first, end - first, HugePageAdvice);
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(byte* start, nuint bytes, int advice);
}
