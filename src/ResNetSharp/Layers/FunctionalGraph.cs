using System.Text;
using ResNetSharp.Graph;
using ResNetSharp.Graph.Operations;

namespace ResNetSharp.Layers;

/// <summary>A network described by tensors: the nodes between an input and an output, and the layers they came from.</summary>
internal sealed class FunctionalGraph
{
    readonly Tensor input;
    readonly Tensor output;
    readonly List<Node> nodes;

    public FunctionalGraph(Tensor input, Tensor output)
    {
        if (input.Producer.Operation is not Input)
            throw new ArgumentException($"a model starts at Tensor.Input(...), not at a {input.Producer.Operation.Name}", nameof(input));
        nodes = Node.Reachable([output]);
        if (!nodes.Contains(input.Producer))
            throw new ArgumentException("the output does not depend on the input", nameof(output));
        if (nodes.FirstOrDefault(n => n.Operation is Input && n != input.Producer) is { } other)
            throw new ArgumentException($"the output also depends on another input, of shape {other.Outputs[0].Shape}", nameof(output));
        this.input = input;
        this.output = output;
        Layers = FindLayers();
    }

    public Shape InputShape => input.Shape;

    /// <summary>The layers in the order of use, operations that no layer made among them, each with a name of its own.</summary>
    public List<Layer> Layers { get; }

    /// <summary>The shape of a layer's last result within this graph.</summary>
    public Shape OutputShape(Layer layer) =>
        layer is OperationLayer operation ? operation.Node.Outputs[0].Shape : nodes.Last(n => Owner(n) == layer).Outputs[0].Shape;

    /// <summary>Describes the network again, from another input.</summary>
    public Tensor Replay(Tensor from)
    {
        CheckInput(from.Shape);
        var made = new Dictionary<Tensor, Tensor> { [input] = from };
        foreach (var node in nodes)
        {
            if (node.Operation is Leaf) continue;
            var outer = LayerScope.Nest(node.Scope);
            try
            {
                var outputs = node.Operation.ApplyAll([.. node.Inputs.Select(t => made.GetValueOrDefault(t, t))]);
                for (var i = 0; i < outputs.Length; i++) made[node.Outputs[i]] = outputs[i];
            }
            finally
            {
                LayerScope.Leave(outer);
            }
        }
        return made[output];
    }

    void CheckInput(Shape shape)
    {
        var expected = input.Shape;
        var fits = shape.Rank == expected.Rank && !expected.Where((extent, axis) => extent != Shape.Unknown && shape[axis] != extent).Any();
        if (!fits) throw new ShapeException($"the model takes inputs of shape {expected}, but got {shape}");
    }

    /// <summary>The layer that a user put into the functional graph, which is the outermost one.</summary>
    static Layer? Owner(Node node) => node.Scope?.Outermost;

    List<Layer> FindLayers()
    {
        var found = new List<Layer>();
        var seen = new HashSet<Layer>();
        foreach (var node in nodes)
        {
            if (node.Operation is Leaf) continue;
            var layer = Owner(node) ?? new OperationLayer(node);
            if (seen.Add(layer)) found.Add(layer);
        }
        var used = found.Select(l => l.Name).OfType<string>().ToHashSet();
        var counts = new Dictionary<string, int>();
        foreach (var layer in found)
        {
            if (layer.Name is not null) continue;
            var type = SnakeCase(layer.TypeName);
            do
            {
                var number = counts.GetValueOrDefault(type);
                counts[type] = number + 1;
                layer.Name = number == 0 ? type : $"{type}_{number}";
            }
            while (!used.Add(layer.Name));
        }
        return found;
    }

    /// <summary>Keras' automatic names: BatchNormalization becomes batch_normalization, Conv2D conv2d.</summary>
    static string SnakeCase(string name)
    {
        var text = new StringBuilder();
        for (var i = 0; i < name.Length; i++)
        {
            if (char.IsUpper(name[i]) && i > 0 && char.IsLower(name[i - 1])) text.Append('_');
            text.Append(char.ToLowerInvariant(name[i]));
        }
        return text.ToString();
    }
}
