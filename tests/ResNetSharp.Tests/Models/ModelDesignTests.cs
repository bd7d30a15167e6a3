using ResNetSharp.Layers;
using ResNetSharp.Models;

namespace ResNetSharp.Tests.Models;

public sealed class ModelDesignTests
{
    [Fact]
    public void Designs_that_do_not_go_together_are_refused()
    {
        Refused("groups", ResNetDesigns.ResNet18 with { Groups = 2 });
        Refused("groups", ResNetDesigns.ResNet18 with { GroupWidth = 128 });
        Refused("dilated", ResNetDesigns.ResNet34 with { ReplaceStrideWithDilation = [false, false, true] });
        Refused("three values", ResNetDesigns.ResNet50 with { ReplaceStrideWithDilation = [true] });
        Refused("four stages", new ResNetDesign(BlockKind.Basic, 1, 2, 3));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ResNet(ResNetDesigns.ResNet18, classes: 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new CifarResNet(21));
        Assert.Throws<ArgumentException>(() => new PreActResNet(new PreActDesign(BlockKind.Basic, 1, 1, 1, 1) { Stem = StemKind.Tiered }));
    }

    [Fact]
    public void Dilation_keeps_the_resolution()
    {
        var design = ResNetDesigns.ResNet50 with { ReplaceStrideWithDilation = [false, true, true] };
        Assert.Equal(new Shape(1, 28, 28, 2048), new ResNet(design).Features("layer4").BuildFor((1, 224, 224, 3)).Shape);
        Assert.Equal(new Shape(1, 7, 7, 2048), ResNet.ResNet50().Features("layer4").BuildFor((1, 224, 224, 3)).Shape);
    }

    [Fact]
    public void A_block_whose_last_normalization_begins_with_zeros_begins_as_the_identity()
    {
        var model = new ResNet(ResNetDesigns.ResNet18 with { ZeroInitResidual = true }, classes: 3);
        var images = Tensor.RandomNormal(1, 32, 32, 3);
        Assert.Equal(model.Features("maxpool").Predict(images).ToArray(), model.Features("layer1").Predict(images).ToArray());
    }

    [Fact]
    public void Features_of_a_layer_are_a_model_with_the_same_parameters()
    {
        var model = ResNet.ResNet18();
        var features = model.Features("layer2.0.conv1");
        Assert.Equal(new Shape(1, 28, 28, 128), features.BuildFor((1, 224, 224, 3)).Shape);
        Assert.Same(model.Parameters[0], features.Parameters[0]);
        Assert.Equal("layer4.1.conv2.weight", features.Parameters.Single(p => p.Name.StartsWith("layer4.1.conv2", StringComparison.Ordinal)).Name);
        var error = Assert.Throws<ArgumentException>(() => model.Features("layer5").BuildFor((1, 64, 64, 3)));
        Assert.Contains("'layer5'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Features_carry_another_head()
    {
        var model = new Sequential(new CifarResNet(8).Features("layer3"), new GlobalAveragePooling2D(), new Dense(4));
        Assert.Equal(new Shape(2, 4), model.Predict(Tensor.RandomNormal(2, 32, 32, 3)).Shape);
        Assert.Contains(model.Parameters, p => p.Name == "0.layer3.0.conv2.weight");
    }

    [Fact]
    public void Features_of_a_Keras_model_are_found_by_name()
    {
        var model = KerasResNet.ResNet50(includeTop: false);
        Assert.Equal(new Shape(1, 4, 6, 1024), model.Features("conv4_block6_out").BuildFor((1, 64, 96, 3)).Shape);
    }

    static void Refused(string because, ResNetDesign design) =>
        Assert.Contains(because, Assert.Throws<ArgumentException>(() => new ResNet(design)).Message, StringComparison.Ordinal);
}
