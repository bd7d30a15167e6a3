using ResNetSharp.Fuzz;

namespace ResNetSharp.Tests.Fuzzing;

/// <summary>A short run of the fuzzing program over every parser.</summary>
public sealed class FuzzTargetTests : IDisposable
{
    readonly FuzzTargets targets = new(SharedData.Find("data"));

    public void Dispose() => targets.Dispose();

    [Fact]
    public void Damaged_files_load_or_are_refused()
    {
        const int Files = 200;
        foreach (var target in targets.All.Where(target => target.Corpus.Count > 0))
            for (var number = 0; number < Files; number++)
            {
                FuzzCase.IsRefused(target.Read, FuzzCase.Make(target, number), target.AllocationLimit, out var defect);
                Assert.True(defect is null, $"{target.Name} --from {number} --count 1: {defect}");
            }
    }

    [Fact]
    public void Files_that_were_not_damaged_load()
    {
        foreach (var target in targets.All)
            foreach (var (name, bytes) in target.Corpus.Where(file => !file.Name.Contains('/', StringComparison.Ordinal) && file.Name != "model.weights.h5"))
                Assert.False(FuzzCase.IsRefused(target.Read, bytes, target.AllocationLimit, out var defect), $"{target.Name} {name} {defect}");
    }

    [Fact]
    public void A_number_names_one_file()
    {
        foreach (var target in targets.All.Where(target => target.Corpus.Count > 0)) Assert.Equal(FuzzCase.Make(target, 7), FuzzCase.Make(target, 7));
    }
}
