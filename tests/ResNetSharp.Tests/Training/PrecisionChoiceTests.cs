using ResNetSharp.Cpu;
using ResNetSharp.Tests.Cli;
using ResNetSharp.Training;

namespace ResNetSharp.Tests.Training;

public class PrecisionChoiceTests
{
    [Fact]
    public void Bfloat16_is_chosen_where_kernels_multiply_such_numbers_and_to_train_where_they_round_to_them()
    {
        foreach (var isTraining in new[] { false, true })
        {
            Assert.False(Precision.Float32.IsNarrow(isTraining));
            Assert.True(Precision.BFloat16.IsNarrow(isTraining));
            var hasProducts = InstructionSets.Selected is InstructionSet.Amx or InstructionSet.Avx512BFloat16;
            var rounds = InstructionSets.Selected == InstructionSet.Avx512 && InstructionSets.IsSupported(InstructionSet.Avx512BFloat16);
            Assert.Equal(hasProducts || (rounds && isTraining), Precision.Auto.IsNarrow(isTraining));
        }
    }

    /// <summary>Kernels for pairs in registers are left aside where registers of single-precision numbers are faster, which some processors' are by far.</summary>
    [Fact]
    public void Registers_multiply_pairs_where_that_is_faster()
    {
        if (!InstructionSets.IsSupported(InstructionSet.Avx512BFloat16)) return;
        using var alone = new Workers(1);
        double narrow = 0, wide = 0;
        // In turns, so that a busy moment meets both.
        for (var turn = 0; turn < 4; turn++)
        {
            narrow = Math.Max(narrow, MachinePeak.GigaOperations(alone, InstructionSet.Avx512BFloat16, NarrowType.BFloat16, rounds: 5)!.Value);
            wide = Math.Max(wide, MachinePeak.GigaFlops(alone, InstructionSet.Avx512, rounds: 5));
        }
        Assert.Equal(NarrowArithmetic.HasSlowVectorBFloat16, narrow < wide);
    }

    [Fact]
    public void A_model_is_trained_in_what_is_chosen()
    {
        var chosen = Precision.Auto.IsNarrow(isTraining: true) ? "bf16" : "fp32";
        Assert.Equal(chosen, CommandRun.Of("bench", "train/seed-functional-28", "--reps", "1", "--precision", "auto").Json.GetProperty("mode").GetString());
    }
}
