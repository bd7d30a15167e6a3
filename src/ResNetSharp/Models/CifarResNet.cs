using ResNetSharp.Layers;

namespace ResNetSharp.Models;

/// <summary>How a CIFAR network joins its blocks.</summary>
public enum CifarBlocks
{
    /// <summary>y = ReLU(F(x) + x), the first paper's.</summary>
    Residual,

    /// <summary>y = ReLU(F(x)): the plain network that the first paper compares with.</summary>
    Plain,

    /// <summary>y = F(x) + x with normalization and ReLU before the convolutions of F (He et al., 2016, "Identity Mappings in Deep Residual Networks").</summary>
    PreActivation,
}

/// <summary>
/// The first paper's networks for CIFAR-10: three stages of 16, 32 and 64 channels and shortcuts without parameters (option A). The output is
/// logits, (batch, classes); parameters have the names of the common PyTorch checkpoints.
/// </summary>
public sealed class CifarResNet : Model
{
    static readonly ResNetDesign residual = new(BlockKind.Basic) { KernelInitializer = Initializer.KaimingNormalFanIn };
    static readonly ResNetDesign plain = residual with { Shortcuts = false };

    readonly Conv2D conv1 = residual.Conv(16, 3);
    readonly BatchNormalization? bn1;
    readonly Sequential layer1;
    readonly Sequential layer2;
    readonly Sequential layer3;
    readonly BatchNormalization? bn;
    readonly GlobalAveragePooling2D avgpool = new();
    readonly Dense linear;

    /// <summary>Makes a network.</summary>
    /// <param name="depth">Layers with weights on the longest way: 6 n + 2, such as 20, 32, 44, 56, 110 or 1202.</param>
    /// <param name="classes">How many numbers the output has.</param>
    /// <param name="blocks">How the blocks are joined.</param>
    /// <exception cref="ArgumentOutOfRangeException">The depth is not 6 n + 2.</exception>
    public CifarResNet(int depth, int classes = 10, CifarBlocks blocks = CifarBlocks.Residual)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 1);
        if (depth < 8 || depth % 6 != 2)
            throw new ArgumentOutOfRangeException(nameof(depth), depth, "the depth of a CIFAR ResNet is 6 n + 2: 20, 32, 44, 56, 110, ...");
        var count = (depth - 2) / 6;
        if (blocks == CifarBlocks.PreActivation) bn = BatchNormalization.Torch();
        else bn1 = BatchNormalization.Torch();
        layer1 = Stage(blocks, count, 16, 1);
        layer2 = Stage(blocks, count, 32, 2);
        layer3 = Stage(blocks, count, 64, 2);
        linear = new Dense(classes, kernelInitializer: Initializer.KaimingNormalFanIn, biasInitializer: Initializer.TorchDefault);
    }

    /// <inheritdoc/>
    protected override Tensor Call(Tensor inputs)
    {
        var x = conv1.Apply(inputs);
        if (bn1 is not null) x = bn1.Apply(x).Relu();
        x = layer3.Apply(layer2.Apply(layer1.Apply(x)));
        if (bn is not null) x = bn.Apply(x).Relu();
        return linear.Apply(avgpool.Apply(x));
    }

    static Sequential Stage(CifarBlocks blocks, int count, int width, int stride)
    {
        var stage = new Layer[count];
        for (var i = 0; i < count; i++)
        {
            var downsample = i == 0 && stride > 1 && blocks != CifarBlocks.Plain ? new OptionAShortcut(width) : null;
            var blockStride = i == 0 ? stride : 1;
            stage[i] = blocks switch
            {
                CifarBlocks.PreActivation => new CifarPreActBlock(width, blockStride, downsample),
                CifarBlocks.Plain => new BasicBlock(plain, width, blockStride, downsample),
                _ => new BasicBlock(residual, width, blockStride, downsample),
            };
        }
        return new Sequential(stage);
    }

    /// <summary>y = F(x) + x with F = conv2(relu(bn2(conv1(relu(bn1(x)))))).</summary>
    sealed class CifarPreActBlock(int width, int stride, Layer? downsample) : Layer
    {
        readonly BatchNormalization bn1 = BatchNormalization.Torch();
        readonly Conv2D conv1 = residual.Conv(width, 3, stride);
        readonly BatchNormalization bn2 = BatchNormalization.Torch();
        readonly Conv2D conv2 = residual.Conv(width, 3);
        readonly Layer? downsample = downsample;

        protected override Tensor Call(Tensor inputs)
        {
            var f = conv1.Apply(bn1.Apply(inputs).Relu());
            f = conv2.Apply(bn2.Apply(f).Relu());
            var x = downsample is null ? inputs : downsample.Apply(inputs);
            return f + x;
        }
    }
}
