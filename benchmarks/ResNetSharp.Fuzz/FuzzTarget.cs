namespace ResNetSharp.Fuzz;

/// <summary>A parser with files to damage for it.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Corpus">Sound and already broken files.</param>
/// <param name="Read">Reads everything in a file.</param>
sealed record FuzzTarget(string Name, IReadOnlyList<(string Name, byte[] Bytes)> Corpus, Action<byte[]> Read)
{
    /// <summary>Makes checksums right again, in three of four cases.</summary>
    public Action<byte[]>? Repair { get; init; }

    /// <summary>Whether the files are JSON, which half of the damage leaves JSON.</summary>
    public bool IsJson { get; init; }

    /// <summary>Bytes that reading one file may allocate.</summary>
    public long AllocationLimit { get; init; } = 64 << 20;
}
