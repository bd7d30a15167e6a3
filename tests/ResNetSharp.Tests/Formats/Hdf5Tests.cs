using System.Text.Json;
using ResNetSharp.Formats;

namespace ResNetSharp.Tests.Formats;

public sealed class Hdf5Tests
{
    [SharedFact(TinyCorpus.Folder)]
    public void Good_files_load_with_the_expected_names_shapes_and_values()
    {
        var wrong = new List<string>();
        foreach (var (path, expected) in TinyCorpus.Files("hdf5", "load"))
        {
            using var file = WeightFile.Open(path);
            Assert.Equal(WeightFormat.Hdf5, file.Format);
            wrong.AddRange(TinyCorpus.Differences(path, file, "", expected.GetProperty("tensors"), ordered: false));
        }
        Assert.Empty(wrong);
    }

    [SharedFact(TinyCorpus.Folder)]
    public void Bad_files_are_refused_with_a_sentence_that_names_them()
    {
        var files = TinyCorpus.Files("hdf5", "refuse", "either").ToList();
        Assert.NotEmpty(files);
        Assert.Empty(files.Select(f => TinyCorpus.Refusal(f.Path, f.Expected.GetProperty("expect").GetString() == "either", path => Read(path, f.Expected))).OfType<string>());
    }

    static void Read(string path, JsonElement expected)
    {
        using var file = WeightFile.Open(path);
        if (!expected.TryGetProperty("dataset", out var dataset)) return;
        if (expected.GetProperty("why").GetString()!.Contains("'ok' loads", StringComparison.Ordinal)) Assert.Equal([0, 1, 2], file["ok"].ToFloats());
        file[dataset.GetString()!].ToFloats();
    }

    [SharedFact(TinyCorpus.Folder)]
    public void Attributes_of_every_kind_are_read()
    {
        var path = SharedData.Find($"{TinyCorpus.Folder}/hdf5/attributes.h5")!;
        using var source = FileBytes.Open(path);
        var root = new Hdf5File(source).Root;
        Assert.Equal(["tensorflow"], root.Texts("backend")!);
        Assert.Equal(["über 中文"], root.Texts("utf8")!);
        Assert.Equal(30034, root.Texts("model_config")![0].Length);
        Assert.Equal(["2.2.4"], root.Texts("fixed")!);
        Assert.Equal(["conv2d_1", "batch_normalization_1", "dense"], root.Texts("layer_names")!);
        Assert.Equal(["alpha", "be", ""], root.Texts("vlen_names")!);
        Assert.Equal([12.0], root.Numbers("epoch")!);
        Assert.Equal([0.125], root.Numbers("lr")!);
        Assert.Equal([1.0, 2, 3], root.Numbers("shape")!);
        Assert.Equal([], root.Texts("no_names")!);
        Assert.Equal([11.0], root.Numbers("extra_11")!);
        Assert.Null(root.Texts("absent"));
        Assert.Equal(["on a dataset"], root.Find("w")!.Texts("note")!);
    }

    [SharedFact(TinyCorpus.Folder)]
    public void Data_sets_that_are_no_tensors_do_not_spoil_the_file()
    {
        using var file = WeightFile.Open(SharedData.Find($"{TinyCorpus.Folder}/hdf5/types.h5")!);
        Assert.Contains("LZF", Assert.Throws<InvalidDataException>(() => file["lzf"]).Message);
        Assert.Contains("compound", file.Unreadable["compound"]);
    }

    [SharedFact(TinyCorpus.Folder)]
    public void Chunks_without_extent_are_refused()
    {
        var bytes = File.ReadAllBytes(SharedData.Find($"{TinyCorpus.Folder}/hdf5/chunked.h5")!);
        var refusals = new List<string>();
        for (var at = 0; at + 15 < bytes.Length; at++)
        {
            // A layout of version 3, chunked: then the number of dimensions, an address and the extents.
            if (bytes[at] != 3 || bytes[at + 1] != 2 || bytes[at + 2] is < 2 or > 5) continue;
            var damaged = bytes.ToArray();
            damaged.AsSpan(at + 11, 4).Clear();
            try
            {
                using var file = WeightFile.Open(damaged, "zero");
                refusals.AddRange(file.Unreadable.Values);
                TinyCorpus.ReadAll(file);
            }
            catch (InvalidDataException refusal)
            {
                refusals.Add(refusal.Message);
            }
        }
        Assert.Contains(refusals, message => message.Contains("chunks of extent 0", StringComparison.Ordinal));
    }

    [SharedFact("data/weights/keras/cifar10_ResNet20v1_model.h5")]
    public void A_whole_Keras_model_loads_with_the_expected_values()
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(SharedData.Find("data/weights/expected/tensors.json")!));
        using var file = WeightFile.Open(SharedData.Find("data/weights/keras/cifar10_ResNet20v1_model.h5")!);
        var expected = document.RootElement.GetProperty("keras/cifar10_ResNet20v1_model.h5").GetProperty("tensors");
        Assert.Empty(TinyCorpus.Differences("model", file, "", expected, ordered: false));
        Assert.Equal("2.2.4", file.Metadata["keras_version"]);
        Assert.Equal(33565, file.Metadata["model_config"].Length);
    }

    [SharedFact("data/broken/resnet50_weights_tf_dim_ordering_tf_kernels.h5")]
    public void A_download_that_was_cut_short_is_refused()
    {
        var refusal = Assert.Throws<InvalidDataException>(() => WeightFile.Open(SharedData.Find("data/broken/resnet50_weights_tf_dim_ordering_tf_kernels.h5")!));
        Assert.Contains("102853048", refusal.Message);
    }
}
