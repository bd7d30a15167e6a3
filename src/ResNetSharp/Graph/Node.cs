using ResNetSharp.Layers;

namespace ResNetSharp.Graph;

/// <summary>One operation applied to tensors. Nodes never change, and are numbered in the order of creation, which is a valid order of evaluation.</summary>
internal sealed class Node
{
    static long count;

    public Node(Operation operation, Tensor[] inputs)
    {
        Operation = operation;
        Inputs = inputs;
        var shapes = operation.InferShapes(inputs.Select(t => t.Shape).ToArray());
        Id = Interlocked.Increment(ref count);
        Scope = LayerScope.Current;
        Outputs = new Tensor[shapes.Length];
        var types = inputs.Select(t => t.ElementType).ToArray();
        for (var i = 0; i < shapes.Length; i++) Outputs[i] = new Tensor(this, i, shapes[i], operation.TypeOf(i, types));
    }

    public Operation Operation { get; }

    public Tensor[] Inputs { get; }

    public Tensor[] Outputs { get; }

    public long Id { get; }

    /// <summary>The layers that were being applied when the node was made; null outside of layers.</summary>
    public LayerScope? Scope { get; }

    /// <summary>All nodes that the tensors depend on, each after its inputs.</summary>
    public static List<Node> Reachable(IEnumerable<Tensor> from)
    {
        var seen = new HashSet<Node>();
        var pending = new Stack<Node>(from.Select(t => t.Producer));
        while (pending.TryPop(out var node))
            if (seen.Add(node))
                foreach (var input in node.Inputs) pending.Push(input.Producer);
        var ordered = seen.ToList();
        ordered.Sort((a, b) => a.Id.CompareTo(b.Id));
        return ordered;
    }
}
