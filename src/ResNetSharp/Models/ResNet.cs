using ResNetSharp.Layers;

namespace ResNetSharp.Models;

/// <summary>
/// A residual network for images of about 224x224 (He et al., 2016) as torchvision builds it: the names of its parameters are those of
/// torchvision's state_dict, or timm's for what torchvision does not have. The output is logits, (batch, classes).
/// </summary>
/// <example><code>
/// var model = ResNet.ResNet50(classes: 10);
/// var dilated = new ResNet(ResNetDesigns.ResNet50 with { ReplaceStrideWithDilation = [false, true, true] });
/// </code></example>
public sealed class ResNet : Model
{
    readonly Layer conv1;
    readonly Layer bn1;
    readonly ActivationLayer relu = new(Activation.Relu);
    readonly MaxPooling2D maxpool = new(3, 2, padding: 1);
    readonly Sequential layer1;
    readonly Sequential layer2;
    readonly Sequential layer3;
    readonly Sequential layer4;
    readonly GlobalAveragePooling2D avgpool = new();
    readonly Dense fc;

    /// <summary>Makes a network from a design.</summary>
    /// <param name="design">What it looks like.</param>
    /// <param name="classes">How many numbers the output has; 1000 by default, as for ImageNet.</param>
    /// <exception cref="ArgumentException">The design does not go together; the message says why.</exception>
    public ResNet(ResNetDesign design, int classes = 1000)
    {
        ArgumentNullException.ThrowIfNull(design);
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 1);
        Design = design.Checked();
        var stages = new ResNetStages(design, channels: design.Stem == StemKind.Wide ? 128 : 64);
        conv1 = Stem(design);
        bn1 = design.Norm();
        layer1 = stages.Next(64, 1, dilate: false);
        layer2 = stages.Next(128, 2, design.ReplaceStrideWithDilation[0]);
        layer3 = stages.Next(256, 2, design.ReplaceStrideWithDilation[1]);
        layer4 = stages.Next(512, 2, design.ReplaceStrideWithDilation[2]);
        fc = new Dense(classes, kernelInitializer: Initializer.TorchDefault, biasInitializer: Initializer.TorchDefault);
    }

    /// <summary>What the network looks like.</summary>
    public ResNetDesign Design { get; }

    /// <summary>ResNet-18.</summary>
    /// <inheritdoc cref="ResNet152"/>
    public static ResNet ResNet18(int classes = 1000, string? weights = null) => Make("resnet18", ResNetDesigns.ResNet18, classes, weights);

    /// <summary>ResNet-34.</summary>
    /// <inheritdoc cref="ResNet152"/>
    public static ResNet ResNet34(int classes = 1000, string? weights = null) => Make("resnet34", ResNetDesigns.ResNet34, classes, weights);

    /// <summary>ResNet-50.</summary>
    /// <inheritdoc cref="ResNet152"/>
    public static ResNet ResNet50(int classes = 1000, string? weights = null) => Make("resnet50", ResNetDesigns.ResNet50, classes, weights);

    /// <summary>ResNet-101.</summary>
    /// <inheritdoc cref="ResNet152"/>
    public static ResNet ResNet101(int classes = 1000, string? weights = null) => Make("resnet101", ResNetDesigns.ResNet101, classes, weights);

    /// <summary>ResNet-152.</summary>
    /// <param name="classes">How many numbers the output has.</param>
    /// <param name="weights">
    /// <c>imagenet</c> for torchvision's first weights or <c>imagenet1k_v2</c> for its newer ones, which are fetched if need be (see <see cref="Weights"/>);
    /// the path of a weight file; or null (the default) for weights drawn at random.
    /// </param>
    /// <exception cref="ArgumentException">There are no such weights, or they have another number of classes.</exception>
    /// <exception cref="IOException">The weights are not on this machine and cannot be fetched.</exception>
    public static ResNet ResNet152(int classes = 1000, string? weights = null) => Make("resnet152", ResNetDesigns.ResNet152, classes, weights);

    /// <inheritdoc/>
    protected override Tensor Call(Tensor inputs)
    {
        var x = maxpool.Apply(relu.Apply(bn1.Apply(conv1.Apply(inputs))));
        x = layer4.Apply(layer3.Apply(layer2.Apply(layer1.Apply(x))));
        return fc.Apply(avgpool.Apply(x));
    }

    /// <summary>Makes a network that knows its name, with its weights.</summary>
    static ResNet Make(string name, ResNetDesign design, int classes, string? weights)
    {
        var choice = WeightsChoice.Of(weights, name, classes);
        var model = new ResNet(design, classes) { Architecture = name };
        choice?.Fill(model);
        return model;
    }

    static Layer Stem(ResNetDesign design)
    {
        if (design.Stem == StemKind.Plain) return design.Conv(64, 7, 2);
        var (first, second, last) = design.Stem switch
        {
            StemKind.Wide => (64, 64, 128),
            StemKind.Tiered => (24, 32, 64),
            _ => (32, 32, 64),
        };
        return new Sequential(
            design.Conv(first, 3, 2), design.Norm(), new ActivationLayer(Activation.Relu),
            design.Conv(second, 3), design.Norm(), new ActivationLayer(Activation.Relu),
            design.Conv(last, 3));
    }
}
