namespace ResNetSharp.Tests.Models;

public sealed class GoldenGeneratorTests
{
    [SharedFact("goldens.json")]
    public void The_generator_repeats_the_reference_vectors()
    {
        var vectors = Goldens.Root.GetProperty("generator_vectors");
        foreach (var vector in vectors.GetProperty("hash_hex").EnumerateObject())
            Assert.Equal(vector.Value.GetString(), $"{GoldenGenerator.Hash(vector.Name):x16}");
        foreach (var vector in vectors.GetProperty("first_mix_hex").EnumerateObject())
            Assert.Equal(vector.Value.EnumerateArray().Select(v => v.GetString()),
                Enumerable.Range(0, 3).Select(i => $"{GoldenGenerator.Mix(GoldenGenerator.Hash(vector.Name) + (ulong)i):x16}"));
    }
}
