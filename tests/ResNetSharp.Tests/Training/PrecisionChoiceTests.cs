using ResNetSharp.Cpu;
using ResNetSharp.Tests.Cli;
using ResNetSharp.Training;

namespace ResNetSharp.Tests.Training;

public class PrecisionChoiceTests
{
    [Fact]
    public void Bfloat16_is_chosen_with_matrix_tiles_and_not_without_products_of_its_own()
    {
        foreach (var set in Enum.GetValues<InstructionSet>().Where(InstructionSets.IsSupported))
        {
            var narrow = PrecisionChoice.NarrowIsFaster(set);
            // 512-bit products of bfloat16 numbers are twice as fast as others on some processors, and half as fast on others.
            if (set != InstructionSet.Avx512) Assert.Equal(set == InstructionSet.Amx, narrow);
        }
    }

    [Fact]
    public void A_model_is_trained_in_what_is_chosen()
    {
        var chosen = Precision.Auto.IsNarrow() ? "bf16" : "fp32";
        Assert.Equal(chosen, CommandRun.Of("bench", "train/seed-functional-28", "--reps", "1", "--precision", "auto").Json.GetProperty("mode").GetString());
    }
}
