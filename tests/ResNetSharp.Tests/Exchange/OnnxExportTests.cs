using ResNetSharp.Exchange;
using ResNetSharp.Formats;
using ResNetSharp.Layers;
using ResNetSharp.Models;

namespace ResNetSharp.Tests.Exchange;

public sealed class OnnxExportTests
{
    public static TheoryData<string> AllArchitectures => [.. Architectures.All.Select(a => a.Name)];

    [Fact]
    public void A_residual_network_is_written_as_other_programs_write_it()
    {
        using var onnx = Onnx.Export(Architectures.Create("cifar-resnet20"));
        Assert.Equal(
            ["Conv", "BatchNormalization", "Relu", "Conv", "BatchNormalization", "Relu", "Conv", "BatchNormalization", "Add", "Relu"],
            onnx.Graph.Nodes.Take(10).Select(n => n.Operator));
        Assert.Equal(["GlobalAveragePool", "Flatten", "Gemm"], onnx.Graph.Nodes.TakeLast(3).Select(n => n.Operator));
        var input = Assert.Single(onnx.Graph.Inputs);
        Assert.Equal("input", input.Name);
        Assert.Equal([new OnnxDimension(null, "batch"), new(3), new(32), new(32)], input.Dimensions);
        Assert.Equal([new OnnxDimension(null, "batch"), new(10)], Assert.Single(onnx.Graph.Outputs).Dimensions);
        Assert.Equal("cifar-resnet20", onnx.Metadata["architecture"]);
        Assert.Equal([new OnnxOperatorSet("", 17)], onnx.OperatorSets);
    }

    [Theory]
    [MemberData(nameof(AllArchitectures))]
    public void No_architecture_needs_its_images_turned(string name)
    {
        if (name == "cifar-resnet1202") return; // The same blocks as its sisters, many times.
        var model = Architectures.Create(name);
        var graph = Onnx.Export(model).Graph;
        Assert.DoesNotContain(graph.Nodes, n => n.Operator == "Transpose");
        AssertSound(graph);
        var written = graph.Initializers.ToDictionary(t => t.Name);
        foreach (var parameter in model.Parameters) Assert.Equal(TorchLayout.ShapeOf(parameter.Shape), written[parameter.Name].Shape);
    }

    [Fact]
    public void Folding_leaves_no_normalization_after_a_convolution()
    {
        using var onnx = Onnx.Export(Architectures.Create("cifar-resnet20"), fold: true);
        Assert.DoesNotContain(onnx.Graph.Nodes, n => n.Operator == "BatchNormalization");
        AssertSound(onnx.Graph);
    }

    [Fact]
    public void A_model_that_has_seen_no_input_cannot_be_exported() =>
        Assert.Contains("Build", Assert.Throws<InvalidOperationException>(() => Onnx.Export(new Sequential(new Flatten()))).Message, StringComparison.Ordinal);

    /// <summary>Every name is made once, before it is used.</summary>
    internal static void AssertSound(OnnxGraph graph)
    {
        var known = new HashSet<string>(graph.Inputs.Select(i => i.Name));
        foreach (var tensor in graph.Initializers) Assert.True(known.Add(tensor.Name), $"{tensor.Name} occurs twice");
        foreach (var node in graph.Nodes)
        {
            Assert.All(node.Inputs, name => Assert.Contains(name, known));
            foreach (var output in node.Outputs) Assert.True(known.Add(output), $"{output} occurs twice");
        }
        Assert.Equal(graph.Nodes.Count, graph.Nodes.Select(n => n.Name).Distinct().Count());
        Assert.All(graph.Outputs, o => Assert.Contains(o.Name, known));
    }
}
