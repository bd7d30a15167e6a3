using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace ResNetSharp.Cpu;

/// <summary>What the processor and the operating system offer for sums of products of 16-bit and 8-bit numbers.</summary>
internal static unsafe partial class NarrowArithmetic
{
    static readonly Lazy<string?> whyNoTiles = new(ProbeTiles);

    /// <summary>Why matrix tiles (AMX) cannot be used here, or null where they can.</summary>
    public static string? WhyNoTiles => whyNoTiles.Value;

    /// <summary>Whether 512-bit registers multiply and add bfloat16 numbers (AVX512-BF16).</summary>
    public static bool HasVectorBFloat16 { get; } = X86Base.IsSupported && MaxLeaf >= 7 && Bit(X86Base.CpuId(7, 1).Eax, 5);

    /// <summary>Whether 512-bit registers multiply and add 8-bit numbers (AVX512-VNNI).</summary>
    public static bool HasVectorInt8 { get; } = X86Base.IsSupported && MaxLeaf >= 7 && Bit(X86Base.CpuId(7, 0).Ecx, 11);

    /// <summary>Whether 256-bit registers multiply and add 8-bit numbers without AVX-512 (AVX-VNNI).</summary>
    public static bool HasAvxVnni { get; } = X86Base.IsSupported && MaxLeaf >= 7 && Bit(X86Base.CpuId(7, 1).Eax, 4);

    /// <summary>
    /// Whether those products are slower than widening the numbers first. Intel's processors with AVX512-FP16 (Sapphire Rapids and later), which have
    /// matrix tiles for bfloat16, multiply such registers at a quarter of the speed of single-precision ones, and so half as many numbers: seen where
    /// a virtual machine has no tiles (docs/decisions/0025-bfloat16-by-single-precision.md).
    /// </summary>
    public static bool HasSlowVectorBFloat16 { get; } = HasVectorBFloat16 && ProcessorKind.IsIntel && Bit(X86Base.CpuId(7, 0).Edx, 23);

    /// <summary>Whether there are products of bfloat16 numbers among the instructions of a set.</summary>
    public static bool HasBFloat16(InstructionSet set) => set >= InstructionSet.Avx512BFloat16;

    /// <summary>Whether there is machine code for 8-bit numbers.</summary>
    public static bool HasInt8(InstructionSet set) => set == InstructionSet.Amx || (set >= InstructionSet.Avx512 && HasVectorInt8);

    static int MaxLeaf => X86Base.CpuId(0, 0).Eax;

    static bool Bit(int word, int bit) => (word >> bit & 1) != 0;

    static string? ProbeTiles()
    {
        const int TileState = 18, BFloat16Bit = 22, TileBit = 24, Int8Bit = 25;
        if (!X86Base.IsSupported || MaxLeaf < 7) return "the processor is not x86";
        var features = X86Base.CpuId(7, 0).Edx;
        if (!(Bit(features, BFloat16Bit) && Bit(features, TileBit) && Bit(features, Int8Bit) && HasVectorBFloat16 && HasVectorInt8))
        {
            return "the processor has no AMX";
        }
        if (!OperatingSystem.IsLinux()) return "AMX is used on Linux alone";
        // The large registers are given to those who ask. Processes that do not get them would be killed for using them.
        const nint ArchitectureControl = 158, RequestPermission = 0x1023;
        return SystemCall(ArchitectureControl, RequestPermission, TileState) == 0 ? null : "the operating system refuses the registers of AMX";
    }

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint SystemCall(nint number, nint first, nint second);
}
