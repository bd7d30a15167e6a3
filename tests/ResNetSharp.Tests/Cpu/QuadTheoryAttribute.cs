using System.Runtime.Intrinsics.X86;
using ResNetSharp.Cpu;

namespace ResNetSharp.Tests.Cpu;

/// <summary>Skipped, and said so, where registers of 256 bits do not multiply bytes, in either encoding.</summary>
sealed class QuadTheoryAttribute : TheoryAttribute
{
    public QuadTheoryAttribute()
    {
        if (!NarrowArithmetic.HasAvxVnni && !(NarrowArithmetic.HasVectorInt8 && Avx512F.VL.IsSupported)) Skip = "The processor has neither AVX-VNNI nor AVX512-VNNI.";
    }
}
