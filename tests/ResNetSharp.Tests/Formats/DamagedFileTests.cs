using ResNetSharp.Formats;
using ResNetSharp.Tests.Fuzzing;

namespace ResNetSharp.Tests.Formats;

/// <summary>Damaged files are refused or read, within memory that fits them.</summary>
public sealed class DamagedFileTests
{
    const long AllocationLimit = 200_000_000;
    const int LargestFile = 40_000;

    [SharedTheory(TinyCorpus.Folder)]
    [InlineData("safetensors", 60)]
    [InlineData("torch", 40)]
    [InlineData("hdf5", 60)]
    public void Damage_of_any_kind_is_survived(string format, int perFile)
    {
        var corpus = TinyCorpus.Files(format, "load", "refuse", "either")
            .Select(f => (Path.GetFileName(f.Path), File.ReadAllBytes(f.Path))).Where(f => f.Item2.Length < LargestFile).ToList();
        FuzzRun.Check(corpus, perFile, seed: 1, bytes => TinyCorpus.ReadAll(WeightFile.Open(bytes, "damaged")), AllocationLimit);
    }
}
