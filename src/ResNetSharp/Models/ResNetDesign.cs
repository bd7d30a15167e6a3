using ResNetSharp.Layers;

namespace ResNetSharp.Models;

/// <summary>What the residual branch F of a block y = F(x) + x is made of.</summary>
public enum BlockKind
{
    /// <summary>Two 3x3 convolutions.</summary>
    Basic,

    /// <summary>A 1x1 convolution that narrows, a 3x3 one, and a 1x1 one that widens to four times.</summary>
    Bottleneck,
}

/// <summary>What stands before the first block, up to the pooling.</summary>
public enum StemKind
{
    /// <summary>One 7x7 convolution to 64 channels.</summary>
    Plain,

    /// <summary>Three 3x3 convolutions to 32, 32 and 64 channels.</summary>
    Deep,

    /// <summary>Three 3x3 convolutions to 64, 64 and 128 channels.</summary>
    Wide,

    /// <summary>Three 3x3 convolutions to 24, 32 and 64 channels.</summary>
    Tiered,
}

/// <summary>What scales the channels of a residual branch before it is added.</summary>
public enum ChannelAttention
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Squeeze and excitation, two 1x1 convolutions on the channels' means (Hu et al., 2018).</summary>
    SqueezeExcitation,

    /// <summary>One convolution along the channels' means (Wang et al., 2020).</summary>
    Efficient,
}

/// <summary>What follows a convolution.</summary>
public enum NormalizationKind
{
    /// <summary>Batch normalization with PyTorch's constants.</summary>
    Batch,

    /// <summary>Group normalization with 32 groups (Wu and He, 2018).</summary>
    Group,
}

/// <summary>
/// A residual network in a few words: its blocks, how many a stage, and where it departs from the first paper. A network of one's own is
/// one of the <see cref="ResNetDesigns"/> with something changed: <c>ResNetDesigns.ResNet50 with { Groups = 16, GroupWidth = 8 }</c>.
/// </summary>
/// <param name="Block">What all blocks are made of.</param>
/// <param name="Depths">How many blocks stand in each of the four stages.</param>
public sealed record ResNetDesign(BlockKind Block, params IReadOnlyList<int> Depths)
{
    /// <summary>Groups of channels of the 3x3 convolution of a bottleneck (ResNeXt's cardinality); 1 by default.</summary>
    public int Groups { get; init; } = 1;

    /// <summary>Channels of each of these groups in the first stage; 64 by default. Wide ResNets have 128.</summary>
    public int GroupWidth { get; init; } = 64;

    /// <summary>What stands before the first block; one 7x7 convolution by default.</summary>
    public StemKind Stem { get; init; }

    /// <summary>Whether a shortcut that strides takes means of 2x2 pixels (ResNet-D) and not every second pixel. Not by default.</summary>
    public bool AverageShortcut { get; init; }

    /// <summary>What scales the channels of F(x); nothing by default.</summary>
    public ChannelAttention Attention { get; init; }

    /// <summary>What follows a convolution; batch normalization by default.</summary>
    public NormalizationKind Normalization { get; init; }

    /// <summary>Whether the last normalization of a block begins with weights of zero, so that each block begins as the identity. Not by default.</summary>
    public bool ZeroInitResidual { get; init; }

    /// <summary>Whether stages 2, 3 and 4 keep their resolution and dilate their 3x3 convolutions instead; bottlenecks only. Not by default.</summary>
    public IReadOnlyList<bool> ReplaceStrideWithDilation { get; init; } = [false, false, false];

    /// <summary>Whether there are shortcuts. Without them the network is the plain one that the first paper compares with. True by default.</summary>
    public bool Shortcuts { get; init; } = true;

    /// <summary>First weights of the convolutions.</summary>
    internal Initializer KernelInitializer { get; init; } = Initializer.KaimingNormalFanOut;

    /// <summary>Output channels of a block, in units of its stage's width.</summary>
    internal int Expansion => Block == BlockKind.Basic ? 1 : 4;

    /// <summary>A normalization layer.</summary>
    /// <param name="last">Whether it is the last one of a block.</param>
    internal Layer Norm(bool last = false)
    {
        var gamma = last && ZeroInitResidual ? Initializer.Zeros : Initializer.Ones;
        return Normalization == NormalizationKind.Batch ? BatchNormalization.Torch(gamma) : new GroupNormalization(gammaInitializer: gamma);
    }

    /// <summary>A convolution without a bias, padded so that stride 1 keeps the size.</summary>
    internal Conv2D Conv(int channels, int kernelSize, int stride = 1, int groups = 1, int dilation = 1) =>
        new(channels, kernelSize, stride, dilation * (kernelSize / 2), useBias: false, groups, dilation, kernelInitializer: KernelInitializer);

    /// <summary>The layer that scales the channels of F(x), or null.</summary>
    internal Layer? AttentionLayer() => Attention switch
    {
        ChannelAttention.SqueezeExcitation => new SqueezeExcitation(),
        ChannelAttention.Efficient => new EfficientChannelAttention(),
        _ => null,
    };

    /// <summary>Refuses what no network can be made of.</summary>
    /// <exception cref="ArgumentException">The message says what does not go together.</exception>
    internal ResNetDesign Checked()
    {
        if (Depths.Count != 4 || Depths.Any(d => d < 1))
            throw new ArgumentException($"a ResNet has four stages of at least one block each, not [{string.Join(", ", Depths)}]");
        if (Groups < 1 || GroupWidth < 1)
            throw new ArgumentException($"groups and their width are at least 1, not {Groups} and {GroupWidth}");
        if (ReplaceStrideWithDilation.Count != 3)
            throw new ArgumentException($"ReplaceStrideWithDilation needs three values, for stages 2 to 4, but has {ReplaceStrideWithDilation.Count}");
        if (Block == BlockKind.Basic && (Groups != 1 || GroupWidth != 64))
            throw new ArgumentException($"a basic block has one group of width 64, not {Groups} of {GroupWidth}; groups and widths need bottlenecks");
        if (Block == BlockKind.Basic && ReplaceStrideWithDilation.Any(replace => replace))
            throw new ArgumentException("a basic block cannot be dilated; ReplaceStrideWithDilation needs bottlenecks");
        return this;
    }
}
