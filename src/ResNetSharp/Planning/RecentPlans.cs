namespace ResNetSharp.Planning;

/// <summary>Keeps the plans of the input shapes that were used last, and lets go of the one that was not used for longest.</summary>
/// <param name="capacity">How many are kept.</param>
internal sealed class RecentPlans<TPlan>(int capacity) where TPlan : class
{
    // The one used last stands last.
    readonly List<(Shape Inputs, TPlan Plan)> plans = new(capacity);

    /// <summary>How many are kept now.</summary>
    public int Count => plans.Count;

    /// <summary>The plan for a shape, or null.</summary>
    public TPlan? Find(Shape inputs)
    {
        for (var i = plans.Count - 1; i >= 0; i--)
        {
            var entry = plans[i];
            if (entry.Inputs != inputs) continue;
            if (i < plans.Count - 1)
            {
                plans.RemoveAt(i);
                plans.Add(entry);
            }
            return entry.Plan;
        }
        return null;
    }

    /// <summary>Keeps a plan for a shape that has none.</summary>
    /// <returns>The plan.</returns>
    public TPlan Add(Shape inputs, TPlan plan)
    {
        if (plans.Count == capacity) plans.RemoveAt(0);
        plans.Add((inputs, plan));
        return plan;
    }

    /// <summary>Lets go of all.</summary>
    public void Clear() => plans.Clear();
}
