namespace ResNetSharp;

/// <summary>
/// A small, fast, seeded stream of random numbers whose sequence is the same on every machine and in every version: SplitMix64
/// (Steele, Lea, Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014).
/// </summary>
/// <param name="seed">Where the stream starts. Equal seeds give equal streams.</param>
public struct RandomSource(ulong seed)
{
    ulong state = seed;

    /// <summary>An independent stream for one purpose of many, such as one epoch or one picture.</summary>
    /// <param name="seed">The seed of the whole run.</param>
    /// <param name="first">What the stream is for, for example the epoch.</param>
    /// <param name="second">A second number, for example the index of a picture.</param>
    public static RandomSource For(ulong seed, ulong first, ulong second = 0) =>
        new(Mix(Mix(Mix(seed) + first) + second));

    /// <summary>The next 64 bits.</summary>
    public ulong NextUInt64() => Finish(state += 0x9E3779B97F4A7C15);

    /// <summary>A number in [0, 1), in steps of 2^-24.</summary>
    public float NextSingle() => (NextUInt64() >> 40) * (1f / (1 << 24));

    /// <summary>A number in [0, 1), in steps of 2^-53.</summary>
    public double NextDouble() => (NextUInt64() >> 11) * (1.0 / (1L << 53));

    /// <summary>A whole number in [0, <paramref name="exclusive"/>).</summary>
    /// <exception cref="ArgumentOutOfRangeException">The bound is not positive.</exception>
    public int NextInt(int exclusive)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(exclusive);
        return (int)Math.BigMul(NextUInt64(), (ulong)exclusive, out _);
    }

    /// <summary>A normally distributed number with mean 0 and standard deviation 1, by the Box-Muller transform.</summary>
    public double NextNormal()
    {
        var radius = Math.Sqrt(-2 * Math.Log(1 - NextDouble()));
        return radius * Math.Cos(2 * Math.PI * NextDouble());
    }

    /// <summary>Puts the items in random order (Fisher-Yates).</summary>
    public void Shuffle<T>(Span<T> items)
    {
        for (var i = items.Length - 1; i > 0; i--)
        {
            var j = NextInt(i + 1);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }

    /// <summary>A number for a name (FNV-1a), so that a stream can belong to what has the name.</summary>
    internal static ulong HashOf(string name)
    {
        var hash = 0xcbf29ce484222325;
        foreach (var c in name) hash = (hash ^ c) * 0x100000001b3;
        return hash;
    }

    static ulong Mix(ulong x) => Finish(x + 0x9E3779B97F4A7C15);

    static ulong Finish(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
