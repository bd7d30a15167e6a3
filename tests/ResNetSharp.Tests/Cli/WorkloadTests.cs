using ResNetSharp.Cli.Bench;
using ResNetSharp.Graph;
using ResNetSharp.Graph.Operations;

namespace ResNetSharp.Tests.Cli;

/// <summary>The measured networks are those that PyTorch is measured with: as large, as often multiplied, as much of them trained.</summary>
public sealed class WorkloadTests
{
    // Batch, inputs and numbers that are trained: printed by the PyTorch programs. Numbers kept for each by the optimizer: none for plain
    // gradient descent, one for momentum, two for Adam.
    [Theory]
    [InlineData("seed-custom-32", 64, 32 * 32 * 3, 4_906_122, 2)]
    [InlineData("seed-functional-28", 32, 28 * 28 * 1, 37_962, 2)]
    [InlineData("d2l-resnet18-96", 128, 96 * 96 * 1, 11_178_378, 0)]
    [InlineData("cifar-resnet20-32", 128, 32 * 32 * 3, 269_722, 1)]
    [InlineData("cifar-resnet56-32", 128, 32 * 32 * 3, 853_018, 1)]
    [InlineData("resnet18-224", 32, 224 * 224 * 3, 11_181_642, 1)]
    [InlineData("resnet50-224", 16, 224 * 224 * 3, 23_528_522, 1)]
    [InlineData("resnext50-224", 16, 224 * 224 * 3, 23_000_394, 1)]
    [InlineData("transfer-resnet50-frozen-224", 32, 224 * 224 * 3, 25_692_938, 2)]
    public void Trained_network_is_the_one_that_PyTorch_trains(string name, int batch, int inputs, long trained, int slots)
    {
        var workload = Workloads.All.Single(known => known.Name == $"train/{name}");
        var model = workload.Create();
        model.BuildFor(new Shape([Shape.Unknown, .. workload.Input]));
        Assert.Equal(batch, workload.Batch);
        Assert.Equal(inputs, workload.Input.Size);
        Assert.Equal(trained, model.TrainableParameters.Sum(parameter => parameter.Shape.Size));
        Assert.Equal(slots, workload.Optimizer!().Slots.Count);
    }

    [Fact]
    public void Frozen_backbone_is_torchvisions_without_its_classifier()
    {
        var workload = Workloads.All.Single(known => known.Name == "train/transfer-resnet50-frozen-224");
        var roots = Passes.ForTraining([workload.Create().BuildFor(new Shape([1, .. workload.Input]))]);
        var nodes = Node.Reachable(roots);
        // 4.0892 GMACs without the 2,048 x 1,000 of the classifier, and the two dense layers instead.
        Assert.Equal(4_089_184_256 - 2_048_000 + 100_352 * 256 + 256 * 10, nodes.Sum(node => node.Operation.MultiplyAdds(node)));
        Assert.Equal(53, nodes.Count(node => node.Operation is FoldedConvolution { Normalization: not null }));
        Assert.DoesNotContain(nodes, node => node.Operation is BatchNormTraining);
        Assert.Single(nodes, node => node.Operation is Dropout { Rate: 0.5f });
    }

    [Fact]
    public void Predictions_are_of_five_networks_one_and_sixteen_pictures_at_a_time()
    {
        var names = Workloads.All.Where(known => !known.IsTraining).Select(known => known.Name);
        string[] models = ["resnet18", "resnet50", "resnet152", "resnext50_32x4d", "densenet121"];
        Assert.Equal(models.SelectMany(model => new[] { $"infer/{model}-b1", $"infer/{model}-b16" }), names);
    }
}
