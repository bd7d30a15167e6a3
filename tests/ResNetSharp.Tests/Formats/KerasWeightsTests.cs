using System.IO.Compression;
using System.Text.Json;
using ResNetSharp.Formats;

namespace ResNetSharp.Tests.Formats;

public sealed class KerasWeightsTests
{
    [SharedFact("data/weights/keras/cifar10_ResNet20v1_model.h5")]
    public void A_whole_Keras_2_model_lists_layers_and_weights_in_its_order()
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(SharedData.Find("data/weights/expected/tensors.json")!));
        var expected = document.RootElement.GetProperty("keras/cifar10_ResNet20v1_model.h5");
        using var weights = KerasWeights.Open(SharedData.Find("data/weights/keras/cifar10_ResNet20v1_model.h5")!);
        Assert.True(weights.IsInModelOrder);
        Assert.Equal(expected.GetProperty("layer_names").EnumerateArray().Select(e => e.GetString()), weights.Layers.Select(l => l.Name));
        foreach (var layer in expected.GetProperty("weight_names").EnumerateObject())
            Assert.Equal(layer.Value.EnumerateArray().Select(e => e.GetString()), weights.Layers.Single(l => l.Name == layer.Name).Variables.Select(v => v.Path));
        Assert.Equal(["gamma", "beta", "moving_mean", "moving_variance"], weights.Layers[2].Variables.Select(v => v.Name));
        Assert.Equal(274_442, weights.Layers.Sum(l => l.Variables.Sum(v => v.Tensor.Count)));
        Assert.Equal("2.2.4", weights.Metadata["keras_version"]);
    }

    [SharedFact(TinyCorpus.Folder)]
    public void Weights_of_Keras_2_alone_are_found_at_the_root()
    {
        using var weights = KerasWeights.Open(SharedData.Find($"{TinyCorpus.Folder}/hdf5/keras2-weights-only.h5")!);
        Assert.Equal(["conv2d kernel (3, 3, 1, 2)", "conv2d bias (2,)", "dense kernel (2, 3)", "dense bias (3,)"], Lines(weights));
        Assert.Empty(weights.Layers[1].Variables);
    }

    [SharedFact(TinyCorpus.Folder)]
    public void Weights_of_Keras_3_are_found_in_groups_named_by_class()
    {
        using var weights = KerasWeights.Open(SharedData.Find($"{TinyCorpus.Folder}/hdf5/keras3.weights.h5")!);
        Assert.False(weights.IsInModelOrder);
        Assert.Equal(
            ["batch_normalization 0 (2,)", "batch_normalization 1 (2,)", "batch_normalization 2 (2,)", "batch_normalization 3 (2,)",
                "conv2d 0 (3, 3, 1, 2)", "conv2d 1 (2,)", "dense 0 (2, 3)", "dense 1 (3,)"], Lines(weights));
    }

    [SharedTheory(ZooFile.Folder)]
    [InlineData("keras_resnet50_notop_legacy_weights.h5", 23_587_712, 318)]
    [InlineData("keras_resnet50_top_legacy_model.h5", 23_608_202, 320)]
    public void Full_size_legacy_files_hold_the_generated_values(string name, long parameters, int tensors)
    {
        using var weights = KerasWeights.Open(ZooFile.Unpack(name), name);
        Assert.Equal(parameters, weights.Layers.Sum(l => l.Variables.Sum(v => v.Tensor.Count)));
        Assert.Equal(tensors, weights.Layers.Sum(l => l.Variables.Count));
        var conv = weights.Layers.Single(l => l.Name == "conv3_block1_2_conv").Variables;
        Assert.Equal(["kernel", "bias"], conv.Select(v => v.Name));
        var bias = conv[1].Tensor.ToFloats();
        for (int i = 0; i < bias.Length; i++) Assert.Equal(ZooFile.Bias("conv3_block1_2_conv/bias", i), bias[i]);
        var variance = weights.Layers.Single(l => l.Name == "conv5_block3_3_bn").Variables[3].Tensor.ToFloats();
        for (int i = 0; i < variance.Length; i++) Assert.Equal(ZooFile.Scale("conv5_block3_3_bn/moving_variance", i), variance[i]);
    }

    [SharedFact(ZooFile.Folder)]
    public void A_full_size_Keras_3_file_holds_the_generated_values_under_the_layers_own_names()
    {
        const string name = "keras_densenet121_v3.weights.h5";
        using var weights = KerasWeights.Open(ZooFile.Unpack(name), name);
        Assert.Equal(7_047_754, weights.Layers.Sum(l => l.Variables.Sum(v => v.Tensor.Count)));
        Assert.Equal(242, weights.Layers.Count(l => l.Variables.Count > 0));
        Assert.Equal("layers/conv2d_10", weights.Layers.Where(l => l.Path.StartsWith("layers/conv2d", StringComparison.Ordinal)).ElementAt(10).Path);
        var mean = weights.Layers.Single(l => l.Name == "conv4_block7_1_bn").Variables[2].Tensor.ToFloats();
        for (int i = 0; i < mean.Length; i++) Assert.Equal(ZooFile.Bias("conv4_block7_1_bn/moving_mean", i), mean[i]);
    }

    [SharedFact(TinyCorpus.Folder)]
    public void An_archive_gives_the_order_of_its_configuration()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("model.keras");
        using (var zip = ZipFile.Open(path, ZipArchiveMode.Create))
        {
            Add(zip, "metadata.json", """{"keras_version": "3.1.0"}"""u8);
            Add(zip, "config.json", """{"config": {"layers": [{"config": {"name": "dense"}}, {"config": {"name": "conv2d"}}, {"config": {"name": "batch_normalization"}}]}}"""u8);
            Add(zip, "model.weights.h5", File.ReadAllBytes(SharedData.Find($"{TinyCorpus.Folder}/hdf5/keras3.weights.h5")!));
        }
        using var weights = KerasWeights.Open(path);
        Assert.True(weights.IsInModelOrder);
        Assert.Equal(["dense", "conv2d", "batch_normalization"], weights.Layers.Select(l => l.Name));
        Assert.Equal("3.1.0", weights.Metadata["keras_version"]);
        using var file = WeightFile.Open(path);
        Assert.Equal(WeightFormat.KerasArchive, file.Format);
        Assert.Equal(weights.Layers[0].Variables[1].Tensor.ToFloats(), file["layers/dense/vars/1"].ToFloats());
    }

    [SharedTheory(TinyCorpus.Folder)]
    [InlineData("\"\\ud800\"")]
    [InlineData("\"\u00f9\"")]
    public void An_archive_with_a_name_that_is_no_text_is_refused(string name)
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("model.keras");
        using (var zip = ZipFile.Open(path, ZipArchiveMode.Create))
        {
            Add(zip, "config.json", System.Text.Encoding.Latin1.GetBytes("{\"config\": {\"layers\": [{\"config\": {\"name\": " + name + "}}]}}"));
            Add(zip, "model.weights.h5", File.ReadAllBytes(SharedData.Find($"{TinyCorpus.Folder}/hdf5/keras3.weights.h5")!));
        }
        Assert.Contains("not valid JSON", Assert.Throws<InvalidDataException>(() => KerasWeights.Open(path)).Message, StringComparison.Ordinal);
    }

    [SharedFact(TinyCorpus.Folder)]
    public void A_file_without_Keras_weights_is_refused()
    {
        var path = SharedData.Find($"{TinyCorpus.Folder}/hdf5/types.h5")!;
        Assert.Contains("types.h5", Assert.Throws<InvalidDataException>(() => KerasWeights.Open(path)).Message);
    }

    static void Add(ZipArchive zip, string name, ReadOnlySpan<byte> content)
    {
        using var stream = zip.CreateEntry(name, CompressionLevel.NoCompression).Open();
        stream.Write(content);
    }

    static IEnumerable<string> Lines(KerasWeights weights) =>
        weights.Layers.SelectMany(l => l.Variables.Select(v => $"{l.Name} {v.Name} {v.Tensor.Shape}"));
}
