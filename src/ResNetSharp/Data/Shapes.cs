namespace ResNetSharp.Data;

/// <summary>
/// Ten kinds of plain shapes that the program draws itself, 32x32 in colour: at random places, sizes, angles and colours, over textured
/// backgrounds with noise. Small enough to try a network on without fetching anything, and not trivial. A picture follows from the seed
/// and its index.
/// </summary>
public static class Shapes
{
    internal const string Name = "shapes";

    /// <summary>The names of the classes.</summary>
    public static IReadOnlyList<string> ClassNames { get; } =
        ["circle", "square", "triangle", "star", "cross", "ring", "crescent", "semicircle", "bar", "arrow"];

    /// <summary>Makes a training and a test set; pictures are drawn when they are first read and then kept.</summary>
    /// <param name="trainCount">Pictures to train with.</param>
    /// <param name="testCount">Pictures to test with; none of them is among the others.</param>
    /// <param name="seed">Other seeds give other pictures.</param>
    public static (Dataset Train, Dataset Test) Load(int trainCount = 20_000, int testCount = 4_000, ulong seed = 0) =>
        (new ShapesDataset(trainCount, seed, part: 0).CacheDecoded(), new ShapesDataset(testCount, seed, part: 1).CacheDecoded());

    internal static ResolvedDataset Resolve()
    {
        var (train, test) = Load();
        return new ResolvedDataset(train, test, $"{Name} (drawn by the program)");
    }
}
