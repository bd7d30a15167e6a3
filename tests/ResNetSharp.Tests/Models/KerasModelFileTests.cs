using System.Text.Json;
using ResNetSharp.Layers;
using ResNetSharp.Models;
using ResNetSharp.Tests.Formats;

namespace ResNetSharp.Tests.Models;

/// <summary>Whole models that Keras wrote, made again from their files alone.</summary>
public sealed class KerasModelFileTests
{
    const string Cifar = "data/weights/keras/cifar10_ResNet20v1_model.h5";

    [SharedFact(Cifar, "data/cifar10-lossless-4k/data_batch_1_first4000.bin")]
    public void A_trained_model_sees_in_every_picture_what_it_saw_in_Keras()
    {
        var model = ModelFile.Load(SharedData.Find(Cifar)!);
        Assert.Equal("model_1", model.Name);
        Assert.Equal(new Shape(Shape.Unknown, 32, 32, 3), model.InputShape);
        Assert.Equal(274_442, model.ParameterCount + model.StatisticCount);
        Assert.Equal(Classes("keras-resnet20v1-cifar10-lossless-4k-x255-argmax.txt"), Predicted(model));
    }

    [SharedFact(ZooFile.Folder)]
    public void A_full_size_model_computes_what_it_computed_in_Keras()
    {
        const string name = "keras_resnet50_top_legacy_model.h5";
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder.File(name), ZooFile.Unpack(name));
        var model = ModelFile.Load(folder.File(name));
        Assert.Equal("resnet50", model.Name);
        Assert.Equal(176, model.Layers.Count);
        Assert.Equal(23_608_202, model.ParameterCount + model.StatisticCount);
        Assert.Equal(KerasResNet.ResNet50(inputShape: (64, 64, 3), classes: 10).Layers.Select(l => l.Name), model.Layers.Select(l => l.Name));
        using var document = JsonDocument.Parse(File.ReadAllBytes(SharedData.Find($"{ZooFile.Folder}/expected.json")!));
        var expected = document.RootElement.EnumerateArray().Single(e => e.GetProperty("file").GetString() == name);
        var output = model.Predict(GoldenGenerator.Input((1, 3, 64, 64))).ToArray();
        Assert.All(expected.GetProperty("first10").Doubles().Zip(output), pair => Assert.Equal(pair.First, pair.Second, 2e-5));
    }

    [SharedFact(ZooFile.Folder)]
    public void Weights_alone_are_no_model()
    {
        const string name = "keras_densenet121_v3.weights.h5";
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder.File(name), ZooFile.Unpack(name));
        Assert.Contains("weights alone", Assert.Throws<InvalidDataException>(() => ModelFile.Load(folder.File(name))).Message, StringComparison.Ordinal);
    }

    static IEnumerable<int> Classes(string file) => File.ReadLines(SharedData.Find($"data/weights/expected/{file}")!).Select(int.Parse);

    /// <summary>The best classes for pictures that lie in channels-first order.</summary>
    static IEnumerable<int> Predicted(Model model)
    {
        const int size = 3072, record = 1 + size, batch = 500;
        var pixels = File.ReadAllBytes(SharedData.Find("data/cifar10-lossless-4k/data_batch_1_first4000.bin")!);
        for (var start = 0; start < pixels.Length / record; start += batch)
        {
            var values = new float[batch * size];
            for (var i = 0; i < values.Length; i++) values[i] = pixels[(start + i / size) * record + 1 + i % size] / 255f;
            var logits = model.Predict(Tensor.FromChannelsFirst(values, (batch, 3, 32, 32))).ToArray();
            for (var row = 0; row < batch; row++) yield return Enumerable.Range(0, 10).MaxBy(c => logits[row * 10 + c]);
        }
    }
}
