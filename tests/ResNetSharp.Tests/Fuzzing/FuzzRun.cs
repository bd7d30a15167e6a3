using ResNetSharp.Fuzz;

namespace ResNetSharp.Tests.Fuzzing;

/// <summary>Feeds damaged files to a reader, which may load them or throw <see cref="InvalidDataException"/>, and nothing else.</summary>
static class FuzzRun
{
    /// <summary>Damages every file of a corpus a few times.</summary>
    /// <param name="corpus">Names and contents of sound (or already broken) files.</param>
    /// <param name="perFile">Damaged copies of each file.</param>
    /// <param name="seed">Chooses the damage.</param>
    /// <param name="read">The reader under test.</param>
    /// <param name="allocationLimit">Bytes the reader may allocate on the calling thread for one file.</param>
    public static void Check(IReadOnlyList<(string Name, byte[] Bytes)> corpus, int perFile, int seed, Action<byte[]> read, long allocationLimit)
    {
        Assert.NotEmpty(corpus);
        for (var file = 0; file < corpus.Count; file++)
        {
            for (var copy = 0; copy < perFile; copy++)
            {
                var mutator = new ByteMutator(unchecked(seed * 1_000_003 + file * 1009 + copy));
                var damaged = mutator.Mutate(corpus[file].Bytes, corpus[(file * 7 + copy) % corpus.Count].Bytes);
                FuzzCase.IsRefused(read, damaged, allocationLimit, out var defect);
                Assert.True(defect is null, $"{corpus[file].Name}, seed {seed}, copy {copy}: {defect}");
            }
        }
    }
}
