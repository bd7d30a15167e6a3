using ResNetSharp.Graph;
using ResNetSharp.Models;

namespace ResNetSharp.Tests.Models;

public sealed class ArchitectureTests
{
    /// <summary>Learned and measured numbers and giga multiply-adds of one image, measured with the original implementations; 0 where not measured.</summary>
    [Theory]
    [InlineData("resnet18", 11_689_512, 9_600, 1.8141)]
    [InlineData("resnet34", 21_797_672, 17_024, 3.6638)]
    [InlineData("resnet50", 25_557_032, 53_120, 4.0892)]
    [InlineData("resnet101", 44_549_160, 105_344, 7.8014)]
    [InlineData("resnet152", 60_192_808, 151_424, 11.5136)]
    [InlineData("resnext50_32x4d", 25_028_904, 68_224, 4.2305)]
    [InlineData("resnext101_32x8d", 88_791_336, 202_880, 16.4140)]
    [InlineData("resnext101_64x4d", 83_455_272, 202_880, 15.4603)]
    [InlineData("wide_resnet50_2", 68_883_240, 68_224, 11.3980)]
    [InlineData("wide_resnet101_2", 126_886_696, 137_856, 22.7531)]
    [InlineData("densenet121", 7_978_856, 83_648, 2.8342)]
    [InlineData("densenet161", 28_681_000, 219_936, 7.7279)]
    [InlineData("densenet169", 14_149_480, 158_400, 3.3598)]
    [InlineData("densenet201", 20_013_928, 229_056, 4.2914)]
    [InlineData("keras-resnet50", 25_583_592, 53_120, 3.8580)]
    [InlineData("keras-resnet101", 44_601_832, 105_344, 7.5702)]
    [InlineData("keras-resnet152", 60_268_520, 151_424, 11.2824)]
    [InlineData("keras-resnet50v2", 25_568_360, 45_440, 3.4823)]
    [InlineData("keras-resnet101v2", 44_577_896, 97_664, 7.1945)]
    [InlineData("keras-resnet152v2", 60_236_904, 143_744, 10.9067)]
    [InlineData("keras-densenet121", 7_978_856, 83_648, 2.8342)]
    [InlineData("keras-densenet169", 14_149_480, 158_400, 3.3598)]
    [InlineData("keras-densenet201", 20_013_928, 229_056, 4.2914)]
    [InlineData("cifar-resnet20", 269_722, 1_376, 0.0406)]
    [InlineData("cifar-resnet32", 464_154, 2_272, 0.0689)]
    [InlineData("cifar-resnet44", 658_586, 3_168, 0.0972)]
    [InlineData("cifar-resnet56", 853_018, 4_064, 0.1255)]
    [InlineData("cifar-resnet110", 1_727_962, 8_096, 0.2529)]
    [InlineData("cifar-resnet1202", 19_421_274, 89_632, 2.8292)]
    [InlineData("d2l-resnet18", 11_178_378, 7_808, 0.3187)]
    [InlineData("resnet18d", 11_708_744, -1, 2.0537)]
    [InlineData("resnet34d", 21_816_904, -1, 3.9034)]
    [InlineData("resnet50c", 25_576_264, -1, 4.3288)]
    [InlineData("resnet50d", 25_576_264, -1, 4.3288)]
    [InlineData("resnet50s", 25_680_808, -1, 5.4443)]
    [InlineData("resnet50t", 25_573_728, -1, 4.2972)]
    [InlineData("resnet101d", 44_568_392, -1, 8.0410)]
    [InlineData("resnet152d", 60_212_040, -1, 11.7533)]
    [InlineData("resnet200d", 64_693_064, -1, 0)]
    [InlineData("resnet50_gn", 25_557_032, 0, 4.0892)]
    [InlineData("seresnet18", 11_779_624, -1, 1.8142)]
    [InlineData("seresnet34", 21_960_416, -1, 3.6639)]
    [InlineData("seresnet50", 28_088_024, -1, 4.0917)]
    [InlineData("seresnet101", 49_326_872, -1, 7.8061)]
    [InlineData("seresnet152", 66_821_848, -1, 11.5202)]
    [InlineData("seresnext50_32x4d", 27_559_896, -1, 4.2330)]
    [InlineData("ecaresnet50d", 25_576_350, -1, 4.3289)]
    [InlineData("ecaresnet50t", 25_573_814, -1, 4.2973)]
    [InlineData("ecaresnet101d", 44_568_563, -1, 8.0412)]
    [InlineData("resnext101_32x4d", 44_177_704, -1, 0)]
    [InlineData("densenetblur121d", 7_998_088, 83_776, 0)]
    [InlineData("resnetv2_18", 11_687_720, -1, 1.8141)]
    [InlineData("resnetv2_34", 21_795_880, -1, 3.6638)]
    [InlineData("resnetv2_50", 25_549_352, -1, 4.0892)]
    [InlineData("resnetv2_101", 44_541_480, -1, 7.8014)]
    [InlineData("resnetv2_152", 60_185_128, -1, 11.5136)]
    [InlineData("resnetv2_50d", 25_568_584, -1, 4.3288)]
    [InlineData("resnetv2_50d_gn", 25_568_584, 0, 4.3288)]
    [InlineData("resnetv2_50x1_bit", 25_549_352, 0, 4.0892)]
    [InlineData("resnetv2_101x1_bit", 44_541_480, 0, 7.8014)]
    public void An_architecture_has_the_parameters_and_the_work_of_the_original(string name, long parameters, long statistics, double gigaMultiplyAdds)
    {
        var architecture = Architectures.Find(name);
        var model = architecture.Create();
        Assert.Equal(parameters, model.ParameterCount);
        if (statistics >= 0) Assert.Equal(statistics, model.StatisticCount);
        if (gigaMultiplyAdds == 0) return;
        var nodes = Node.Reachable([model.BuildFor(new Shape([1, .. architecture.InputShape]))]);
        Assert.Equal(gigaMultiplyAdds, nodes.Sum(n => n.Operation.MultiplyAdds(n)) / 1e9, 0.00006);
    }

    [Fact]
    public void Every_architecture_can_be_made_with_another_number_of_classes()
    {
        foreach (var architecture in Architectures.All.Where(a => a.Name != "cifar-resnet1202"))
        {
            var model = architecture.Create(classes: 7);
            Assert.Equal(new Shape(2, 7), model.BuildFor(new Shape([2, .. architecture.InputShape])).Shape);
            Assert.Equal(architecture.Name, model.Architecture);
            Assert.Contains(architecture.Preprocessing, ResNetSharp.Imaging.Preprocessing.Names);
        }
    }

    [Fact]
    public void A_plain_network_has_no_shortcut_and_no_projection()
    {
        Assert.Equal(269_722, Architectures.Create("plain-cifar-resnet20").ParameterCount);
        var residual = Architectures.Create("resnet34");
        var plain = Architectures.Create("plain-resnet34");
        var projections = residual.Parameters.Where(p => p.Name.Contains("downsample", StringComparison.Ordinal)).ToList();
        Assert.Equal(residual.ParameterCount - projections.Where(p => p.Kind == ParameterKind.Weight).Sum(p => p.Shape.Size), plain.ParameterCount);
        Assert.DoesNotContain(Node.Reachable([plain.BuildFor((1, 224, 224, 3))]), n => n.Operation.Name == "Add");
    }

    [Fact]
    public void A_wrong_name_is_answered_with_near_ones()
    {
        var error = Assert.Throws<ArgumentException>(() => Architectures.Create("resnet-50"));
        Assert.Contains("'resnet-50'", error.Message, StringComparison.Ordinal);
        Assert.Contains("resnet50", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("kitten", "sitting", 3)]
    [InlineData("", "abc", 3)]
    [InlineData("abc", "", 3)]
    [InlineData("resnet50", "resnet50", 0)]
    [InlineData("flaw", "lawn", 2)]
    public void The_edit_distance_counts_changes_of_letters(string first, string second, int expected) =>
        Assert.Equal(expected, EditDistance.Between(first, second));
}
