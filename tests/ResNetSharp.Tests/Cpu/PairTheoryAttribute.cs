using ResNetSharp.Cpu;

namespace ResNetSharp.Tests.Cpu;

/// <summary>Skipped, and said so, where registers do not multiply pairs of bfloat16 numbers.</summary>
sealed class PairTheoryAttribute : TheoryAttribute
{
    public PairTheoryAttribute()
    {
        if (!InstructionSets.IsSupported(InstructionSet.Avx512BFloat16) || InstructionSets.Selected < InstructionSet.Avx512) Skip = "The processor has no AVX512-BF16.";
    }
}
