using ResNetSharp.Layers;
using ResNetSharp.Models;

namespace ResNetSharp.Tests.Models;

public sealed class KerasModelTests
{
    [Theory]
    [InlineData("keras-resnet50", 177, 107, 320)]
    [InlineData("keras-resnet101", 347, 209, 626)]
    [InlineData("keras-resnet152", 517, 311, 932)]
    [InlineData("keras-resnet50v2", 192, 103, 272)]
    [InlineData("keras-resnet101v2", 379, 205, 544)]
    [InlineData("keras-resnet152v2", 566, 307, 816)]
    [InlineData("keras-densenet121", 429, 242, 606)]
    [InlineData("keras-densenet169", 597, 338, 846)]
    [InlineData("keras-densenet201", 709, 402, 1006)]
    public void A_model_has_Keras_layers(string name, int layers, int withWeights, int tensors)
    {
        var model = Architectures.Create(name);
        // Keras counts the input as a layer.
        Assert.Equal(layers, model.Layers.Count + 1);
        Assert.Equal(withWeights, model.Layers.Count(l => l.Parameters.Count > 0));
        Assert.Equal(tensors, model.Parameters.Count);
    }

    [Fact]
    public void The_layers_of_a_block_stand_in_the_order_of_their_depth()
    {
        Assert.Equal(Prefixed("conv3_block1", "1_conv", "1_bn", "1_relu", "2_conv", "2_bn", "2_relu", "0_conv", "3_conv", "0_bn", "3_bn", "add", "out"),
            Names(KerasResNet.ResNet50(), "conv3_block1_"));
        Assert.Equal(Prefixed("conv2_block1", "preact_bn", "preact_relu", "1_conv", "1_bn", "1_relu", "2_pad", "2_conv", "2_bn", "2_relu", "0_conv", "3_conv", "out"),
            Names(KerasResNet.ResNet50V2(), "conv2_block1_"));
    }

    [Fact]
    public void The_layers_outside_the_blocks_have_Keras_names()
    {
        Assert.Equal(["conv1_pad", "conv1_conv", "conv1_bn", "conv1_relu", "pool1_pad", "pool1_pool"], KerasResNet.ResNet50().Layers.Take(6).Select(l => l.Name));
        Assert.Equal(["post_bn", "post_relu", "avg_pool", "predictions"], KerasResNet.ResNet50V2().Layers.TakeLast(4).Select(l => l.Name));
        Assert.Equal(["zero_padding2d", "conv1_conv", "conv1_bn", "conv1_relu", "zero_padding2d_1", "pool1"],
            KerasDenseNet.DenseNet121().Layers.Take(6).Select(l => l.Name));
        Assert.Equal(["max_pooling2d", "max_pooling2d_1", "max_pooling2d_2"],
            KerasResNet.ResNet50V2().Layers.Select(l => l.Name!).Where(n => n.StartsWith("max_", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(KerasPooling.None, 23_587_712, 4)]
    [InlineData(KerasPooling.Average, 23_587_712, 2)]
    public void Without_the_top_the_input_may_be_of_any_size(KerasPooling pooling, long total, int rank)
    {
        var model = KerasResNet.ResNet50(includeTop: false, pooling: pooling);
        Assert.Equal(total, model.ParameterCount + model.StatisticCount);
        Assert.Equal(rank, model.BuildFor((2, 123, 123, 3)).Shape.Rank);
        Assert.Equal(2048, model.BuildFor((2, 64, 96, 3)).Shape[-1]);
    }

    [Fact]
    public void Without_the_top_an_input_may_have_one_channel_and_pooling_may_take_the_maximum()
    {
        var model = KerasResNet.ResNet50V2(includeTop: false, inputShape: (32, 32, 1), pooling: KerasPooling.Max);
        Assert.Equal(new Shape(1, 2048), model.Predict(Tensor.RandomNormal(1, 32, 32, 1)).Shape);
    }

    [Fact]
    public void Input_shapes_that_cannot_be_taken_are_refused()
    {
        Refused("at least 32x32", () => KerasResNet.ResNet50(inputShape: (31, 64, 3)));
        Refused("three numbers", () => KerasResNet.ResNet50(inputShape: (224, 224)));
        Refused("includeTop", () => KerasResNet.ResNet50(inputShape: (Shape.Unknown, 224, 3)));
        Refused("known height and width", () => KerasResNet.ResNet50(includeTop: false, pooling: KerasPooling.Max));
    }

    [Fact]
    public void The_constants_of_batch_normalization_are_those_of_the_applications()
    {
        var norm = Assert.IsType<BatchNormalization>(KerasResNet.ResNet50().Layers["conv1_bn"]);
        Assert.Equal(1.001e-5f, norm.Epsilon);
        Assert.Equal(0.99f, norm.Momentum);
    }

    static void Refused(string because, Func<Model> make) => Assert.Contains(because, Assert.Throws<ArgumentException>(make).Message, StringComparison.Ordinal);

    static IEnumerable<string> Names(Model model, string prefix) => model.Layers.Select(l => l.Name!).Where(n => n.StartsWith(prefix, StringComparison.Ordinal));

    static IEnumerable<string> Prefixed(string prefix, params string[] names) => names.Select(n => $"{prefix}_{n}");
}
