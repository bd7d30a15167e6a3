namespace ResNetSharp.Layers;

/// <summary>Orders what a classifier gives.</summary>
internal static class Ranking
{
    /// <summary>The places with the largest values, the largest first; of equal ones the first.</summary>
    public static IReadOnlyList<(int Index, float Value)> Best(ReadOnlySpan<float> row, int count) =>
        [.. row.ToArray().Index().OrderByDescending(pair => pair.Item).Take(count)];
}
