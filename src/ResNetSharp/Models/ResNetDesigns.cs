using static ResNetSharp.Models.BlockKind;

namespace ResNetSharp.Models;

/// <summary>
/// Table 1 of "Deep Residual Learning for Image Recognition" (He et al., 2016) and what grew out of it: ResNeXt (Xie et al., 2017), Wide
/// ResNet (Zagoruyko and Komodakis, 2016), the "bag of tricks" variants C, D, S and T (He et al., 2019), SE (Hu et al., 2018) and ECA (Wang et
/// al., 2020).
/// </summary>
public static class ResNetDesigns
{
    /// <summary>ResNet-18.</summary>
    public static ResNetDesign ResNet18 { get; } = new(Basic, 2, 2, 2, 2);

    /// <summary>ResNet-34.</summary>
    public static ResNetDesign ResNet34 { get; } = new(Basic, 3, 4, 6, 3);

    /// <summary>ResNet-50. As in torchvision, the 3x3 convolution of a bottleneck strides, not the first 1x1.</summary>
    public static ResNetDesign ResNet50 { get; } = new(Bottleneck, 3, 4, 6, 3);

    /// <summary>ResNet-101.</summary>
    public static ResNetDesign ResNet101 { get; } = new(Bottleneck, 3, 4, 23, 3);

    /// <summary>ResNet-152.</summary>
    public static ResNetDesign ResNet152 { get; } = new(Bottleneck, 3, 8, 36, 3);

    static ResNetDesign ResNet200 { get; } = new(Bottleneck, 3, 24, 36, 3);

    /// <summary>The designs by torchvision's names.</summary>
    internal static IReadOnlyList<(string Name, ResNetDesign Design)> Torchvision { get; } =
    [
        ("resnet18", ResNet18),
        ("resnet34", ResNet34),
        ("resnet50", ResNet50),
        ("resnet101", ResNet101),
        ("resnet152", ResNet152),
        ("resnext50_32x4d", ResNet50 with { Groups = 32, GroupWidth = 4 }),
        ("resnext101_32x8d", ResNet101 with { Groups = 32, GroupWidth = 8 }),
        ("resnext101_64x4d", ResNet101 with { Groups = 64, GroupWidth = 4 }),
        ("wide_resnet50_2", ResNet50 with { GroupWidth = 128 }),
        ("wide_resnet101_2", ResNet101 with { GroupWidth = 128 }),
    ];

    /// <summary>Designs by timm's names, beyond torchvision's.</summary>
    internal static IReadOnlyList<(string Name, ResNetDesign Design)> Timm { get; } =
    [
        ("resnext101_32x4d", Start(ResNet101) with { Groups = 32, GroupWidth = 4 }),
        ("resnet50c", Start(ResNet50) with { Stem = StemKind.Deep }),
        ("resnet18d", D(ResNet18)),
        ("resnet34d", D(ResNet34)),
        ("resnet50d", D(ResNet50)),
        ("resnet101d", D(ResNet101)),
        ("resnet152d", D(ResNet152)),
        ("resnet200d", D(ResNet200)),
        ("resnet50s", Start(ResNet50) with { Stem = StemKind.Wide }),
        ("resnet50t", T(ResNet50)),
        ("seresnet18", SE(ResNet18)),
        ("seresnet34", SE(ResNet34)),
        ("seresnet50", SE(ResNet50)),
        ("seresnet101", SE(ResNet101)),
        ("seresnet152", SE(ResNet152)),
        ("seresnext50_32x4d", SE(ResNet50) with { Groups = 32, GroupWidth = 4 }),
        ("ecaresnet50d", ECA(D(ResNet50))),
        ("ecaresnet50t", ECA(T(ResNet50))),
        ("ecaresnet101d", ECA(D(ResNet101))),
        ("resnet50_gn", Start(ResNet50) with { Normalization = NormalizationKind.Group }),
    ];

    /// <summary>timm lets every block begin as the identity.</summary>
    static ResNetDesign Start(ResNetDesign design) => design with { ZeroInitResidual = true };

    static ResNetDesign D(ResNetDesign design) => Start(design) with { Stem = StemKind.Deep, AverageShortcut = true };

    static ResNetDesign T(ResNetDesign design) => Start(design) with { Stem = StemKind.Tiered, AverageShortcut = true };

    static ResNetDesign SE(ResNetDesign design) => Start(design) with { Attention = ChannelAttention.SqueezeExcitation };

    static ResNetDesign ECA(ResNetDesign design) => design with { Attention = ChannelAttention.Efficient };
}
