using System.Text.Json;
using System.Text.RegularExpressions;
using ResNetSharp.Layers;
using ResNetSharp.Models;

namespace ResNetSharp.Tests.Models;

/// <summary>Makes the model of an entry of the reference data, with the weights that the reference had.</summary>
static partial class GoldenModel
{
    public static Model Create(string entry, JsonElement record)
    {
        var family = entry[..entry.IndexOf('/', StringComparison.Ordinal)];
        var model = Describe(family, Suffix().Replace(entry[(family.Length + 1)..], ""), record);
        var (_, channels, height, width) = Extents(record);
        model.Build(height, width, channels);
        GoldenGenerator.Fill(model, record.Double("gain"), name => ReferenceName(family, name), torchLayout: family != "keras");
        return model;
    }

    public static Tensor Input(JsonElement record) => GoldenGenerator.Input(record.GetProperty("input_shape").Shape());

    /// <summary>The name under which the reference drew a parameter's numbers.</summary>
    public static string ReferenceName(string family, string name) => family switch
    {
        "keras" => KerasName(name),
        "seed" => name.Replace("downsample.0", "down_conv", StringComparison.Ordinal).Replace("downsample.1", "down_bn", StringComparison.Ordinal),
        _ => name,
    };

    static Model Describe(string family, string name, JsonElement record)
    {
        var (_, channels, height, width) = Extents(record);
        Shape input = (height, width, channels);
        return (family, name) switch
        {
            ("torchvision", "resnet18_10_classes") => ResNet.ResNet18(10),
            ("torchvision", "resnet50_dilated_false_true_true") =>
                new ResNet(ResNetDesigns.ResNet50 with { ReplaceStrideWithDilation = [false, true, true] }),
            ("cifar", _) => Architectures.Create($"cifar-{name}"),
            ("seed", _) => new SeedResNet(),
            ("d2l", "resnet18") => new D2lResNet18(),
            ("d2l", "resnext_block_32_16_1") => new SingleLayer(new ResNeXtBlock(32, 16, 1)),
            ("d2l", "resnext_block_32_16_1_down") => new SingleLayer(new ResNeXtBlock(32, 16, 1, use1x1Conv: true, strides: 2)),
            ("keras", "resnet50") => KerasResNet.ResNet50(inputShape: input, classifierActivation: Activation.Linear),
            ("keras", "resnet101") => KerasResNet.ResNet101(inputShape: input, classifierActivation: Activation.Linear),
            ("keras", "resnet152") => KerasResNet.ResNet152(inputShape: input, classifierActivation: Activation.Linear),
            ("keras", "resnet50v2") => KerasResNet.ResNet50V2(inputShape: input, classifierActivation: Activation.Linear),
            ("keras", "resnet101v2") => KerasResNet.ResNet101V2(inputShape: input, classifierActivation: Activation.Linear),
            ("keras", "resnet152v2") => KerasResNet.ResNet152V2(inputShape: input, classifierActivation: Activation.Linear),
            ("keras", "densenet121") => KerasDenseNet.DenseNet121(inputShape: input, classifierActivation: Activation.Linear),
            ("keras", "densenet169") => KerasDenseNet.DenseNet169(inputShape: input, classifierActivation: Activation.Linear),
            ("keras", "densenet201") => KerasDenseNet.DenseNet201(inputShape: input, classifierActivation: Activation.Linear),
            _ => Architectures.Create(name, inputShape: input),
        };
    }

    static string KerasName(string name)
    {
        var (layer, local) = (name[..name.LastIndexOf('.')], name[(name.LastIndexOf('.') + 1)..]);
        var isNorm = layer == "bn" || layer.EndsWith("_bn", StringComparison.Ordinal);
        return $"{layer}/{local switch
        {
            "weight" => isNorm ? "gamma" : "kernel",
            "bias" => isNorm ? "beta" : "bias",
            "running_mean" => "moving_mean",
            _ => "moving_variance",
        }}";
    }

    static (int, int Channels, int Height, int Width) Extents(JsonElement record)
    {
        var shape = record.GetProperty("input_shape").Ints();
        return (shape[0], shape[1], shape[2], shape[3]);
    }

    [GeneratedRegex("(@224|_odd_size_.*)$")]
    private static partial Regex Suffix();

    /// <summary>A model that is one layer, whose parameters keep their names.</summary>
    sealed class SingleLayer(Layer layer) : Model
    {
        public override IEnumerable<(string Name, Layer Layer)> Children => layer.Children;

        protected override Tensor Call(Tensor inputs) => layer.Apply(inputs);
    }
}
