using ResNetSharp.Models;

namespace ResNetSharp.Tests.Models;

public sealed class StateDictTests
{
    [Theory]
    [InlineData("resnet18", 122)]
    [InlineData("resnet34", 218)]
    [InlineData("resnet50", 320)]
    [InlineData("resnet101", 626)]
    [InlineData("resnet152", 932)]
    [InlineData("resnext50_32x4d", 320)]
    [InlineData("wide_resnet101_2", 626)]
    [InlineData("densenet121", 727)]
    [InlineData("densenet161", 967)]
    [InlineData("densenet169", 1015)]
    [InlineData("densenet201", 1207)]
    [InlineData("cifar-resnet20", 116)]
    [InlineData("cifar-resnet56", 332)]
    [InlineData("cifar-resnet110", 656)]
    public void A_model_has_as_many_tensors_as_the_original(string name, int keys)
    {
        var names = Names(name);
        // The original also counts the batches that each normalization has seen.
        Assert.Equal(keys, names.Count + names.Count(n => n.EndsWith(".running_mean", StringComparison.Ordinal)));
        Assert.Equal(names.Count, names.Distinct().Count());
    }

    [Theory]
    [InlineData("resnet18", 2, new[] { 2, 2, 2, 2 })]
    [InlineData("resnet50", 3, new[] { 3, 4, 6, 3 })]
    public void The_names_and_their_order_are_those_of_torchvision(string name, int convolutions, int[] depths)
    {
        var expected = new List<string> { "conv1.weight" };
        AddNorm(expected, "bn1");
        for (var stage = 1; stage <= 4; stage++)
            for (var block = 0; block < depths[stage - 1]; block++)
            {
                var path = $"layer{stage}.{block}";
                for (var i = 1; i <= convolutions; i++)
                {
                    expected.Add($"{path}.conv{i}.weight");
                    AddNorm(expected, $"{path}.bn{i}");
                }
                if (block > 0 || (stage == 1 && convolutions == 2)) continue;
                expected.Add($"{path}.downsample.0.weight");
                AddNorm(expected, $"{path}.downsample.1");
            }
        expected.AddRange(["fc.weight", "fc.bias"]);
        Assert.Equal(expected, Names(name));
    }

    [Fact]
    public void The_names_of_a_DenseNet_are_those_of_torchvision()
    {
        var names = Names("densenet121");
        Assert.Equal(["features.conv0.weight", "features.norm0.weight", "features.norm0.bias", "features.norm0.running_mean", "features.norm0.running_var",
            "features.denseblock1.denselayer1.norm1.weight"], names.Take(6));
        Assert.Contains("features.transition3.conv.weight", names);
        Assert.Contains("features.denseblock4.denselayer16.conv2.weight", names);
        Assert.Equal(["features.norm5.running_var", "classifier.weight", "classifier.bias"], names.TakeLast(3));
    }

    [Theory]
    [InlineData("resnet50d", "conv1.0.weight", "conv1.4.running_mean", "conv1.6.weight", "layer1.0.downsample.1.weight", "layer4.0.downsample.2.running_var")]
    [InlineData("seresnet50", "layer1.0.se.fc1.weight", "layer1.0.se.fc2.bias")]
    [InlineData("ecaresnet50t", "layer4.2.se.conv.weight")]
    [InlineData("resnetv2_50", "stem.conv.weight", "stages.0.blocks.0.downsample.conv.weight", "stages.3.blocks.2.norm3.bias", "norm.weight", "head.fc.bias")]
    [InlineData("resnetv2_50d_gn", "stem.conv1.weight", "stem.norm2.bias", "stem.conv3.weight")]
    [InlineData("d2l-resnet18", "net.0.0.weight", "net.0.1.running_mean", "net.b2.0.conv1.weight", "net.b5.1.bn2.bias", "net.b3.0.conv3.weight", "net.last.2.weight")]
    [InlineData("cifar-resnet20", "conv1.weight", "bn1.weight", "layer3.2.bn2.bias", "linear.bias")]
    [InlineData("cifar-preact-resnet20", "conv1.weight", "layer1.0.bn1.weight", "bn.running_mean", "linear.bias")]
    public void A_variant_has_the_names_of_its_original(string name, params string[] expected) => Assert.Subset(Names(name).ToHashSet(), expected.ToHashSet());

    static List<string> Names(string architecture) => [.. Architectures.Create(architecture).Parameters.Select(p => p.Name)];

    static void AddNorm(List<string> names, string path) =>
        names.AddRange([$"{path}.weight", $"{path}.bias", $"{path}.running_mean", $"{path}.running_var"]);
}
