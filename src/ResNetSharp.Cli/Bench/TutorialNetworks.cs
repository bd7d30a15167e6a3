using ResNetSharp.Layers;
using ResNetSharp.Models;

namespace ResNetSharp.Cli.Bench;

/// <summary>Networks as tutorials write them.</summary>
static class TutorialNetworks
{
    /// <summary>A stem of 64 filters and blocks of 64, 128, 256 and 512, the last three halving height and width.</summary>
    public static Model Custom()
    {
        var input = Tensor.Input(32, 32, 3);
        var x = input.Conv2D(64, 3, Padding.Same).BatchNorm().Relu();
        x = Block(x, 64, 1);
        x = Block(x, 128, 2);
        x = Block(x, 256, 2);
        x = Block(x, 512, 2);
        return new Model(input, x.GlobalAveragePooling2D().Dense(10));
    }

    /// <summary>Two blocks of 32 filters over small grey pictures.</summary>
    public static Model Functional()
    {
        var input = Tensor.Input(28, 28, 1);
        var x = input.Conv2D(32, 3, Padding.Same).BatchNorm().Relu();
        x = Block(Block(x, 32, 1), 32, 1);
        return new Model(input, x.GlobalAveragePooling2D().Dense(10));
    }

    /// <summary>A frozen ResNet-50 without its classifier under two dense layers that are trained.</summary>
    public static Model FrozenTransfer()
    {
        var backbone = ResNet.ResNet50().Features("layer4");
        backbone.Freeze();
        var input = Tensor.Input(224, 224, 3);
        var x = new Flatten().Apply(backbone.Apply(input));
        return new Model(input, x.Dense(256, Activation.Relu).Dropout(0.5f).Dense(10));
    }

    static Tensor Block(Tensor x, int filters, int stride)
    {
        var y = x.Conv2D(filters, 3, Padding.Same, stride).BatchNorm().Relu().Conv2D(filters, 3, Padding.Same).BatchNorm();
        var shortcut = stride == 1 ? x : x.Conv2D(filters, 1, Padding.Same, stride).BatchNorm();
        return (y + shortcut).Relu();
    }
}
