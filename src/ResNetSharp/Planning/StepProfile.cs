using System.Diagnostics;
using ResNetSharp.Graph;
using ResNetSharp.Graph.Operations;

namespace ResNetSharp.Planning;

/// <summary>What a node does within a training step; a prediction is all forward.</summary>
internal enum StepPhase
{
    /// <summary>Computes the loss or the predictions.</summary>
    Forward,

    /// <summary>Computes gradients.</summary>
    Backward,

    /// <summary>Changes a parameter.</summary>
    Update,
}

/// <summary>How long one node of a plan takes, and what it costs.</summary>
/// <param name="Layer">The path of the layer, such as <c>layer1.0.conv1</c>; empty outside of layers.</param>
/// <param name="Operation">What is done.</param>
/// <param name="Algorithm">How, where there are several ways.</param>
/// <param name="Phase">Whether it belongs to the forward pass.</param>
/// <param name="Type">What it computes with.</param>
/// <param name="Output">The shape of the first result.</param>
/// <param name="Seconds">The least time of several runs: the one that other work on the machine disturbed least.</param>
/// <param name="Cost">What has to be done at least.</param>
internal sealed record StepProfile(string Layer, string Operation, string Algorithm, StepPhase Phase, ElementType Type, Shape Output, double Seconds, NodeCost Cost)
{
    /// <summary>Measures every node that has a kernel, in order.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="loss">What the forward pass ends with; null for a prediction.</param>
    /// <param name="runs">How often each node is measured, after the plan has run before.</param>
    /// <param name="run">Runs the plan and writes the time of each of its steps.</param>
    public static IReadOnlyList<StepProfile> Measure(Plan plan, Tensor? loss, int runs, Action<long[]> run)
    {
        var nodes = plan.Owners.Distinct().ToList();
        var index = nodes.Select((node, i) => (node, i)).ToDictionary(pair => pair.node, pair => pair.i);
        var (least, sums) = (new long[nodes.Count], new long[nodes.Count]);
        Array.Fill(least, long.MaxValue);
        var ticks = new long[plan.Steps.Count];
        for (var r = 0; r < runs; r++)
        {
            run(ticks);
            Array.Clear(sums);
            for (var s = 0; s < ticks.Length; s++) sums[index[plan.Owners[s]]] += ticks[s];
            for (var i = 0; i < sums.Length; i++) least[i] = Math.Min(least[i], sums[i]);
        }
        var algorithms = plan.Owners.Zip(plan.Steps).ToLookup(pair => pair.First, pair => pair.Second.Algorithm);
        var turn = loss is null ? long.MaxValue : loss.Producer.Id;
        return [.. nodes.Select((node, i) => new StepProfile(LayerOf(node), node.Operation.Name, algorithms[node].Last(), PhaseOf(node, turn), node.Inputs[0].ElementType,
            node.Operation is ParameterUpdate update ? update.Parameter.Shape : node.Outputs[0].Shape, least[i] / (double)Stopwatch.Frequency, NodeCost.Of(node)))];
    }

    static StepPhase PhaseOf(Node node, long turn) =>
        node.Operation is ParameterUpdate ? StepPhase.Update : node.Id > turn ? StepPhase.Backward : StepPhase.Forward;

    /// <summary>The layer whose parameter is used, for a fused node stands in the scope of the last that was joined; else the node's own.</summary>
    static string LayerOf(Node node)
    {
        var parameter = node.Operation is ParameterUpdate update ? update.Parameter : node.Inputs.Select(ParameterRead.Of).OfType<Parameter>().FirstOrDefault();
        if (parameter is null) return node.Scope?.Layer.Path ?? "";
        return parameter.Name.Length > parameter.LocalName.Length ? parameter.Name[..^(parameter.LocalName.Length + 1)] : "";
    }
}
