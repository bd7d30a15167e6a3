using System.Runtime.Intrinsics.X86;

namespace ResNetSharp.Cpu;

/// <summary>What decides between ways to compute that a processor has the instructions for, all of them: who made it, and how wide it works.</summary>
internal static class ProcessorKind
{
    /// <summary>Whether the maker's name, twelve letters in three registers, is GenuineIntel.</summary>
    public static bool IsIntel { get; } = X86Base.IsSupported && X86Base.CpuId(0, 0) is (_, 0x756e_6547, 0x6c65_746e, 0x4965_6e69);

    /// <summary>
    /// Whether the processor works on a register of 512 bits in two halves, one after the other, as AMD's Zen 4 does. AMD's processors say how wide
    /// they are (AMD64 Architecture Programmer's Manual, volume 3, CPUID Fn8000_001A); others have no such number and halve nothing.
    /// </summary>
    public static bool SplitsWideRegisters { get; } = FindSplitRegisters();

    static bool FindSplitRegisters()
    {
        const int FirstExtended = unchecked((int)0x8000_0000), WidthsLeaf = unchecked((int)0x8000_001A), Whole256 = 1 << 2, Whole512 = 1 << 3;
        if (!X86Base.IsSupported || (uint)X86Base.CpuId(FirstExtended, 0).Eax < unchecked((uint)WidthsLeaf)) return false;
        return (X86Base.CpuId(WidthsLeaf, 0).Eax & (Whole256 | Whole512)) == Whole256;
    }
}
