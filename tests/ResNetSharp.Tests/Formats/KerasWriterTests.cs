using ResNetSharp.Formats;

namespace ResNetSharp.Tests.Formats;

public sealed class KerasWriterTests
{
    [Theory]
    [InlineData(3, false)]
    [InlineData(700, false)]
    [InlineData(700, true)]
    public void What_is_written_is_read_back(int count, bool isWholeModel)
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("weights.h5");
        KerasWeights.Write(path, Layers(count), Metadata(isWholeModel));
        using var weights = KerasWeights.Open(path);
        Assert.True(weights.IsInModelOrder);
        Assert.Equal(Layers(count).Select(Describe), weights.Layers.Select(Describe));
        Assert.Equal(Metadata(isWholeModel), weights.Metadata);
    }

    [SharedFact("data/weights/keras/cifar10_ResNet20v1_model.h5")]
    public void A_trained_model_is_copied_without_a_change()
    {
        using var folder = new TemporaryFolder();
        using var original = KerasWeights.Open(SharedData.Find("data/weights/keras/cifar10_ResNet20v1_model.h5")!);
        KerasWeights.Write(folder.File("copy.h5"), original.Layers, original.Metadata);
        using var copy = KerasWeights.Open(folder.File("copy.h5"));
        Assert.Equal(original.Layers.Select(Describe), copy.Layers.Select(Describe));
        Assert.Equal(original.Metadata, copy.Metadata);
    }

    [PythonFact("h5py")]
    public void The_reference_library_reads_what_is_written()
    {
        const int Count = 3000; // so many that the list of names has two pieces and the tree of links three levels
        using var folder = new TemporaryFolder();
        var path = folder.File("weights.h5");
        KerasWeights.Write(path, Layers(Count), Metadata(true));
        var said = Python.Run(Python.With("h5py")!, $$"""
            import h5py
            with h5py.File('{{path.Replace("\\", "/", StringComparison.Ordinal)}}', 'r') as f:
                print(sorted(f.attrs), len(f.attrs['model_config']), f.attrs['note'])
                g = f['model_weights']
                print(sorted(g.attrs), len(g))
                names = [n.decode() for k in range(2) for n in g.attrs[f'layer_names{k}']]
                print(len(names), names == [f'layer_with_a_long_name_{i}' for i in range({{Count}})], all(n in g for n in names))
                print(list(g[names[1]].attrs['weight_names']), g[names[0]].attrs['weight_names'])
                for w in g[names[1]].attrs['weight_names']:
                    d = g[names[1]][w.decode()]
                    print(d.name, d.shape, d.dtype, d[...].flatten().tolist())
            """);
        Assert.Equal("""
            ['backend', 'empty', 'model_config', 'note'] 100002 über
            ['backend', 'layer_names0', 'layer_names1'] 3001
            3000 True True
            [b'layer/kernel:0', b'layer/step', b'layer/none'] []
            /model_weights/layer_with_a_long_name_1/layer/kernel:0 (1, 2) float32 [1.0, -1.0]
            /model_weights/layer_with_a_long_name_1/layer/step () int64 [1]
            /model_weights/layer_with_a_long_name_1/layer/none (0, 3) float16 []
            """.ReplaceLineEndings("\n"), said.ReplaceLineEndings("\n"));
    }

    [Fact]
    public void Layers_and_weights_of_one_name_are_not_written()
    {
        using var folder = new TemporaryFolder();
        var layers = Layers(2);
        Assert.Throws<ArgumentException>(() => KerasWeights.Write(folder.File("a.h5"), [layers[1], layers[1]]));
        var twice = new KerasLayer("l", "", [layers[1].Variables[0], layers[1].Variables[0]]);
        Assert.Throws<ArgumentException>(() => KerasWeights.Write(folder.File("a.h5"), [twice]));
        Assert.Empty(folder.Names);
    }

    static KerasLayer[] Layers(int count) => [.. Enumerable.Range(0, count).Select(i => new KerasLayer($"layer_with_a_long_name_{i}", "", i % 2 == 0 ? [] :
    [
        Variable("layer/kernel:0", StoredTensor.Create("", [1, 2], new float[] { i, -i })),
        Variable("layer/step", StoredTensor.Create("", [], new[] { (long)i })),
        Variable("layer/none", StoredTensor.Create("", [0, 3], TensorType.Float16, Array.Empty<byte>())),
    ]))];

    static KerasVariable Variable(string path, StoredTensor tensor) => new("", path, tensor);

    static Dictionary<string, string> Metadata(bool isWholeModel)
    {
        var metadata = new Dictionary<string, string> { ["backend"] = "tensorflow", ["note"] = "über", ["empty"] = "" };
        if (isWholeModel) metadata["model_config"] = "{" + new string(' ', 100_000) + "}";
        return metadata;
    }

    static string Describe(KerasLayer layer) =>
        layer.Name + string.Concat(layer.Variables.Select(v => $"\n  {v.Path} {v.Tensor.Shape} {v.Tensor.Type} {TinyCorpus.Hash(v.Tensor)}"));
}
