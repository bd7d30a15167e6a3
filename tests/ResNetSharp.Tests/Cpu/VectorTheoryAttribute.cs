using ResNetSharp.Cpu;

namespace ResNetSharp.Tests.Cpu;

/// <summary>Skipped, and said so, where the processor lacks the instructions that generated code is written for.</summary>
sealed class VectorTheoryAttribute : TheoryAttribute
{
    public VectorTheoryAttribute()
    {
        if (InstructionSets.WhyPortable is { } why) Skip = why;
    }
}
