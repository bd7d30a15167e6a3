using ResNetSharp.Graph.Operations;
using ResNetSharp.Quantization;

namespace ResNetSharp.Graph;

/// <summary>
/// Lets a graph for prediction work on bytes wherever calibration found ranges. Convolutions and dense layers always do; operations between
/// them do where their inputs are bytes anyway; everything else reads the numbers that the bytes stand for.
/// </summary>
internal sealed class QuantizationPass : Rewriter
{
    readonly CalibrationTable table;
    readonly Dictionary<Tensor, string> names;
    readonly HashSet<Node> able = [];
    readonly HashSet<Node> quantized = [];
    readonly Dictionary<Tensor, QuantizationParameters> parameters = [];
    readonly HashSet<Tensor> wanted = [];
    readonly Dictionary<Tensor, Tensor> bytes = [];

    QuantizationPass(IReadOnlyList<Tensor> outputs, CalibrationTable table)
    {
        this.table = table;
        names = ActivationNames.Of(outputs);
        var nodes = Node.Reachable(outputs);
        foreach (var node in nodes) FindParameters(node);
        for (var i = nodes.Count - 1; i >= 0; i--) Decide(nodes[i]);
    }

    /// <summary>Rewrites a graph that <see cref="Passes.ForInference"/> made.</summary>
    public static Tensor[] Rewrite(IReadOnlyList<Tensor> outputs, CalibrationTable table) => new QuantizationPass(outputs, table).Rewrite(outputs);

    protected override Tensor[]? Replace(Node node, Tensor[] inputs)
    {
        var output = node.Outputs[0];
        if (!quantized.Contains(node)) return null;
        var byteInputs = QuantizableOperations.ByteInputs(node).ToHashSet();
        var asBytes = inputs.Select((input, i) => byteInputs.Contains(i) ? Bytes(node.Inputs[i], input) : input).ToArray();
        var inputParameters = node.Inputs.Select((input, i) => byteInputs.Contains(i) ? parameters[input] : (QuantizationParameters?)null).ToArray();
        var outputParameters = wanted.Contains(output) ? parameters[output] : (QuantizationParameters?)null;
        if (QuantizableOperations.WeightsOf(node) is { } weights)
        {
            var product = new QuantizedProduct(node.Operation, table.WeightScales[weights.Name], inputParameters, outputParameters).Apply(asBytes);
            return [outputParameters is { } made ? Numbers(output, product, made) : product];
        }
        var own = parameters[output];
        return [Numbers(output, Function(node, asBytes, inputParameters, own), own)];
    }

    static Tensor Function(Node node, Tensor[] inputs, QuantizationParameters?[] inputParameters, QuantizationParameters output) => node.Operation switch
    {
        Pad pad => new Pad(pad.Before, pad.After, output.ZeroPoint).Apply(inputs),
        var keeps when QuantizableOperations.KeepsParameters(keeps) => keeps.Apply(inputs),
        var source => new QuantizedFunction(source, inputParameters, output, source is BatchNormInference { Relu: true }).Apply(inputs),
    };

    /// <summary>The bytes behind a tensor of the new graph.</summary>
    Tensor Bytes(Tensor old, Tensor current)
    {
        if (bytes.TryGetValue(old, out var found)) return found;
        return bytes[old] = new QuantizeLinear(parameters[old]).Apply(current);
    }

    /// <summary>The numbers that some bytes stand for; computed only if somebody reads them.</summary>
    Tensor Numbers(Tensor old, Tensor made, QuantizationParameters own)
    {
        bytes[old] = made;
        return new DequantizeLinear(own).Apply(made);
    }

    /// <summary>Finds out what bytes of a node's output would stand for, and whether the node could compute them. Inputs come before.</summary>
    void FindParameters(Node node)
    {
        var output = node.Outputs[0];
        if (!names.TryGetValue(output, out var name)) return;
        var reads = ByteReads(node);
        if (reads.Count > 0 && QuantizableOperations.KeepsParameters(node.Operation) && parameters.TryGetValue(reads[0], out var same)) parameters[output] = same;
        else if (table.Activations.TryGetValue(name, out var range)) parameters[output] = range.Parameters;
        if (reads.Count == 0 || !reads.All(parameters.ContainsKey)) return;
        var works = QuantizableOperations.WeightsOf(node) is { } weights
            ? table.WeightScales.ContainsKey(weights.Name)
            : parameters.ContainsKey(output) && reads.All(t => able.Contains(t.Producer));
        if (works) able.Add(node);
    }

    /// <summary>Decides whether a node works on bytes: for its own sake, or for those who read it. Readers come before.</summary>
    void Decide(Node node)
    {
        if (!able.Contains(node)) return;
        if (QuantizableOperations.WeightsOf(node) is null && !wanted.Contains(node.Outputs[0])) return;
        quantized.Add(node);
        wanted.UnionWith(ByteReads(node));
    }

    static List<Tensor> ByteReads(Node node) => [.. QuantizableOperations.ByteInputs(node).Select(i => node.Inputs[i])];
}
