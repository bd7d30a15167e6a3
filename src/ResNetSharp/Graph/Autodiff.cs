using ResNetSharp.Layers;

namespace ResNetSharp.Graph;

/// <summary>Reverse-mode differentiation: adds to a graph the nodes that compute gradients.</summary>
internal static class Autodiff
{
    /// <summary>The gradients of a scalar loss with respect to some tensors; null for one that the loss does not depend on.</summary>
    public static Tensor?[] Gradients(Tensor loss, IReadOnlyList<Tensor> targets)
    {
        if (loss.Shape.Rank != 0) throw new ShapeException($"gradients are taken of a scalar loss, not of a tensor of shape {loss.Shape}");
        var nodes = Node.Reachable([loss]);
        var varying = Varying(nodes, targets);
        var gradients = new Dictionary<Tensor, Tensor> { [loss] = Tensor.Full(new Shape(), 1) };
        for (var i = nodes.Count - 1; i >= 0; i--)
        {
            var node = nodes[i];
            var outputs = node.Outputs.Select(gradients.GetValueOrDefault).ToArray();
            var wanted = node.Inputs.Select(varying.Contains).ToArray();
            if (outputs.All(o => o is null) || !wanted.Contains(true)) continue;
            Propagate(node, outputs, wanted, gradients);
        }
        return [.. targets.Select(gradients.GetValueOrDefault)];
    }

    /// <summary>Adds the gradients of a node's inputs, which belong to the layer of the node.</summary>
    static void Propagate(Node node, Tensor?[] outputs, bool[] wanted, Dictionary<Tensor, Tensor> gradients)
    {
        var outer = LayerScope.Resume(node.Scope);
        try
        {
            var made = node.Operation.Gradients(node, outputs, wanted);
            for (var k = 0; k < made.Length; k++)
                if (made[k] is { } gradient)
                    gradients[node.Inputs[k]] = gradients.TryGetValue(node.Inputs[k], out var sum) ? sum + gradient : gradient;
        }
        finally
        {
            LayerScope.Leave(outer);
        }
    }

    /// <summary>The tensors that change when a target changes.</summary>
    static HashSet<Tensor> Varying(List<Node> nodes, IReadOnlyList<Tensor> targets)
    {
        var varying = new HashSet<Tensor>(targets);
        foreach (var node in nodes)
            if (node.Inputs.Any(varying.Contains))
                varying.UnionWith(node.Outputs);
        return varying;
    }
}
