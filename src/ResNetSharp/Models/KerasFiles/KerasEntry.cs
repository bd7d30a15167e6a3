using System.Text.Json.Nodes;
using ResNetSharp.Layers;

namespace ResNetSharp.Models;

/// <summary>A layer of a network as Keras would have it.</summary>
/// <param name="Name">Its name, which no other layer has.</param>
/// <param name="ClassName">Its class in Keras.</param>
/// <param name="Config">Its settings, beside name and type.</param>
/// <param name="Inputs">What it is applied to.</param>
/// <param name="Shape">The shape of its output.</param>
/// <param name="Variables">Its parameters, in Keras' order and with Keras' names.</param>
/// <param name="Layer">The layer here that it was made of.</param>
internal sealed record KerasEntry(
    string Name, string ClassName, JsonObject Config, IReadOnlyList<KerasEntry> Inputs, Shape Shape, IReadOnlyList<(string Name, Parameter Parameter)> Variables, Layer? Layer)
{
    /// <summary>Whether training changes it.</summary>
    public bool IsTrainable => Variables.Count == 0 || !Variables[0].Parameter.Frozen;

    /// <summary>Entries are their own identity: two of equal content are two layers.</summary>
    public bool Equals(KerasEntry? other) => ReferenceEquals(this, other);

    /// <inheritdoc/>
    public override int GetHashCode() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(this);

    /// <summary>
    /// All layers that an output depends on in Keras' order: by their distance from the output, the farthest first; at one distance in the order in
    /// which a walk from the output meets them.
    /// </summary>
    public static List<KerasEntry> InKerasOrder(KerasEntry output)
    {
        var met = new List<KerasEntry>();
        var seen = new HashSet<KerasEntry>();
        var pending = new Stack<KerasEntry>([output]);
        while (pending.TryPop(out var entry))
        {
            if (!seen.Add(entry)) continue;
            met.Add(entry);
            foreach (var input in entry.Inputs.Reverse()) pending.Push(input);
        }
        var depths = new Dictionary<KerasEntry, int>();
        foreach (var entry in Enumerable.Reverse(InputsFirst(output)))
        {
            var depth = depths.GetValueOrDefault(entry);
            depths[entry] = depth;
            foreach (var input in entry.Inputs) depths[input] = Math.Max(depth + 1, depths.GetValueOrDefault(input));
        }
        return [.. met.OrderByDescending(entry => depths[entry])];
    }

    static List<KerasEntry> InputsFirst(KerasEntry output)
    {
        var ordered = new List<KerasEntry>();
        var seen = new HashSet<KerasEntry>();
        var pending = new Stack<(KerasEntry Entry, bool IsDone)>([(output, false)]);
        while (pending.TryPop(out var next))
        {
            if (next.IsDone) ordered.Add(next.Entry);
            else if (seen.Add(next.Entry))
            {
                pending.Push((next.Entry, true));
                foreach (var input in next.Entry.Inputs) pending.Push((input, false));
            }
        }
        return ordered;
    }
}
