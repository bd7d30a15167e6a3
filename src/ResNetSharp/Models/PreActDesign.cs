using ResNetSharp.Layers;
using static ResNetSharp.Models.BlockKind;

namespace ResNetSharp.Models;

/// <summary>A pre-activation residual network in a few words.</summary>
/// <param name="Block">What all blocks are made of.</param>
/// <param name="Depths">How many blocks stand in each of the four stages.</param>
public sealed record PreActDesign(BlockKind Block, params IReadOnlyList<int> Depths)
{
    /// <summary>What stands before the first block: <see cref="StemKind.Plain"/> (the default) or <see cref="StemKind.Deep"/>.</summary>
    public StemKind Stem { get; init; }

    /// <summary>Whether a shortcut that strides takes means of 2x2 pixels. Not by default.</summary>
    public bool AverageShortcut { get; init; }

    /// <summary>What stands before a convolution; batch normalization by default.</summary>
    public NormalizationKind Normalization { get; init; }

    /// <summary>Whether the weights of each filter are standardised before use, as in Big Transfer. Not by default.</summary>
    public bool StandardizeWeights { get; init; }

    /// <summary>The designs by timm's names.</summary>
    internal static IReadOnlyList<(string Name, PreActDesign Design)> Timm { get; } =
    [
        ("resnetv2_18", new(Basic, 2, 2, 2, 2)),
        ("resnetv2_34", new(Basic, 3, 4, 6, 3)),
        ("resnetv2_50", new(Bottleneck, 3, 4, 6, 3)),
        ("resnetv2_101", new(Bottleneck, 3, 4, 23, 3)),
        ("resnetv2_152", new(Bottleneck, 3, 8, 36, 3)),
        ("resnetv2_50d", new(Bottleneck, 3, 4, 6, 3) { Stem = StemKind.Deep, AverageShortcut = true }),
        ("resnetv2_50d_gn", new(Bottleneck, 3, 4, 6, 3) { Stem = StemKind.Deep, AverageShortcut = true, Normalization = NormalizationKind.Group }),
        ("resnetv2_50x1_bit", new(Bottleneck, 3, 4, 6, 3) { Normalization = NormalizationKind.Group, StandardizeWeights = true }),
        ("resnetv2_101x1_bit", new(Bottleneck, 3, 4, 23, 3) { Normalization = NormalizationKind.Group, StandardizeWeights = true }),
    ];

    /// <summary>A normalization layer.</summary>
    internal Layer Norm() => Normalization == NormalizationKind.Batch ? BatchNormalization.Torch() : new GroupNormalization();

    /// <summary>A convolution without a bias, padded so that stride 1 keeps the size.</summary>
    internal Layer Conv(int channels, int kernelSize, int stride = 1) => StandardizeWeights
        ? new StandardizedConv2D(channels, kernelSize, stride)
        : new Conv2D(channels, kernelSize, stride, kernelSize / 2, useBias: false, kernelInitializer: Initializer.KaimingNormalFanOut);

    /// <summary>The projection of a shortcut.</summary>
    internal Sequential Downsample(int channels, int stride)
    {
        var strides = AverageShortcut ? 1 : stride;
        var conv = Conv(channels, 1, strides);
        conv.Name = "conv";
        return AverageShortcut && stride > 1
            ? new Sequential(new AveragePooling2D(2, stride, Padding.Same) { Name = "pool" }, conv)
            : new Sequential(conv);
    }

    /// <summary>Refuses what no network can be made of.</summary>
    /// <exception cref="ArgumentException">The message says what does not go together.</exception>
    internal PreActDesign Checked()
    {
        if (Depths.Count != 4 || Depths.Any(d => d < 1))
            throw new ArgumentException($"a ResNet has four stages of at least one block each, not [{string.Join(", ", Depths)}]");
        if (Stem is not (StemKind.Plain or StemKind.Deep))
            throw new ArgumentException($"a pre-activation network has a plain or a deep stem, not {Stem}");
        return this;
    }
}
