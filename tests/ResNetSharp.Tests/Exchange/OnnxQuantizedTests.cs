using ResNetSharp.Data;
using ResNetSharp.Exchange;
using ResNetSharp.Formats;
using ResNetSharp.Graph;
using ResNetSharp.Graph.Operations;
using ResNetSharp.Models;
using ResNetSharp.Tests.Formats;
using ResNetSharp.Tests.Graph;
using ResNetSharp.Training;

namespace ResNetSharp.Tests.Exchange;

/// <summary>Quantized networks in ONNX.</summary>
public sealed class OnnxQuantizedTests
{
    [Fact]
    public void A_residual_network_is_written_with_the_roundings_between_its_operators()
    {
        var model = Architectures.Create("cifar-resnet20");
        var table = model.Quantize([Tensor.RandomNormal(2, 32, 32, 3)]);
        using var onnx = Onnx.Export(model);
        OnnxExportTests.AssertSound(onnx.Graph);
        Assert.Equal(
            ["QuantizeLinear", "DequantizeLinear", "DequantizeLinear", "DequantizeLinear", "Conv", "Relu", "QuantizeLinear"],
            onnx.Graph.Nodes.Take(7).Select(n => n.Operator));
        Assert.Equal(["Add", "Relu", "QuantizeLinear"], onnx.Graph.Nodes.SkipWhile(n => n.Operator != "Add").Take(3).Select(n => n.Operator));
        Assert.DoesNotContain(onnx.Graph.Nodes, n => n.Operator is "BatchNormalization" or "Transpose");
        Assert.Equal("Gemm", onnx.Graph.Nodes[^1].Operator);

        var written = onnx.Graph.Initializers.ToDictionary(t => t.Name);
        Assert.Equal(TensorType.Int8, written["layer1.0.conv1.weight_quantized"].Type);
        Assert.Equal(new Shape(16, 16, 3, 3), written["layer1.0.conv1.weight_quantized"].Shape);
        Assert.Equal(TensorType.Int32, written["layer1.0.conv1.weight_bias_quantized"].Type);
        var first = onnx.Graph.Nodes[0];
        Assert.Equal(table.Activations["input"].Parameters.Scale, written[first.Inputs[1]].ToFloats()[0]);
        Assert.Equal(table.Activations["input"].Parameters.ZeroPoint, written[first.Inputs[2]].ToFloats()[0]);
    }

    [Fact]
    public void The_integers_stand_for_the_weights_times_the_normalization()
    {
        var model = Architectures.Create("cifar-resnet20");
        var parameters = model.Parameters.ToDictionary(p => p.Name);
        var (gamma, beta) = (parameters["layer1.0.bn1.weight"], parameters["layer1.0.bn1.bias"]);
        gamma.SetValues([.. Enumerable.Range(0, 16).Select(c => c == 5 ? 0 : (c - 7.5f) / 4)]);
        beta.SetValues([.. Enumerable.Range(0, 16).Select(c => (c - 3) / 10f)]);
        var table = model.Quantize([Tensor.RandomNormal(2, 32, 32, 3)]);
        using var onnx = Onnx.Export(model);
        var written = onnx.Graph.Initializers.ToDictionary(t => t.Name);
        var (integers, scales) = (written["layer1.0.conv1.weight_quantized"].ToFloats(), written["layer1.0.conv1.weight_scale"].ToFloats());
        var (bias, biasScales) = (written["layer1.0.conv1.weight_bias_quantized"].ToFloats(), written["layer1.0.conv1.weight_bias_scale"].ToFloats());
        var weights = parameters["layer1.0.conv1.weight"].Values.ToArray();
        for (var c = 0; c < 16; c++)
        {
            var factor = gamma.Values[c] / Math.Sqrt(1 + 1e-5);
            Assert.True(scales[c] > 0);
            Assert.Equal(scales[c] * table.Activations["conv1"].Parameters.Scale, biasScales[c]);
            // A 32-bit integer is read as the nearest float, so large ones are a little off.
            Assert.InRange(bias[c] * (double)biasScales[c] - beta.Values[c], -biasScales[c] - 1e-7, biasScales[c] + 1e-7);
            for (var i = 0; i < 16; i++)
                for (var tap = 0; tap < 9; tap++)
                {
                    var own = weights[(tap * 16 + i) * 16 + c] * factor;
                    Assert.InRange(integers[(c * 16 + i) * 9 + tap] * (double)scales[c] - own, -0.5001 * scales[c], 0.5001 * scales[c]);
                }
        }
    }

    [Theory]
    [InlineData("cifar-preact-resnet20")]
    [InlineData("densenet121")]
    [InlineData("seresnet18")]
    [InlineData("resnet50_gn")]
    [InlineData("keras-resnet50v2")]
    public void Other_families_can_be_written_too(string name)
    {
        var small = name.Contains("cifar", StringComparison.Ordinal);
        var model = Architectures.Create(name, classes: 10, inputShape: small ? null : (64, 64, 3));
        model.Quantize([Tensor.RandomNormal(new Shape([1, .. model.InputShape!.Value.Skip(1)]), seed: 1)]);
        using var onnx = Onnx.Export(model);
        OnnxExportTests.AssertSound(onnx.Graph);
        var made = onnx.Graph.Nodes.ToDictionary(n => n.Outputs[0]);
        Assert.All(onnx.Graph.Nodes.Where(n => n.Operator is "Conv" or "Gemm"), n => Assert.Equal("DequantizeLinear", made[n.Inputs[1]].Operator));
    }

    [Theory]
    [InlineData("cifar-resnet20")]
    [InlineData("cifar-preact-resnet20")]
    [InlineData("densenet121")]
    [InlineData("seresnet18")]
    [InlineData("resnet18d")]
    public void A_quantized_network_comes_back_as_one(string name)
    {
        using var folder = new TemporaryFolder();
        var size = name.Contains("cifar", StringComparison.Ordinal) ? 32 : 64;
        var model = Architectures.Create(name, classes: 10, inputShape: (size, size, 3));
        var images = Tensor.RandomNormal(new Shape(4, size, size, 3), seed: 1);
        model.Quantize([images]);
        var expected = model.Predict(images).ToArray();
        Onnx.Export(model, folder.File("first.onnx"));
        var back = Onnx.Import(folder.File("first.onnx"));
        // Sums of integers are the same; a bias that is read as a number is rounded once more.
        Tolerance.Near([.. expected.Select(v => (double)v)], back.Predict(images).ToArray(), 1e-5, name);
        Onnx.Export(back, folder.File("second.onnx"));
        var again = Onnx.Import(folder.File("second.onnx"));
        Tolerance.Near([.. expected.Select(v => (double)v)], again.Predict(images).ToArray(), 1e-5, $"{name}, twice");
    }

    [Fact]
    public void A_quantized_network_from_a_file_computes_with_bytes_and_refuses_to_be_trained()
    {
        var model = Architectures.Create("cifar-resnet20");
        var images = Tensor.RandomNormal(2, 32, 32, 3);
        model.Quantize([images]);
        using var onnx = Onnx.Export(model);
        var back = Onnx.Import(onnx);
        var roots = new RoundingPass().Rewrite(Passes.ForInference([back.Describe(Tensor.Input(new Shape(1, 32, 32, 3)))]));
        var nodes = Node.Reachable(roots);
        Assert.Single(nodes, n => n.Operation is QuantizeLinear);
        Assert.DoesNotContain(nodes, n => n.Operation is FoldedConvolution or MatrixProduct or DequantizeLinear);
        Assert.Equal(20, nodes.Count(n => n.Operation is QuantizedProduct));
        Assert.Contains("layer1.0.conv1.weight", back.Parameters.Select(p => p.Name));
        back.Compile(new Sgd(0.1f), new SparseCategoricalCrossentropy(fromLogits: true));
        var data = Dataset.FromArrays(images.ToArray(), new Shape(32, 32, 3), [0, 1]);
        Assert.Contains("floating point", Assert.Throws<InvalidOperationException>(() => back.Fit(data)).Message, StringComparison.Ordinal);
        Assert.Contains("quantized already", Assert.Throws<NotSupportedException>(() => back.Quantize([images])).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("w8 = DequantizeLinear(i, s, zi)\nc = Conv(xd, w8) pads=1,1,1,1", true)]
    [InlineData("w8 = DequantizeLinear(i, step)\nc = Conv(xd, w8) pads=1,1,1,1", true)]
    [InlineData("w8 = DequantizeLinear(u, s, zu)\nc = Conv(xd, w8) pads=1,1,1,1", false)]
    [InlineData("q8 = QuantizeLinear(w, s, zi)\nw8 = DequantizeLinear(q8, s, zi)\nc = Conv(xd, w8, bd) pads=1,1,1,1", true)]
    [InlineData("w8 = DequantizeLinear(i, s, zi)\nc0 = Conv(xd, w8)\nc = Relu(c0)", true)]
    [InlineData("w8 = DequantizeLinear(i, s, zi)\nc = Conv(x, w8)", false)]
    public void Roundings_of_other_programs_are_kept(string convolution, bool inIntegers)
    {
        // Signed bytes, as the exporters of PyTorch and TensorRT have them, with axis 0 for weights; the bias in 32 bits.
        var text = new OnnxText { Input = [0, 3, 6, 5] }.Weights("w", 0, 0.2, 4, 3, 3, 3).Numbers("s", [4], 0.01f, 0.02f, 0.015f, 0.03f)
            .Numbers("step", [], 0.02f).Numbers("sx", [], 0.03f).Numbers("sy", [], 0.05f).Numbers("sb", [4], 3e-4f, 6e-4f, 4.5e-4f, 9e-4f)
            .Bytes("i", [4, 3, 3, 3], TensorType.Int8, i => (byte)(sbyte)(i * 37 % 255 - 127)).Bytes("u", [4, 3, 3, 3], TensorType.UInt8, i => (byte)(i * 37 % 256))
            .Bytes("zi", [4], TensorType.Int8, _ => 0).Bytes("zu", [4], TensorType.UInt8, i => (byte)(100 + i))
            .Bytes("zx", [], TensorType.Int8, _ => 5).Bytes("zy", [], TensorType.UInt8, _ => 110).Integers32("b", 4000, -1000, 77, 0);
        var onnx = text.Build($"""
            xq = QuantizeLinear(x, sx, zx)
            xd = DequantizeLinear(xq, sx, zx)
            bd = DequantizeLinear(b, sb) axis=0
            {convolution.Replace("Linear(i, s, zi)", "Linear(i, s, zi) axis=0", StringComparison.Ordinal).Replace("Linear(u, s, zu)", "Linear(u, s, zu) axis=0", StringComparison.Ordinal)
                .Replace("Linear(w, s, zi)", "Linear(w, s, zi) axis=0", StringComparison.Ordinal).Replace("Linear(q8, s, zi)", "Linear(q8, s, zi) axis=0", StringComparison.Ordinal)}
            cq = QuantizeLinear(c, sy, zy)
            cd = DequantizeLinear(cq, sy, zy)
            m = MaxPool(cd) kernel_shape=2,2 strides=2,2
            mq = QuantizeLinear(m, sy, zy)
            y = DequantizeLinear(mq, sy, zy)
            """);
        var model = OnnxCheck.Import(onnx);
        var roots = new RoundingPass().Rewrite(Passes.ForInference([model.Describe(Tensor.Input(new Shape(1, 6, 5, 3)))]));
        Assert.Equal(inIntegers, Node.Reachable(roots).Any(n => n.Operation is QuantizedProduct));
    }
}
