using ResNetSharp.Layers;
using ResNetSharp.Models;

namespace ResNetSharp.Tests.Models;

/// <summary>The shapes and counts of "Dive into Deep Learning".</summary>
public sealed class BookModelTests
{
    [Fact]
    public void The_residual_block_keeps_or_halves_the_size()
    {
        var images = Tensor.RandomNormal(4, 6, 6, 3);
        Assert.Equal(new Shape(4, 6, 6, 3), new Residual(3).Apply(images).Shape);
        Assert.Equal(new Shape(4, 3, 3, 6), new Residual(6, use1x1Conv: true, strides: 2).Apply(images).Shape);
        Assert.Throws<ShapeException>(() => new Residual(6).Apply(images));
    }

    [Fact]
    public void The_ResNeXt_block_keeps_or_halves_the_size()
    {
        var images = Tensor.RandomNormal(4, 96, 96, 32);
        var block = new ResNeXtBlock(32, 16, 1);
        Assert.Equal(images.Shape, block.Apply(images).Shape);
        Assert.Equal((6_944, 192), Counts(block));
        Assert.Equal(new Shape(3, 3, 16, 32), block.Parameters.Single(p => p.Name == "conv2.weight").Shape);
        var down = new ResNeXtBlock(32, 16, 1, use1x1Conv: true, strides: 2);
        Assert.Equal(new Shape(4, 48, 48, 32), down.Apply(images).Shape);
        Assert.Equal((8_064, 256), Counts(down));
        Assert.Throws<ArgumentException>(() => new ResNeXtBlock(30, 16, 1));
    }

    [Fact]
    public void The_summary_lists_the_parts()
    {
        string[] expected =
        [
            "Sequential output shape:\t (1, 24, 24, 64)",
            "Sequential output shape:\t (1, 24, 24, 64)",
            "Sequential output shape:\t (1, 12, 12, 128)",
            "Sequential output shape:\t (1, 6, 6, 256)",
            "Sequential output shape:\t (1, 3, 3, 512)",
            "Sequential output shape:\t (1, 10)",
        ];
        Assert.Equal(expected, new D2lResNet18().LayerSummary((1, 96, 96, 1)).Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public void First_weights_are_Xaviers()
    {
        var model = new D2lResNet([(1, 64)]);
        model.Build(96, 96, 1);
        var weight = model.Parameters.Single(p => p.Name == "net.b2.0.conv1.weight");
        var bound = Math.Sqrt(6.0 / (64 * 9 * 2));
        Assert.InRange(weight.Values.ToArray().Max(), 0.99 * bound, bound);
        var bias = model.Parameters.Single(p => p.Name == "net.b2.0.conv1.bias");
        Assert.InRange(bias.Values.ToArray().Max(), 0.8 / 24, 1.0 / 24);
    }

    static (long, long) Counts(Layer layer) => (
        layer.Parameters.Where(p => p.Kind == ParameterKind.Weight).Sum(p => p.Shape.Size),
        layer.Parameters.Where(p => p.Kind == ParameterKind.Statistic).Sum(p => p.Shape.Size));
}
