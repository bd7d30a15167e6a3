using ResNetSharp.Exchange;
using ResNetSharp.Formats;
using ResNetSharp.Models;

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
}
