using ResNetSharp.Cpu;

namespace ResNetSharp.Training;

/// <summary>What a <see cref="Precision"/> means on this machine.</summary>
internal static class PrecisionChoice
{
    static readonly Lazy<bool> narrowIsFaster = new(() => NarrowIsFaster(InstructionSets.Selected));

    /// <summary>Whether activations are kept as bfloat16.</summary>
    public static bool IsNarrow(this Precision precision) => precision switch
    {
        Precision.Float32 => false,
        Precision.BFloat16 => true,
        Precision.Auto => narrowIsFaster.Value,
        _ => throw new ArgumentOutOfRangeException(nameof(precision), precision, "There is no such precision."),
    };

    /// <summary>
    /// Whether products of bfloat16 numbers are faster than those of float32. To have them is not enough: some processors do them at half the
    /// speed in registers, though at many times in tiles. So they are measured, which takes a few milliseconds.
    /// </summary>
    public static bool NarrowIsFaster(InstructionSet set) =>
        MachinePeak.GigaOperations(Processor.Workers, set, NarrowType.BFloat16) > MachinePeak.GigaFlops(Processor.Workers, set);
}
