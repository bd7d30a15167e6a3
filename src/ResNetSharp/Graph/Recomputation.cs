using ResNetSharp.Graph.Operations;
using ResNetSharp.Layers;

namespace ResNetSharp.Graph;

/// <summary>
/// Trades time for memory in a training step: activations that cost little work for their size are let go after the forward pass and
/// computed again, by the same operations on the same numbers, when the backward pass first needs them (Chen et al., 2016, "Training Deep
/// Nets with Sublinear Memory Cost", with the choice made by cost instead of by place).
/// </summary>
internal sealed class Recomputation : Rewriter
{
    /// <summary>The most operations that the room of a number is worth: between those of the wide 1x1 convolutions and those of the 3x3 ones of a ResNet-50.</summary>
    const double WorkPerNumber = 1280;

    /// <summary>The same for what is always let go: a normalization is cheaper, a convolution is not.</summary>
    const double WorkPerNormalizedNumber = 240;

    /// <summary>The share of a step's work that large normalizations may take a second time in any case.</summary>
    const double UnnoticedWork = 0.01;

    /// <summary>The least numbers of an activation whose memory is always worth that.</summary>
    const long ManyNumbers = 3 << 20;

    /// <summary>The operations that a processor does while it moves a byte.</summary>
    const double WorkOfTraffic = 20;

    readonly long turn;
    readonly bool all;
    readonly HashSet<Tensor> kept = [];
    readonly HashSet<Tensor> dropped = [];
    readonly Dictionary<Tensor, Tensor> repeated = [];

    Recomputation(IReadOnlyList<Tensor> roots, Node loss, bool all)
    {
        turn = loss.Id;
        this.all = all;
        var nodes = Node.Reachable(roots);
        Choose(nodes.Where(IsForward).ToList(), nodes.Where(node => !IsForward(node)).ToList(), roots);
    }

    /// <summary>Rewrites a training step.</summary>
    /// <param name="roots">The loss first, then what else is read, then the updates; all passes have been over them.</param>
    /// <param name="all">
    /// Whether everything that costs little is let go; otherwise only what is not noticed: what a max pooling reads, which is the largest activation
    /// of a network that begins with one, and no convolution's input, so that nothing else would keep it; and a few other large normalizations.
    /// </param>
    public static Tensor[] Apply(IReadOnlyList<Tensor> roots, bool all) => new Recomputation(roots, roots[0].Producer, all).Rewrite(roots);

    protected override Tensor[]? Replace(Node node, Tensor[] inputs)
    {
        if (IsForward(node)) return null;
        for (var i = 0; i < inputs.Length; i++)
            if (dropped.Contains(node.Inputs[i])) inputs[i] = Repeat(node.Inputs[i]);
        return node.Operation.ApplyAll(inputs);
    }

    bool IsForward(Node node) => node.Id <= turn;

    /// <summary>Decides what is let go. What an activation costs includes everything else that has to be computed again for it.</summary>
    void Choose(List<Node> forward, List<Node> backward, IReadOnlyList<Tensor> roots)
    {
        var saved = backward.SelectMany(node => node.Inputs).ToHashSet();
        var wanted = all ? saved : Unnoticed(forward, backward, saved);
        var work = new Dictionary<Tensor, double>();
        foreach (var node in forward)
        {
            var total = Work(node) + node.Inputs.Sum(input => work[input]);
            foreach (var output in node.Outputs)
            {
                if (wanted.Contains(output) && CanRepeat(output) && !roots.Contains(output) && total <= (all ? WorkPerNumber : WorkPerNormalizedNumber) * output.Shape.Size)
                    dropped.Add(output);
                if (node.Operation is Leaf || saved.Contains(output) && !dropped.Contains(output)) kept.Add(output);
                work[output] = kept.Contains(output) ? 0 : CanRepeat(output) ? total : double.PositiveInfinity;
            }
        }
    }

    /// <summary>What may be let go without being asked for: what max poolings read, and the largest of the other normalizations.</summary>
    static HashSet<Tensor> Unnoticed(List<Node> forward, List<Node> backward, HashSet<Tensor> saved)
    {
        var chosen = backward.Where(node => node.Operation is MaxPoolGradient).Select(node => node.Inputs[0]).ToHashSet();
        var left = UnnoticedWork * forward.Concat(backward).Sum(Work);
        var large = forward.Where(node => node.Operation is BatchNormTraining { HasResidual: false }).Select(node => node.Outputs[0])
            .Where(output => output.Shape.Size >= ManyNumbers && saved.Contains(output) && !chosen.Contains(output)).OrderByDescending(output => output.Shape.Size);
        foreach (var output in large.ToList())
        {
            left -= Work(output.Producer);
            if (left < 0) break;
            chosen.Add(output);
        }
        return chosen;
    }

    static double Work(Node node)
    {
        var cost = NodeCost.Of(node);
        return cost.Flops + WorkOfTraffic * cost.Bytes;
    }

    /// <summary>Whether an output can be computed a second time with nothing but itself changed. Statistics are small, and are kept.</summary>
    static bool CanRepeat(Tensor output) => output.Index == 0;

    /// <summary>The activation computed again, once for all that read it.</summary>
    Tensor Repeat(Tensor tensor)
    {
        if (kept.Contains(tensor)) return Mapped(tensor);
        if (repeated.TryGetValue(tensor, out var found)) return found;
        var node = tensor.Producer;
        var inputs = node.Inputs.Select(Repeat).ToArray();
        var outer = LayerScope.Resume(node.Scope);
        try
        {
            return repeated[tensor] = node.Operation is BatchNormTraining norm
                // The batch's statistics are known, and the running ones have been updated already.
                ? new BatchNormRepeat(norm.HasResidual, norm.Relu).Apply([.. inputs[..3], Mapped(node.Outputs[1]), Mapped(node.Outputs[2]), .. inputs[5..]])
                : node.Operation.ApplyAll(inputs)[0];
        }
        finally
        {
            LayerScope.Leave(outer);
        }
    }
}
