using ResNetSharp.Graph;
using ResNetSharp.Graph.Operations;

namespace ResNetSharp.Planning;

/// <summary>The order in which a plan computes nodes.</summary>
internal static class Schedule
{
    /// <summary>
    /// The order of creation, except that an optimizer's update stands as early as it may, after the last reader of its parameter, so
    /// that the memory of gradients can be used again.
    /// </summary>
    public static List<Node> Order(IEnumerable<Tensor> roots)
    {
        var nodes = Node.Reachable(roots);
        var lastReader = new Dictionary<Parameter, Node>();
        foreach (var node in nodes)
            foreach (var input in node.Inputs)
                if (ParameterRead.Of(Viewed(input)) is { } parameter)
                    lastReader[parameter] = node;
        var updates = nodes.Where(n => n.Operation is ParameterUpdate).ToLookup(n =>
        {
            var gradient = n.Inputs[0].Producer;
            var reader = lastReader.GetValueOrDefault(((ParameterUpdate)n.Operation).Parameter, gradient);
            return reader.Id > gradient.Id ? reader : gradient;
        });
        var ordered = new List<Node>(nodes.Count);
        foreach (var node in nodes)
        {
            if (node.Operation is not ParameterUpdate) ordered.Add(node);
            ordered.AddRange(updates[node]);
        }
        return ordered;
    }

    /// <summary>The tensor whose memory a view shows.</summary>
    static Tensor Viewed(Tensor tensor) => tensor.Producer.Operation.ViewOf is >= 0 and var input ? Viewed(tensor.Producer.Inputs[input]) : tensor;
}
