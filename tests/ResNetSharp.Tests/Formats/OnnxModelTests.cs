using System.Globalization;
using ResNetSharp.Formats;
using ResNetSharp.Tests.Fuzzing;

namespace ResNetSharp.Tests.Formats;

public sealed class OnnxModelTests
{
    [Fact]
    public void What_is_written_is_read_back()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("model.onnx");
        Model().Write(path);
        using var model = OnnxModel.Open(path);
        Assert.Equal((8L, "ResNetSharp", "1.2", 3L), (model.IrVersion, model.ProducerName, model.ProducerVersion, model.ModelVersion));
        Assert.Equal([new OnnxOperatorSet("", 13)], model.OperatorSets);
        Assert.Equal("ü", model.Metadata["remark"]);
        Assert.Equal(Model().Graph.Nodes.Select(Describe), model.Graph.Nodes.Select(Describe));
        Assert.Equal(Model().Graph.Initializers.Select(Describe), model.Graph.Initializers.Select(Describe));
        Assert.Equal([null, 3L, 4L, 4L], model.Graph.Inputs[0].Dimensions!.Select(d => d.Extent));
        Assert.Equal("batch", model.Graph.Inputs[0].Dimensions![0].Parameter);
        Assert.Equal(new OnnxDimension(), model.Graph.Outputs[0].Dimensions![3]);
        Assert.Null(model.Graph.Values[0].Dimensions);
        using var weights = WeightFile.Open(path);
        Assert.Equal(WeightFormat.Onnx, weights.Format);
        Assert.Equal(24, weights["w"].Count);
    }

    [PythonFact("onnx")]
    public void The_reference_library_accepts_what_is_written()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("model.onnx");
        Model().Write(path);
        var said = Python.Run(Python.With("onnx")!, $$"""
            import onnx
            from onnx import numpy_helper
            m = onnx.load('{{path.Replace("\\", "/", StringComparison.Ordinal)}}')
            onnx.checker.check_model(m)
            for n in m.graph.node:
                print(n.op_type, list(n.input), list(n.output), [(a.name, onnx.helper.get_attribute_value(a)) for a in n.attribute if a.type != 4])
            for t in m.graph.initializer:
                print(t.name, t.dims, numpy_helper.to_array(t).dtype, numpy_helper.to_array(t).flatten().tolist()[:3])
            """);
        Assert.Equal("""
            Conv ['x', 'w', ''] ['c'] [('strides', [2, 2]), ('group', 1), ('auto_pad', b'SAME_UPPER')]
            Elu ['c'] ['e'] [('alpha', 0.5)]
            Constant [] ['k'] []
            Mul ['e', 'k'] ['y'] []
            w [2, 3, 2, 2] float32 [0.0, 1.0, 2.0]
            s [] int64 [-1]
            """.ReplaceLineEndings("\n"), said.ReplaceLineEndings("\n"));
    }

    [PythonFact("torch")]
    public void A_file_that_PyTorch_exports_is_read()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("model.onnx");
        var said = Python.Run(Python.With("torch")!, $$"""
            import torch
            m = torch.nn.Sequential(torch.nn.Conv2d(3, 4, 3, stride=2, padding=1), torch.nn.ReLU(), torch.nn.Flatten(), torch.nn.Linear(64, 2)).eval()
            torch.onnx.export(m, torch.zeros(1, 3, 8, 8), '{{path.Replace("\\", "/", StringComparison.Ordinal)}}', input_names=['input'], output_names=['output'], dynamic_axes=dict(input={0: 'batch'}), opset_version=13)
            for p in m.parameters(): print(repr(p.double().sum().item()))
            """);
        using var model = OnnxModel.Open(path);
        Assert.Equal("pytorch", model.ProducerName);
        Assert.Equal(["Conv", "Relu", "Flatten", "Gemm"], model.Graph.Nodes.Select(n => n.Operator));
        Assert.Equal([2L, 2L], (long[])model.Graph.Nodes[0].Attributes.Single(a => a.Name == "strides").Value);
        Assert.Equal("batch", model.Graph.Inputs[0].Dimensions![0].Parameter);
        var sums = said.Split('\n').Select(line => double.Parse(line, CultureInfo.InvariantCulture)).ToArray();
        Assert.Equal(sums, model.Graph.Initializers.Select(t => t.ToFloats().Sum(x => (double)x)), new Tolerance(1e-9));
    }

    [Fact]
    public void Damage_of_any_kind_is_survived()
    {
        using var folder = new TemporaryFolder();
        Model().Write(folder.File("model.onnx"));
        var bytes = File.ReadAllBytes(folder.File("model.onnx"));
        FuzzRun.Check([("model.onnx", bytes)], 3000, seed: 5, damaged =>
        {
            using var model = OnnxModel.Open(damaged, "damaged");
            foreach (var tensor in model.Graph.Initializers) tensor.ReadBytes(0, new byte[tensor.ByteLength]);
        }, allocationLimit: 50_000_000);
    }

    static OnnxModel Model() => new()
    {
        ProducerName = "ResNetSharp",
        ProducerVersion = "1.2",
        ModelVersion = 3,
        OperatorSets = [new OnnxOperatorSet("", 13)],
        Metadata = new Dictionary<string, string> { ["remark"] = "ü" },
        Graph = new OnnxGraph
        {
            Name = "net",
            Nodes =
            [
                new OnnxNode("Conv", ["x", "w", ""], ["c"], [new("strides", [2L, 2L]), new("group", 1), new("auto_pad", "SAME_UPPER")], "first"),
                new OnnxNode("Elu", ["c"], ["e"], [new("alpha", 0.5f)]),
                new OnnxNode("Constant", [], ["k"], [new("value", StoredTensor.Create("", [1], new[] { 3f }))]),
                new OnnxNode("Mul", ["e", "k"], ["y"], []),
            ],
            Initializers =
            [
                StoredTensor.Create("w", [2, 3, 2, 2], Enumerable.Range(0, 24).Select(i => (float)i).ToArray()),
                StoredTensor.Create("s", [], new[] { -1L }),
            ],
            Inputs = [new OnnxValue("x", TensorType.Float32, [new(null, "batch"), new(3), new(4), new(4)])],
            Outputs = [new OnnxValue("y", TensorType.Float32, [new(null, "batch"), new(2), new(2), new()])],
            Values = [new OnnxValue("c", TensorType.Float32, null)],
        },
    };

    static string Describe(OnnxNode node) =>
        $"{node.Operator} {string.Join(",", node.Inputs)} {string.Join(",", node.Outputs)} {node.Name} "
        + string.Join(";", node.Attributes.Select(a => a.Name + "=" + (a.Value is long[] longs ? string.Join(",", longs) : a.Value is StoredTensor tensor ? Describe(tensor) : a.Value)));

    static string Describe(StoredTensor tensor) => $"{tensor.Name} {tensor.Shape} {tensor.Type} {string.Join(" ", tensor.ToFloats())}";

    sealed class Tolerance(double difference) : IEqualityComparer<double>
    {
        public bool Equals(double x, double y) => Math.Abs(x - y) <= difference;

        public int GetHashCode(double number) => 0;
    }
}
