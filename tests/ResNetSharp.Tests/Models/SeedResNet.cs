using ResNetSharp.Layers;

namespace ResNetSharp.Tests.Models;

/// <summary>The small residual network of a Keras tutorial, written as a user would write it.</summary>
sealed class SeedResNet(int classes = 10) : Model
{
    readonly Conv2D conv = new(64, 3, 1, Padding.Same);
    readonly BatchNormalization bn = new();
    readonly ResidualBlock block1 = new(64);
    readonly ResidualBlock block2 = new(128, 2);
    readonly ResidualBlock block3 = new(256, 2);
    readonly ResidualBlock block4 = new(512, 2);
    readonly GlobalAveragePooling2D pool = new();
    readonly Dense fc = new(classes);

    protected override Tensor Call(Tensor inputs)
    {
        var x = bn.Apply(conv.Apply(inputs)).Relu();
        x = block4.Apply(block3.Apply(block2.Apply(block1.Apply(x))));
        return fc.Apply(pool.Apply(x));
    }

    sealed class ResidualBlock(int filters, int strides = 1) : Layer
    {
        readonly Conv2D conv1 = new(filters, 3, strides, Padding.Same);
        readonly BatchNormalization bn1 = new();
        readonly Conv2D conv2 = new(filters, 3, 1, Padding.Same);
        readonly BatchNormalization bn2 = new();
        readonly Layer downsample = strides > 1
            ? new Sequential(new Conv2D(filters, 1, strides, Padding.Same), new BatchNormalization())
            : new Identity();

        protected override Tensor Call(Tensor inputs)
        {
            var x = bn1.Apply(conv1.Apply(inputs)).Relu();
            x = bn2.Apply(conv2.Apply(x));
            return (x + downsample.Apply(inputs)).Relu();
        }
    }
}
