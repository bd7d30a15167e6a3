using System.Text.Json;
using ResNetSharp.Formats;
using ResNetSharp.Layers;
using ResNetSharp.Models;
using ResNetSharp.Tests.Formats;

namespace ResNetSharp.Tests.Models;

/// <summary>Weight files as the original programs write them, in the models they were written for.</summary>
public sealed class PretrainedFileTests
{
    [SharedTheory(ZooFile.Folder)]
    [InlineData("keras_resnet50_notop_legacy_weights.h5")]
    [InlineData("keras_resnet50_top_legacy_model.h5")]
    [InlineData("keras_densenet121_v3.weights.h5")]
    [InlineData("torch_resnet50.pth")]
    [InlineData("torch_resnet18_legacy.pth")]
    [InlineData("torch_resnext50_checkpoint.pt")]
    public void A_model_with_the_weights_of_a_file_computes_what_the_original_computes(string name)
    {
        var expected = Expected(name);
        var isKeras = name.StartsWith("keras", StringComparison.Ordinal);
        var side = isKeras ? 64 : 96;
        var model = name switch
        {
            "keras_resnet50_notop_legacy_weights.h5" => KerasResNet.ResNet50(includeTop: false, inputShape: (side, side, 3)),
            "keras_resnet50_top_legacy_model.h5" => KerasResNet.ResNet50(inputShape: (side, side, 3), classes: 10),
            "keras_densenet121_v3.weights.h5" => KerasDenseNet.DenseNet121(inputShape: (side, side, 3), classes: 10),
            _ => Architectures.Create(expected.GetProperty("constructor").GetString()!, inputShape: (side, side, 3)),
        };
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder.File(name), ZooFile.Unpack(name));
        Assert.True(model.LoadWeights(folder.File(name)).IsComplete);
        var output = model.Predict(Input(side)).ToArray();
        var first = expected.GetProperty(isKeras ? "first10" : "first10_float64").Doubles();
        for (var i = 0; i < first.Length; i++) Assert.Equal(first[i], output[i], 2e-4);
        var l2 = expected.Double("l2");
        Assert.Equal(l2, Math.Sqrt(output.Sum(v => (double)v * v)), 2e-5 * l2);
    }

    [SharedFact(ZooFile.Folder)]
    public void A_file_that_does_not_fit_is_refused_or_loaded_in_part()
    {
        const string name = "keras_resnet50_top_legacy_model.h5";
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder.File(name), ZooFile.Unpack(name));
        var model = KerasResNet.ResNet50(inputShape: (64, 64, 3), classes: 7);
        var error = Assert.Throws<InvalidDataException>(() => model.LoadWeights(folder.File(name)));
        Assert.Contains("predictions.weight is (2048, 10), not (2048, 7)", error.Message, StringComparison.Ordinal);
        Assert.Equal(318, model.LoadWeights(folder.File(name), strict: false).Loaded);
        var backbone = KerasResNet.ResNet50(includeTop: false, inputShape: (64, 64, 3));
        var report = backbone.LoadWeights(folder.File(name), strict: false);
        Assert.Empty(report.Missing);
        Assert.Equal(2, report.Unexpected.Count);
    }

    [SharedFact("data/weights/keras/cifar10_ResNet20v1_model.h5")]
    public void A_trained_Keras_network_of_ones_own_is_loaded_by_the_order_of_its_layers()
    {
        var input = Tensor.Input(32, 32, 3);
        var x = Stage(Stage(Stage(input.Conv2D(16, 3, Padding.Same).BatchNorm().Relu(), 16, 1), 32, 2), 64, 2);
        var model = new Model(input, x.AveragePooling2D(8).Flatten().Dense(10));
        Assert.True(model.LoadWeights(SharedData.Find("data/weights/keras/cifar10_ResNet20v1_model.h5")!).IsComplete);

        Assert.Equal(BestClasses("keras-resnet20v1-cifar10-lossless-4k-x255-argmax.txt"), Classes(model.Predict(Pictures((v, _) => v / 255f))));
    }

    [SharedTheory("data/weights/pytorch-legacy")]
    [InlineData("pytorch-legacy/resnet20-12fca82f.th")]
    [InlineData("resnet20-12fca82f.safetensors")]
    public void A_trained_CIFAR_network_sees_what_the_original_sees(string file)
    {
        float[] mean = [0.485f, 0.456f, 0.406f], deviation = [0.229f, 0.224f, 0.225f];
        var model = Architectures.Create("cifar-resnet20");
        Assert.True(model.LoadWeights(SharedData.Find($"data/weights/{file}")!).IsComplete);
        var pictures = Pictures((v, channel) => (v / 255f - mean[channel]) / deviation[channel]);
        Assert.Equal(BestClasses("resnet20-cifar10-lossless-4k-argmax.txt"), Classes(model.Predict(pictures)));
    }

    [Fact]
    public void Former_names_of_a_DenseNet_are_understood()
    {
        using var folder = new TemporaryFolder();
        var model = new DenseNet(4, [2], 8, 3);
        model.Build(32, 32, 3);
        var formerly = model.Parameters.Select(p =>
        {
            var torch = new float[p.Shape.Size];
            TorchLayout.ToTorch(p.Values, p.Shape, torch);
            var name = p.Name.Contains("denselayer", StringComparison.Ordinal)
                ? p.Name.Replace("norm", "norm.", StringComparison.Ordinal).Replace("conv", "conv.", StringComparison.Ordinal)
                : p.Name;
            return StoredTensor.Create(name, TorchLayout.ShapeOf(p.Shape), torch);
        }).ToList();
        Assert.Contains(formerly, t => t.Name == "features.denseblock1.denselayer1.norm.1.weight");
        SafeTensors.Write(folder.File("former.safetensors"), formerly, new Dictionary<string, string>());
        Assert.True(model.LoadWeights(folder.File("former.safetensors")).IsComplete);
    }

    /// <summary>The stages of the Keras example, in the order in which Keras lists their layers.</summary>
    static Tensor Stage(Tensor x, int filters, int strides)
    {
        for (var block = 0; block < 3; block++)
        {
            var step = block == 0 ? strides : 1;
            var y = x.Conv2D(filters, 3, Padding.Same, step).BatchNorm().Relu().Conv2D(filters, 3, Padding.Same);
            if (step > 1) x = x.Conv2D(filters, 1, Padding.Same, step);
            x = (y.BatchNorm() + x).Relu();
        }
        return x;
    }

    /// <summary>The first hundred pictures of CIFAR-10, which lie in channels-first order.</summary>
    static Tensor Pictures(Func<byte, int, float> prepare)
    {
        const int images = 100, size = 3072, record = 1 + size;
        var pixels = File.ReadAllBytes(SharedData.Find("data/cifar10-lossless-4k/data_batch_1_first4000.bin")!);
        var values = new float[images * size];
        for (var i = 0; i < values.Length; i++) values[i] = prepare(pixels[i / size * record + 1 + i % size], i % size / 1024);
        return Tensor.FromChannelsFirst(values, (images, 3, 32, 32));
    }

    static IEnumerable<int> BestClasses(string file) => File.ReadLines(SharedData.Find($"data/weights/expected/{file}")!).Take(100).Select(int.Parse);

    static IEnumerable<int> Classes(Tensor logits)
    {
        var values = logits.ToArray();
        return Enumerable.Range(0, 100).Select(row => Enumerable.Range(0, 10).MaxBy(c => values[row * 10 + c]));
    }

    /// <summary>The input that the expected outputs belong to.</summary>
    static Tensor Input(int side) => GoldenGenerator.Input((1, 3, side, side));

    static JsonElement Expected(string name)
    {
        var document = JsonDocument.Parse(File.ReadAllBytes(SharedData.Find($"{ZooFile.Folder}/expected.json")!));
        return document.RootElement.EnumerateArray().Single(e => e.GetProperty("file").GetString() == name);
    }
}
