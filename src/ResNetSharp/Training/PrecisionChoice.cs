using ResNetSharp.Cpu;

namespace ResNetSharp.Training;

/// <summary>What a <see cref="Precision"/> means on this machine.</summary>
internal static class PrecisionChoice
{
    /// <summary>Whether activations are kept as bfloat16.</summary>
    public static bool IsNarrow(this Precision precision) => precision switch
    {
        Precision.Float32 => false,
        Precision.BFloat16 => true,
        Precision.Auto => InstructionSets.Selected == InstructionSet.Avx512 && (NarrowArithmetic.HasVectorBFloat16 || NarrowArithmetic.WhyNoTiles is null),
        _ => throw new ArgumentOutOfRangeException(nameof(precision), precision, "There is no such precision."),
    };
}
