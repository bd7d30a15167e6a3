using ResNetSharp.Exchange;
using ResNetSharp.Formats;
using ResNetSharp.Layers;
using ResNetSharp.Tests.Formats;
using ResNetSharp.Tests.Fuzzing;

namespace ResNetSharp.Tests.Exchange;

public sealed class OnnxRefusalTests
{
    [Theory]
    [InlineData("y = LSTM(x)", "LSTM")]
    [InlineData("y = com.microsoft.FusedConv(x, w)", "com.microsoft.FusedConv")]
    [InlineData("y = Conv(x, x)", "input 1")]
    [InlineData("y = Conv(x, w) group=2", "channels")]
    [InlineData("y = Conv(x, w) strides=0,1", "strides")]
    [InlineData("y = Conv(x, w) strides=1", "strides")]
    [InlineData("y = Conv(x, w) pads=-1,0,0,0", "pads")]
    [InlineData("y = Conv(x, w) kernel_shape=5,5", "weights")]
    [InlineData("y = Conv(x, w) auto_pad=\"MIDDLE\"", "MIDDLE")]
    [InlineData("y = Conv(x, v)", "axes")]
    [InlineData("y = Relu(z)", "'z'")]
    [InlineData("y = Relu()", "lacks")]
    [InlineData("z = Relu(x)", "not computed")]
    [InlineData("y = Reshape(x, far)", "Reshape")]
    [InlineData("y = Concat(x, w) axis=1", "Concat")]
    [InlineData("y = Concat(x, x) axis=9", "axis")]
    [InlineData("y = Transpose(x) perm=0,0,1,2", "Transpose")]
    [InlineData("y = MaxPool(x) kernel_shape=2,2 pads=2,2,2,2", "nothing")]
    [InlineData("y = Pad(x, pads) mode=\"reflect\"", "reflect")]
    [InlineData("y = BatchNormalization(x, v, v, v, v) training_mode=1", "training")]
    [InlineData("y = BatchNormalization(x, v, v, v, v)", "numbers")]
    [InlineData("f = Flatten(x)\ny = Gemm(f, m) transA=1", "transA")]
    [InlineData("f = Flatten(x)\ny = MatMul(f, m)", "multiply")]
    public void What_cannot_be_done_is_said_in_one_sentence(string text, string word)
    {
        var onnx = new OnnxText { Input = [0, 3, 8, 8] }.Weights("w", 4, 3, 3, 3).Weights("v", 5).Weights("m", 7, 2)
            .Integers("far", 0, 7, -1).Integers("pads", 0, 0, 1, 1, 0, 0, 1, 1).Build(text);
        var message = Assert.Throws<InvalidDataException>(() => Onnx.Import(onnx, "net.onnx")).Message;
        Assert.Contains("net.onnx", message, StringComparison.Ordinal);
        Assert.Contains(word, message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
    }

    [Fact]
    public void Models_that_grow_beyond_all_bounds_are_refused()
    {
        var doubling = string.Join('\n', Enumerable.Range(0, 60).Select(i => $"t{i + 1} = Concat(t{i}, t{i}) axis=1"));
        var values = new OnnxText { Input = [0, 3, 8, 8] }.Build($"t0 = Relu(x)\n{doubling}\ny = Relu(t60)");
        Assert.Contains("too large", Assert.Throws<InvalidDataException>(() => Onnx.Import(values)).Message, StringComparison.Ordinal);
        var numbers = new OnnxText { Input = [0, 3, 8, 8] }.Weights("t0", 1, 3, 8, 8).Build($"{doubling}\ny = Add(x, t60)");
        Assert.Contains("more numbers", Assert.Throws<InvalidDataException>(() => Onnx.Import(numbers)).Message, StringComparison.Ordinal);
        var copies = string.Join('\n', Enumerable.Range(0, 2000).Select(i => $"t{i + 1} = MatMul(t{i}, w)"));
        var layers = new OnnxText { Input = [0, 300] }.Weights("w", 300, 300).Build($"t0 = Relu(x)\n{copies}\ny = Relu(t2000)");
        Assert.Contains("more numbers", Assert.Throws<InvalidDataException>(() => Onnx.Import(layers)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Old_operator_sets_and_several_inputs_are_refused()
    {
        var old = new OnnxText { Input = [0, 3], OperatorSet = 6 }.Build("y = Relu(x)");
        Assert.Contains("operator set 6", Assert.Throws<InvalidDataException>(() => Onnx.Import(old)).Message, StringComparison.Ordinal);
        var one = new OnnxText { Input = [0, 3] }.Build("y = Add(x, z)");
        var two = new OnnxModel
        {
            OperatorSets = one.OperatorSets,
            Graph = new OnnxGraph { Nodes = one.Graph.Nodes, Inputs = [.. one.Graph.Inputs, one.Graph.Inputs[0] with { Name = "z" }], Outputs = one.Graph.Outputs },
        };
        Assert.Contains("2 inputs (x, z)", Assert.Throws<InvalidDataException>(() => Onnx.Import(two)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_several_outputs_the_first_is_the_models_and_any_other_can_be_asked_for()
    {
        var one = new OnnxText { Input = [0, 3, 4, 4] }.Build("f = Relu(x)\ng = Neg(f)\ny = Exp(g)");
        var two = new OnnxModel
        {
            OperatorSets = one.OperatorSets,
            Graph = new OnnxGraph { Nodes = one.Graph.Nodes, Inputs = one.Graph.Inputs, Outputs = [one.Graph.Outputs[0], one.Graph.Outputs[0] with { Name = "f" }] },
        };
        var x = Tensor.RandomNormal(1, 4, 4, 3);
        Assert.Equal(x.Relu().ToArray(), Onnx.Import(two, output: "f").Predict(x).ToArray());
        Assert.Equal((-x.Relu()).ToArray(), Onnx.Import(two, output: "g").Predict(x).ToArray());
        Assert.Equal((-x.Relu()).Exp().ToArray(), Onnx.Import(two).Predict(x).ToArray());
        Assert.Contains("its outputs are y, f", Assert.Throws<InvalidDataException>(() => Onnx.Import(two, output: "z")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Damage_of_any_kind_is_survived()
    {
        using var folder = new TemporaryFolder();
        var files = new List<(string, byte[])>();
        var x = Tensor.Input(6, 6, 2);
        var c = x.Conv2D(4, 3, Padding.Same).BatchNorm().Relu();
        foreach (var output in new[] { (c + x.Conv2D(4, 1)).MaxPooling2D(2).GlobalAveragePooling2D().Dense(3), c.Slice([0, 1, 0, 0], [9, 3, 4, 4]).Flatten().Dense(2).Softmax() })
        {
            Onnx.Export(new Model(x, output), folder.File("model.onnx"));
            files.Add(("exported", File.ReadAllBytes(folder.File("model.onnx"))));
        }
        new OnnxText { Input = [1, 2, 6, 6] }.Weights("w", 3, 2).Integers("rest", -1).Integers("axes", 2, 3)
            .Build("p = ReduceMean(x) axes=2,3\ns = Shape(p)\nn = Slice(s, axes, axes)\nc = Concat(s, n) axis=0\nt = Transpose(p) perm=0,2,3,1\nq = Squeeze(p, axes)\ny = Gemm(q, w) transB=1").Write(folder.File("chain.onnx"));
        files.Add(("chain", File.ReadAllBytes(folder.File("chain.onnx"))));
        FuzzRun.Check(files, 1500, seed: 11, damaged =>
        {
            using var onnx = OnnxModel.Open(damaged, "damaged");
            Onnx.Import(onnx, "damaged");
        }, allocationLimit: 100_000_000);
    }
}
