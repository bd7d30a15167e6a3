using ResNetSharp.Graph.Operations;
using ResNetSharp.Layers;

namespace ResNetSharp.Graph;

/// <summary>Builds a changed copy of a graph, node by node from the inputs on.</summary>
internal abstract class Rewriter
{
    readonly Dictionary<Tensor, Tensor> replacements = [];
    readonly Dictionary<Parameter, Tensor> parameters = [];
    readonly Dictionary<Tensor, int> consumers = [];

    /// <summary>Rewrites all that the tensors depend on, and returns what they became.</summary>
    public Tensor[] Rewrite(IReadOnlyList<Tensor> outputs)
    {
        var nodes = Node.Reachable(outputs);
        foreach (var tensor in nodes.SelectMany(n => n.Inputs).Concat(outputs))
            consumers[tensor] = consumers.GetValueOrDefault(tensor) + 1;
        foreach (var node in nodes) Visit(node);
        return [.. outputs.Select(Mapped)];
    }

    /// <summary>What a tensor of the old graph became.</summary>
    public Tensor Mapped(Tensor old) => replacements.GetValueOrDefault(old, old);

    /// <summary>The outputs that stand in for a node's, or null to copy the node.</summary>
    /// <param name="node">The old node.</param>
    /// <param name="inputs">What its inputs became.</param>
    protected abstract Tensor[]? Replace(Node node, Tensor[] inputs);

    /// <summary>Whether nothing but one node reads a tensor of the old graph.</summary>
    protected bool HasOneConsumer(Tensor old) => consumers.GetValueOrDefault(old) == 1;

    void Visit(Node node)
    {
        if (node.Operation is Leaf)
        {
            // All reads of a parameter become one tensor, so that gradients have one place to go to.
            if (ParameterRead.Of(node.Outputs[0]) is { } parameter && !parameters.TryAdd(parameter, node.Outputs[0]))
                replacements[node.Outputs[0]] = parameters[parameter];
            return;
        }
        Tensor[] inputs = [.. node.Inputs.Select(Mapped)];
        var outer = LayerScope.Resume(node.Scope);
        try
        {
            var made = Replace(node, inputs) ?? node.Operation.ApplyAll(inputs);
            for (var i = 0; i < made.Length && i < node.Outputs.Length; i++) replacements[node.Outputs[i]] = made[i];
        }
        finally
        {
            LayerScope.Leave(outer);
        }
    }
}
