using ResNetSharp.Graph;
using ResNetSharp.Graph.Operations;

namespace ResNetSharp.Quantization;

/// <summary>
/// Names the activations of a graph for prediction, so that what calibration found in one plan is found again in any other plan of the same
/// network, whatever the size of its batches, and in a file.
/// </summary>
internal static class ActivationNames
{
    /// <summary>The name of the pictures.</summary>
    public const string Input = "input";

    /// <summary>The names of all floating-point tensors that depend on the input, in the order of computation.</summary>
    /// <param name="outputs">The ends of a graph that <see cref="Passes.ForInference"/> made.</param>
    public static Dictionary<Tensor, string> Of(IReadOnlyList<Tensor> outputs)
    {
        var names = new Dictionary<Tensor, string>();
        var taken = new Dictionary<string, int>();
        foreach (var node in Node.Reachable(outputs))
        {
            var output = node.Outputs[0];
            var isInput = node.Operation is Input && output.ElementType != ElementType.Int32;
            if (!isInput && !node.Inputs.Any(names.ContainsKey)) continue;
            var name = isInput ? Input : NameOf(node);
            // A layer that is applied twice, or computes several things.
            var uses = taken[name] = taken.GetValueOrDefault(name) + 1;
            names.Add(output, uses == 1 ? name : $"{name}#{uses}");
        }
        return names;
    }

    static string NameOf(Node node)
    {
        if (QuantizableOperations.WeightsOf(node) is { } weights) return TrimmedName(weights);
        var path = node.Scope?.Layer.Path ?? "";
        return path.Length == 0 ? node.Operation.Name : $"{path}.{node.Operation.Name}";
    }

    static string TrimmedName(Parameter weights)
    {
        const string suffix = ".weight";
        return weights.Name.EndsWith(suffix, StringComparison.Ordinal) ? weights.Name[..^suffix.Length] : weights.Name;
    }
}
