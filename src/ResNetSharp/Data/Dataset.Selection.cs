namespace ResNetSharp.Data;

public abstract partial class Dataset
{
    /// <summary>The first pictures.</summary>
    /// <param name="count">How many; all, where there are fewer.</param>
    /// <exception cref="ArgumentOutOfRangeException">Less than one.</exception>
    public Dataset Take(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        return Range(0, Math.Min(count, Count));
    }

    /// <summary>All but the first pictures.</summary>
    /// <param name="count">How many to leave out; at least one picture must remain.</param>
    /// <exception cref="ArgumentOutOfRangeException">Negative, or no picture remains.</exception>
    public Dataset Skip(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(count, Count);
        return Range(count, Count - count);
    }

    /// <summary>Some of the pictures, in a given order.</summary>
    /// <param name="indices">Which ones; an index may occur more than once.</param>
    /// <exception cref="ArgumentException">None is given.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An index does not exist.</exception>
    public Dataset Select(params ReadOnlySpan<int> indices)
    {
        if (indices.IsEmpty) throw new ArgumentException("a data set needs at least one picture", nameof(indices));
        foreach (var index in indices) CheckIndex(index);
        return new SubsetDataset(this, indices.ToArray());
    }

    /// <summary>All pictures in a random order that stays the same.</summary>
    /// <param name="seed">Which order.</param>
    public Dataset Shuffle(ulong seed) => new SubsetDataset(this, Order(seed));

    /// <summary>Cuts the data set in two, such as one part for training and one for validation.</summary>
    /// <param name="fraction">The share of the first part, between 0 and 1; each part gets at least one picture.</param>
    /// <param name="shuffleSeed">Puts the pictures in the random order of this seed before the cut; by default the order stays.</param>
    /// <param name="stratify">Whether each class is cut in the same proportion.</param>
    /// <exception cref="ArgumentOutOfRangeException">The fraction is not between 0 and 1.</exception>
    /// <exception cref="InvalidOperationException">There are fewer than two pictures.</exception>
    public (Dataset First, Dataset Second) Split(double fraction, ulong? shuffleSeed = null, bool stratify = false)
    {
        if (fraction is not (> 0 and < 1)) throw new ArgumentOutOfRangeException(nameof(fraction), fraction, "a fraction is between 0 and 1");
        if (Count < 2) throw new InvalidOperationException("a data set of one picture cannot be split");
        var order = shuffleSeed is { } seed ? Order(seed) : Enumerable.Range(0, Count).ToArray();
        var count = Math.Clamp((int)Math.Round(fraction * Count), 1, Count - 1);
        if (stratify) StratifiedSplit.Arrange(order, Array.ConvertAll(order, GetLabel), ClassNames.Count, fraction, count);
        return (new SubsetDataset(this, order[..count]), new SubsetDataset(this, order[count..]));
    }

    SubsetDataset Range(int first, int count) => new(this, [.. Enumerable.Range(first, count)]);

    int[] Order(ulong seed)
    {
        var order = Enumerable.Range(0, Count).ToArray();
        new RandomSource(seed).Shuffle<int>(order);
        return order;
    }
}
