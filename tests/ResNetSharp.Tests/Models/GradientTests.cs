using ResNetSharp.Layers;
using ResNetSharp.Models;

namespace ResNetSharp.Tests.Models;

/// <summary>The gradients of small networks of every kind against differences of the loss.</summary>
public sealed class GradientTests
{
    static readonly Dictionary<string, Func<Model>> networks = new()
    {
        ["basic"] = () => new ResNet(ResNetDesigns.ResNet18 with { Depths = [1, 1, 1, 1] }, 5),
        ["bottleneck in groups"] = () => new ResNet(new ResNetDesign(BlockKind.Bottleneck, 1, 1, 1, 1) { Groups = 4, GroupWidth = 4 }, 5),
        ["dilated"] = () => new ResNet(new ResNetDesign(BlockKind.Bottleneck, 1, 1, 2, 1) { ReplaceStrideWithDilation = [false, true, true] }, 5),
        ["deep stem, averaging shortcut"] = () => new ResNet(new ResNetDesign(BlockKind.Basic, 1, 1, 1, 1) { Stem = StemKind.Deep, AverageShortcut = true }, 5),
        ["squeeze and excitation"] = () => new ResNet(new ResNetDesign(BlockKind.Basic, 1, 1, 1, 1) { Attention = ChannelAttention.SqueezeExcitation }, 5),
        ["efficient channel attention"] = () => new ResNet(new ResNetDesign(BlockKind.Basic, 1, 1, 1, 1) { Attention = ChannelAttention.Efficient }, 5),
        ["group normalization"] = () => new ResNet(new ResNetDesign(BlockKind.Basic, 1, 1, 1, 1) { Normalization = NormalizationKind.Group }, 5),
        ["pre-activation"] = () => new PreActResNet(new PreActDesign(BlockKind.Bottleneck, 1, 1, 1, 1), 5),
        ["big transfer"] = () => new PreActResNet(
            new PreActDesign(BlockKind.Bottleneck, 1, 1, 1, 1) { Normalization = NormalizationKind.Group, StandardizeWeights = true }, 5),
        ["dense"] = () => new DenseNet(8, [2, 2], 16, 5),
        ["CIFAR"] = () => new CifarResNet(8, 5),
        ["CIFAR, pre-activation"] = () => new CifarResNet(8, 5, CifarBlocks.PreActivation),
        ["CIFAR, plain"] = () => new CifarResNet(8, 5, CifarBlocks.Plain),
        ["highway, dense"] = () => HighwayNetwork.Dense(5, 20, 5),
        ["highway, convolutional"] = () => HighwayNetwork.Convolutional(7, 5),
        ["Keras' second version"] = () => KerasV2(),
    };

    public static TheoryData<string> Networks => [.. networks.Keys];

    [Theory]
    [MemberData(nameof(Networks))]
    public void A_step_along_a_gradient_changes_the_loss_by_as_much_as_the_gradient_says(string network)
    {
        var model = networks[network]();
        var plan = new GradientPlan(model, Tensor.RandomNormal((4, 32, 32, 3), seed: 5), [0, 1, 2, 4]);
        var loss = plan.Run();
        var gradients = plan.Parameters.ToDictionary(p => p, plan.Gradient);
        Assert.Equal(model.Parameters.Count(p => p.Trainable), gradients.Count);
        var largest = gradients.Values.Max(GradientPlan.Norm);
        // Where normalization takes a shift away again, the gradient is nothing but rounding.
        var checkable = gradients.Where(g => GradientPlan.Norm(g.Value) > 1e-3 * largest).ToList();
        foreach (var (parameter, gradient) in checkable.Where((_, i) => i % (checkable.Count / 8 + 1) == 0))
        {
            var norm = GradientPlan.Norm(gradient);
            // A small step lets few ReLUs change sides, a large one drowns the rounding of weights and loss; which is needed differs by network.
            var difference = new[] { 1e-3, 3e-4, 5e-5 }.Select(part => part * loss / norm)
                .Select(step => (Shifted(plan, parameter, gradient, step / norm) - Shifted(plan, parameter, gradient, -step / norm)) / (2 * step))
                .MinBy(d => Math.Abs(d - norm));
            Assert.True(Math.Abs(difference - norm) <= 0.03 * norm, $"{parameter.Name}: the gradient's length is {norm}, the difference of the loss {difference}");
        }
    }

    static float Shifted(GradientPlan plan, Parameter parameter, float[] gradient, double scale)
    {
        var original = parameter.Values.ToArray();
        parameter.SetValues([.. original.Select((v, i) => (float)(v + scale * gradient[i]))]);
        var loss = plan.Run();
        parameter.SetValues(original);
        return loss;
    }

    static Model KerasV2()
    {
        var input = Tensor.Input(32, 32, 3);
        var x = input.Conv(16, 3, "conv", 2).ZeroPad(1, "pad").MaxPool(3, 2, "pool").Norm("bn").Relu("relu");
        var y = x.Conv(16, 3, "second", padding: Padding.Same).Add(x.MaxPool(1, 1), "add").Concatenate(x, "concat");
        return new Model(input, y.AveragePool(2, "average").GlobalAveragePooling2D().Dense(5));
    }
}
