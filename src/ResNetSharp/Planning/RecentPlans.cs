namespace ResNetSharp.Planning;

/// <summary>Keeps the plans that were used last, each under what it was made for, such as an input shape, and lets go of the one that was not used for longest.</summary>
/// <param name="capacity">How many are kept.</param>
internal sealed class RecentPlans<TKey, TPlan>(int capacity) where TKey : IEquatable<TKey> where TPlan : class
{
    // The one used last stands last.
    readonly List<(TKey Key, TPlan Plan)> plans = new(capacity);

    /// <summary>How many are kept now.</summary>
    public int Count => plans.Count;

    /// <summary>The plan for a key, or null.</summary>
    public TPlan? Find(TKey key)
    {
        for (var i = plans.Count - 1; i >= 0; i--)
        {
            var entry = plans[i];
            if (!entry.Key.Equals(key)) continue;
            if (i < plans.Count - 1)
            {
                plans.RemoveAt(i);
                plans.Add(entry);
            }
            return entry.Plan;
        }
        return null;
    }

    /// <summary>Keeps a plan for a key that has none.</summary>
    /// <returns>The plan.</returns>
    public TPlan Add(TKey key, TPlan plan)
    {
        if (plans.Count == capacity) plans.RemoveAt(0);
        plans.Add((key, plan));
        return plan;
    }

    /// <summary>Lets go of all.</summary>
    public void Clear() => plans.Clear();
}
