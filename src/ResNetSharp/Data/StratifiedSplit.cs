namespace ResNetSharp.Data;

/// <summary>Divides pictures so that each class is cut in the same proportion.</summary>
static class StratifiedSplit
{
    /// <summary>
    /// Moves the pictures of the first part to the front, keeping the order within both parts. Each class gives the whole part of its
    /// share; what rounding leaves over comes from the classes with the largest remainders, the lower label first.
    /// </summary>
    public static void Arrange(int[] order, int[] labels, int classes, double fraction, int count)
    {
        var quota = Quotas(labels, classes, fraction, count);
        var first = new List<int>(count);
        var second = new List<int>(order.Length - count);
        for (var i = 0; i < order.Length; i++) (quota[labels[i]]-- > 0 ? first : second).Add(order[i]);
        first.CopyTo(order);
        second.CopyTo(order, first.Count);
    }

    static int[] Quotas(int[] labels, int classes, double fraction, int count)
    {
        var sizes = new int[classes];
        foreach (var label in labels) sizes[label]++;
        var quota = Array.ConvertAll(sizes, size => (int)(size * fraction));
        var missing = count - quota.Sum();
        var byRemainder = Enumerable.Range(0, classes).Where(c => quota[c] < sizes[c])
            .OrderByDescending(c => sizes[c] * fraction - quota[c]).ThenBy(c => c);
        foreach (var c in byRemainder.Take(missing)) quota[c]++;
        return quota;
    }
}
