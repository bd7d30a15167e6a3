using System.Runtime.InteropServices;
using ResNetSharp.Graph;
using ResNetSharp.Graph.Operations;
using ResNetSharp.Layers;
using ResNetSharp.Models;
using ResNetSharp.Planning;

namespace ResNetSharp.Tests.Quantization;

/// <summary>Quantized plans, node by node.</summary>
public sealed class QuantizationPassTests
{
    public static TheoryData<string> Networks => ["cifar-resnet20", "cifar-preact-resnet20", "densenet121", "seresnet18", "keras-resnet50v2", "resnet50_gn", "highway-cifar19", "resnext50_32x4d"];

    [Theory]
    [MemberData(nameof(Networks))]
    public void Each_node_computes_what_the_definition_says_of_its_own_inputs(string name)
    {
        var (model, images) = Make(name);
        model.Quantize([images]);
        var input = Tensor.Input(images.Shape);
        var roots = QuantizationPass.Rewrite(Passes.ForInference([model.Describe(input)]), model.Calibration!);
        var nodes = Node.Reachable(roots);
        var plan = new Plan([.. nodes.Select(n => n.Outputs[0])], [], new ArenaPool());
        images.ToArray().CopyTo(plan.Floats(input));
        plan.Run();
        double[] Of(Tensor tensor) => tensor.ElementType == ElementType.UInt8
            ? [.. MemoryMarshal.AsBytes(plan.Floats(tensor))[..(int)tensor.Shape.Size].ToArray().Select(b => (double)b)]
            : [.. plan.Floats(tensor).ToArray().Select(f => (double)f)];
        var quantized = 0;
        foreach (var node in nodes.Where(n => n.Operation is QuantizeLinear or DequantizeLinear or QuantizedOperation || n.Outputs[0].ElementType == ElementType.UInt8))
        {
            quantized++;
            var (expected, actual) = (QuantizedReference.Compute(node, Of), Of(node.Outputs[0]));
            if (node.Outputs[0].ElementType == ElementType.Float32)
            {
                var bound = 2e-6 * (1 + expected.Max(Math.Abs));
                for (var i = 0; i < expected.Length; i++) Assert.Equal(expected[i], actual[i], bound);
            }
            else if (node.Operation is QuantizedOperation { Output: { } own }) ByteKernelTests.Rounded(expected, own, Bytes(actual));
            else if (node.Operation is QuantizeLinear { Parameters: var parameters }) ByteKernelTests.Rounded(expected, parameters, Bytes(actual));
            else Assert.Equal(expected, actual);
        }
        Assert.True(quantized > 20, $"only {quantized} nodes of {name} work on bytes");
        GC.KeepAlive(plan);
    }

    [Fact]
    public void Nothing_but_bytes_lies_between_the_pictures_and_the_logits_of_a_residual_network()
    {
        foreach (var name in new[] { "cifar-resnet20", "cifar-preact-resnet20", "densenet121", "resnext50_32x4d" })
        {
            var (model, images) = Make(name);
            model.Quantize([images]);
            var nodes = Node.Reachable(QuantizationPass.Rewrite(Passes.ForInference([model.Describe(Tensor.Input(images.Shape))]), model.Calibration!));
            Assert.Single(nodes, n => n.Operation is QuantizeLinear);
            Assert.DoesNotContain(nodes, n => n.Operation is DequantizeLinear);
            var numbers = nodes.Where(n => n.Operation is not Leaf && n.Outputs[0].ElementType == ElementType.Float32).ToList();
            Assert.IsType<MatrixProduct>(Assert.IsType<QuantizedProduct>(Assert.Single(numbers).Operation).Source);
        }
    }

    [Theory]
    [InlineData("cifar-resnet20")]
    [InlineData("densenet121")]
    public void Plans_of_bytes_share_memory_without_a_difference(string name)
    {
        var (model, images) = Make(name);
        model.Quantize([images]);
        var input = Tensor.Input(images.Shape);
        var roots = QuantizationPass.Rewrite(Passes.ForInference([model.Describe(input)]), model.Calibration!);
        var apart = new Plan([.. roots, .. Node.Reachable(roots).Select(n => n.Outputs[0])], [], new ArenaPool());
        var shared = new Plan(roots, [], new ArenaPool());
        foreach (var plan in new[] { apart, shared })
        {
            images.ToArray().CopyTo(plan.Floats(input));
            plan.Run();
        }
        Assert.Equal(apart.Floats(roots[0]).ToArray(), shared.Floats(roots[0]).ToArray());
        Assert.True(shared.ArenaBytes * 4 < apart.ArenaBytes);
        GC.KeepAlive((apart, shared));
    }

    [Fact]
    public void A_layer_with_more_inputs_than_32_bits_can_sum_stays_in_floating_point()
    {
        var input = Tensor.Input(70_000 / 10, 1, 10);
        var model = new Model(input, new ResNetSharp.Layers.Flatten().Apply(input).Dense(3));
        var images = Tensor.RandomNormal(1, 7000, 1, 10);
        var expected = model.Predict(images).ToArray();
        Assert.Empty(model.Quantize([images]).WeightScales);
        Assert.Equal(expected, model.Predict(images).ToArray());
    }

    static byte[] Bytes(double[] values) => [.. values.Select(v => (byte)v)];

    static (Model Model, Tensor Images) Make(string name)
    {
        var small = name.Contains("cifar", StringComparison.Ordinal);
        var model = Architectures.Create(name, classes: 10, inputShape: small ? null : (64, 64, 3));
        return (model, Tensor.RandomNormal(new Shape([small ? 2 : 1, .. model.InputShape!.Value.Skip(1)]), seed: 5));
    }
}
