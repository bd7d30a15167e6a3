using System.Reflection;
using ResNetSharp.Formats;
using ResNetSharp.Graph;
using ResNetSharp.Graph.Operations;
using ResNetSharp.Layers;
using ResNetSharp.Training;

namespace ResNetSharp.Exchange;

/// <summary>Writes down the graph that a model computes in prediction.</summary>
internal static class OnnxExporter
{
    const int OperatorSet = 17;

    static readonly string[] axisNames = ["batch", "height", "width", "channels"];

    public static OnnxModel Export(Model model, bool fold)
    {
        if (model.InputShape is not { } shape)
            throw new InvalidOperationException("the model has not seen an input yet; call Build(height, width, channels) before it is exported");
        var input = Tensor.Input(shape);
        var output = model.Describe(input);
        if (model.Calibration is { } table)
            output = new QuantizationUnfolding().Rewrite(QuantizationPass.Rewrite(Passes.ForInference([output]), table))[0];
        else if (RoundingPass.Applies([output]))
            output = new QuantizationUnfolding().Rewrite(new RoundingPass().Rewrite(Passes.ForInference([output])))[0];
        else if (fold) output = new NormalizationFolding().Rewrite([output])[0];
        var builder = new OnnxGraphBuilder(model.Parameters.Select(p => p.Name));
        var translation = new OnnxTranslation(builder);
        var (inputOrder, outputOrder) = (AxisOrder.Usual(shape.Rank), AxisOrder.Usual(output.Shape.Rank));
        var inputName = builder.NewName("input");
        builder.Set(input, inputOrder, inputName);
        foreach (var node in Node.Reachable([output]))
            if (node.Operation is not Leaf) translation.Translate(node);
        var outputName = builder.NameOutput(output, outputOrder);
        return new OnnxModel
        {
            ProducerName = "ResNetSharp",
            ProducerVersion = typeof(OnnxExporter).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "",
            OperatorSets = [new OnnxOperatorSet("", OperatorSet)],
            Metadata = Checkpoint.Describe(model),
            Graph = new OnnxGraph
            {
                Name = model.Name ?? model.TypeName,
                Nodes = builder.Nodes,
                Initializers = builder.Initializers,
                Inputs = [Value(inputName, shape, inputOrder)],
                Outputs = [Value(outputName, output.Shape, outputOrder)],
            },
        };
    }

    static OnnxValue Value(string name, Shape shape, AxisOrder order) => new(name, TensorType.Float32,
        [.. order.Select(axis => shape[axis] == Shape.Unknown ? new OnnxDimension(null, axisNames.ElementAtOrDefault(axis)) : new OnnxDimension(shape[axis]))]);
}
