namespace ResNetSharp.Layers;

/// <summary>Orders what a classifier gives.</summary>
internal static class Ranking
{
    /// <summary>The places with the largest values, the largest first; of equal ones the first.</summary>
    public static (int Index, float Value)[] Best(ReadOnlySpan<float> row, int count)
    {
        var values = row.ToArray();
        var order = new int[values.Length];
        for (var i = 0; i < order.Length; i++) order[i] = i;
        // Sorting integers is compiled with the framework; sorting pairs would be compiled at a program's first prediction.
        Array.Sort(order, (a, b) => values[b].CompareTo(values[a]) is var byValue && byValue != 0 ? byValue : a.CompareTo(b));
        var best = new (int Index, float Value)[Math.Min(count, order.Length)];
        for (var rank = 0; rank < best.Length; rank++) best[rank] = (order[rank], values[order[rank]]);
        return best;
    }
}
