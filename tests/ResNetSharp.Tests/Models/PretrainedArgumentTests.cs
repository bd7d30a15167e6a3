using ResNetSharp.Layers;
using ResNetSharp.Models;

namespace ResNetSharp.Tests.Models;

/// <summary>What the argument <c>weights</c> of networks goes together with; nothing here asks the net for anything.</summary>
public sealed class PretrainedArgumentTests
{
    [Fact]
    public void Weights_with_a_classifier_have_a_thousand_classes()
    {
        Refused(() => ResNet.ResNet50(classes: 10, weights: "imagenet"), "resnet50.imagenet1k_v1", "1000 classes apart, not 10");
        Refused(() => DenseNet.DenseNet121(classes: 10, weights: "imagenet1k_v1"), "1000 classes apart, not 10");
        Refused(() => KerasResNet.ResNet50(weights: "imagenet", classes: 10), "keras-resnet50.imagenet", "1000 classes apart, not 10");
        Refused(() => KerasDenseNet.DenseNet121(weights: "imagenet", classes: 10), "1000 classes apart, not 10");
        Refused(() => Architectures.Create("resnet18", classes: 7, weights: "imagenet"), "1000 classes apart, not 7");
    }

    [Fact]
    public void Weights_that_do_not_exist_are_answered_with_those_that_do()
    {
        Refused(() => ResNet.ResNet50(weights: "no-such-file.pth"), "neither a file 'no-such-file.pth'", "imagenet1k_v1, imagenet1k_v2");
        Refused(() => KerasResNet.ResNet50V2(weights: "no-such-file.h5", includeTop: false), "'no-such-file.h5'", "imagenet-notop");
        Refused(() => Architectures.Create("seresnet18", weights: "imagenet"), "none are published");
        Refused(() => Architectures.Create("cifar-resnet20", weights: "imagenet"), "akamaster");
    }

    [Fact]
    public void Keras_weights_go_with_what_Keras_lets_them_go_with()
    {
        Refused(() => KerasResNet.ResNet50(weights: "imagenet", inputShape: (160, 160, 3)), "(224, 224, 3)", "(160, 160, 3)");
        Refused(() => KerasResNet.ResNet50(weights: "imagenet", includeTop: false, inputShape: (64, 64, 1)), "3 channels");
        Refused(() => KerasResNet.ResNet50(weights: "imagenet", classifierActivation: Activation.Sigmoid), "softmax");
    }

    [Fact]
    public void The_path_of_a_file_gives_weights_preprocessing_and_class_names()
    {
        using var folder = new Data.TemporaryFolder();
        var path = Path.Combine(folder.Path, "resnet18.safetensors");
        var original = ResNet.ResNet18();
        original.Build(224, 224, 3);
        original.Initialize(3);
        original.Save(path);
        var model = ResNet.ResNet18(weights: path);
        Assert.Equal(original.Parameters[^1].Values.ToArray(), model.Parameters[^1].Values.ToArray());
        Assert.Equal(256, model.Preprocessing!.ShorterSide);
        Assert.Same(ImageNet.ClassNames, model.ClassNames);
        Assert.Throws<InvalidDataException>(() => ResNet.ResNet34(weights: path));
    }

    [SharedFact(Formats.ZooFile.Folder)]
    public void A_Keras_file_gives_weights_and_the_size_of_the_inputs()
    {
        const string name = "keras_resnet50_notop_legacy_weights.h5";
        using var folder = new Data.TemporaryFolder();
        var path = folder.Write(name, Formats.ZooFile.Unpack(name));
        var model = KerasResNet.ResNet50(weights: path, includeTop: false, inputShape: (64, 96, 3), pooling: KerasPooling.Average);
        Assert.Equal((96, 64), model.Preprocessing!.ExactSize);
        Assert.Equal(new Shape(2, 2048), model.Predict(Tensor.RandomNormal(2, 64, 96, 3)).Shape);
        Assert.Equal(0.9, model.Parameters[0].Values.ToArray().Max(Math.Abs) / Math.Sqrt(3.0 / 147), 0.05);
        Refused(() => KerasResNet.ResNet50(weights: path, classifierActivation: Activation.Relu), "softmax");
    }

    static void Refused(Func<Model> make, params string[] words)
    {
        var message = Assert.ThrowsAny<ArgumentException>(make).Message;
        foreach (var word in words) Assert.Contains(word, message, StringComparison.Ordinal);
    }
}
