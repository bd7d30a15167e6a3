using ResNetSharp.Cpu;

namespace ResNetSharp.Training;

/// <summary>What a <see cref="Precision"/> means on this machine.</summary>
internal static class PrecisionChoice
{
    /// <summary>
    /// Whether activations are kept as bfloat16: where that is left open, if kernels multiply such numbers, which they do where it is faster. Training
    /// reads and writes so much that it is enough if there are instructions that round to them.
    /// </summary>
    /// <param name="precision">What was asked for.</param>
    /// <param name="isTraining">Whether gradients are computed as well.</param>
    public static bool IsNarrow(this Precision precision, bool isTraining) => precision switch
    {
        Precision.Float32 => false,
        Precision.BFloat16 => true,
        Precision.Auto => NarrowArithmetic.HasBFloat16(InstructionSets.Selected)
            || (isTraining && InstructionSets.Selected >= InstructionSet.Avx512 && NarrowArithmetic.HasVectorBFloat16),
        _ => throw new ArgumentOutOfRangeException(nameof(precision), precision, "There is no such precision."),
    };
}
