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
    /// speed in registers, though at many times in tiles. So they are measured, which takes a few milliseconds: on one thread, for a loop that
    /// several share waits for the one that another program holds up, and in turns, so that a busy moment meets both.
    /// </summary>
    public static bool NarrowIsFaster(InstructionSet set)
    {
        using var alone = new Workers(1);
        double narrow = 0, wide = 0;
        for (var turn = 0; turn < 4; turn++)
        {
            narrow = Math.Max(narrow, MachinePeak.GigaOperations(alone, set, NarrowType.BFloat16, rounds: 5) ?? 0);
            wide = Math.Max(wide, MachinePeak.GigaFlops(alone, set, rounds: 5));
        }
        return narrow > wide;
    }
}
