using ResNetSharp.Cpu;

namespace ResNetSharp.Training;

/// <summary>What a <see cref="Precision"/> means on this machine.</summary>
internal static class PrecisionChoice
{
    /// <summary>Whether activations are kept as bfloat16: where that is left open, if the kernels multiply such numbers, which they do where it is faster.</summary>
    public static bool IsNarrow(this Precision precision) => precision switch
    {
        Precision.Float32 => false,
        Precision.BFloat16 => true,
        Precision.Auto => NarrowArithmetic.HasBFloat16(InstructionSets.Selected),
        _ => throw new ArgumentOutOfRangeException(nameof(precision), precision, "There is no such precision."),
    };
}
