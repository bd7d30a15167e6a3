using System.Text.Json;
using System.Text.Json.Nodes;
using ResNetSharp.Formats;
using ResNetSharp.Imaging;
using ResNetSharp.Layers;
using ResNetSharp.Models;
using ResNetSharp.Tests.Formats;

namespace ResNetSharp.Tests.Models;

/// <summary>Models in files as Keras 3 writes them, against files that Keras wrote, and read again.</summary>
public sealed class KerasSavingTests
{
    [Theory]
    [InlineData("model.keras")]
    [InlineData("model.h5")]
    public void A_whole_model_comes_back_with_the_same_numbers(string name)
    {
        using var folder = new TemporaryFolder();
        var model = Everything();
        model.ClassNames = ["cat", "dög", "\"fish\"", "bird"];
        model.Preprocessing = Preprocessing.KerasTf;
        model.SaveKeras(folder.File(name));
        var again = ModelFile.Load(folder.File(name));
        Assert.Equal(model.ClassNames, again.ClassNames);
        Assert.Equal(Preprocessing.KerasTf.Divisor, again.Preprocessing!.Divisor);
        Assert.Equal(model.Parameters.SelectMany(p => p.Values.ToArray()), again.Parameters.SelectMany(p => p.Values.ToArray()));
        var input = Tensor.RandomNormal(2, 16, 12, 3);
        Assert.Equal(model.Predict(input).ToArray(), again.Predict(input).ToArray());
        Assert.Equal([name], folder.Names);
    }

    [Fact]
    public void Weights_alone_come_back_into_the_same_model()
    {
        using var folder = new TemporaryFolder();
        var model = Everything();
        model.SaveKeras(folder.File("model.weights.h5"));
        var again = Everything();
        again.Initialize(5);
        Assert.NotEqual(model.Parameters[0].Values.ToArray(), again.Parameters[0].Values.ToArray());
        Assert.True(again.LoadWeights(folder.File("model.weights.h5")).IsComplete);
        Assert.Equal(model.Parameters.SelectMany(p => p.Values.ToArray()), again.Parameters.SelectMany(p => p.Values.ToArray()));
    }

    [Theory]
    [InlineData("resnet18", 64)]
    [InlineData("seresnet18", 64)]
    [InlineData("resnet18d", 64)]
    [InlineData("keras-resnet50v2", 64)]
    [InlineData("cifar-preact-resnet20", 32)]
    [InlineData("plain-cifar-resnet20", 32)]
    public void A_model_of_any_family_becomes_a_functional_one_of_Keras_layers(string architecture, int side)
    {
        using var folder = new TemporaryFolder();
        var model = Architectures.Create(architecture, classes: 10, inputShape: (side, side, 3));
        if (architecture.Contains("cifar-", StringComparison.Ordinal) && architecture.StartsWith("cifar", StringComparison.Ordinal))
        {
            var refusal = Assert.Throws<NotSupportedException>(() => model.SaveKeras(folder.File("model.keras")));
            Assert.Contains("no layer of Keras", refusal.Message, StringComparison.Ordinal);
            return;
        }
        model.SaveKeras(folder.File("model.keras"));
        var again = ModelFile.Load(folder.File("model.keras"));
        var input = Tensor.RandomNormal(1, side, side, 3);
        var (expected, output) = (model.Predict(input).ToArray(), again.Predict(input).ToArray());
        for (var i = 0; i < output.Length; i++) Assert.Equal(expected[i], output[i], 1e-4f * Math.Max(1, Math.Abs(expected[i])));
        Assert.Equal(model.ParameterCount, again.ParameterCount);
    }

    [SharedFact(ZooFile.Folder)]
    public void The_configuration_of_a_network_is_the_one_that_Keras_writes()
    {
        // What later versions of Keras added: with their usual values, which are left out so that every Keras 3 accepts the file.
        string[] added = ["renorm", "renorm_clipping", "renorm_momentum", "quantization_config", "input_axes", "output_axes", "ragged", "optional", "mask"];
        using var folder = new TemporaryFolder();
        const string name = "keras_resnet50_top_legacy_model.h5";
        using var original = KerasWeights.Open(ZooFile.Unpack(name), name);
        var model = KerasResNet.ResNet50(inputShape: (64, 64, 3), classes: 10);
        model.Name = "resnet50";
        model.SaveKeras(folder.File("ours.h5"));
        using var ours = KerasWeights.Open(folder.File("ours.h5"));
        var expected = JsonNode.Parse(original.Metadata["model_config"].Replace("input_layer_1", "input_layer", StringComparison.Ordinal))!;
        var actual = JsonNode.Parse(ours.Metadata["model_config"])!;
        var differences = new List<string>();
        Compare(expected, actual, "", added, differences);
        Assert.Empty(differences);
        Assert.Equal(Structure(original).Select(l => l.Replace("input_layer_1", "input_layer", StringComparison.Ordinal)), Structure(ours));
    }

    [SharedFact(ZooFile.Folder)]
    public void The_groups_of_a_weight_file_are_those_that_Keras_writes()
    {
        using var folder = new TemporaryFolder();
        const string name = "keras_densenet121_v3.weights.h5";
        KerasDenseNet.DenseNet121(inputShape: (64, 64, 3), classes: 10).SaveKeras(folder.File("ours.weights.h5"));
        var (expected, actual) = (Tree(new MemoryBytes(name, ZooFile.Unpack(name))), Tree(FileBytes.Open(folder.File("ours.weights.h5"))));
        Assert.Equal(expected.Select(l => l.Replace("input_layer_2", "input_layer", StringComparison.Ordinal)), actual);
    }

    [PythonFact("h5py")]
    public void The_reference_libraries_read_an_archive()
    {
        using var folder = new TemporaryFolder();
        var model = Everything();
        model.SaveKeras(folder.File("model.keras"));
        var said = Python.Run(Python.With("h5py")!, $$"""
            import h5py, io, json, zipfile, hashlib
            z = zipfile.ZipFile('{{folder.File("model.keras").Replace("\\", "/", StringComparison.Ordinal)}}')
            print(z.testzip(), z.namelist(), {i.compress_type for i in z.infolist()})
            print(json.loads(z.read('metadata.json'))['keras_version'])
            c = json.loads(z.read('config.json'))
            print(c['module'], c['class_name'], c['registered_name'], [l['class_name'] for l in c['config']['layers']][:3])
            f = h5py.File(io.BytesIO(z.read('model.weights.h5')), 'r')
            print(f['vars'].attrs['name'], f['layers/conv2d/vars'].attrs['name'], f['layers/conv2d/vars/0'].shape, len(f['layers/activation/vars']))
            h = hashlib.sha256()
            for g in ['layers/conv2d', 'layers/dense']:
                for k in ['0', '1']: h.update(f[g]['vars'][k][...].astype('<f4').tobytes())
            print(h.hexdigest())
            """);
        var values = model.Layers["conv"].Parameters.Concat(model.Layers["dense"].Parameters).SelectMany(p => System.Runtime.InteropServices.MemoryMarshal.AsBytes(p.Values).ToArray());
        Assert.Equal($"""
            None ['metadata.json', 'config.json', 'model.weights.h5'] {"{0}"}
            3.0.0
            keras.src.models.functional Functional Functional ['InputLayer', 'Rescaling', 'Conv2D']
            everything conv (3, 3, 3, 8) 0
            {Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData([.. values]))}
            """.ReplaceLineEndings("\n"), said.ReplaceLineEndings("\n"));
    }

    [Fact]
    public void A_name_that_is_none_of_Keras_is_refused()
    {
        using var folder = new TemporaryFolder();
        Assert.Contains(".weights.h5", Assert.Throws<ArgumentException>(() => Everything().SaveKeras(folder.File("model.pb"))).Message, StringComparison.Ordinal);
    }

    /// <summary>A model with layers of most kinds.</summary>
    static Model Everything()
    {
        var input = Tensor.Input(16, 12, 3);
        var x = (input * (1 / 255f)).Conv2D(8, 3, Padding.Same, activation: Activation.Relu, name: "conv").BatchNorm(name: "norm");
        var y = x.Conv2D(8, 3, new ConvOptions { Groups = 4, Padding = Padding.Of(1, 1, 1, 0), UseBias = false }, "grouped").BatchNorm(1e-5f).LeakyRelu(0.2f);
        y = y.ZeroPadding2D(Padding.Of(0, 0, 0, 1)).AveragePooling2D(3, 1, Padding.Same).MaxPooling2D(2, 1, Padding.Same);
        x = Tensor.Concatenate([x, y.Conv2D(8, 3, new ConvOptions { Dilation = 2 })]);
        var gate = x.GlobalAveragePooling2D().Reshape(Shape.Unknown, 1, 1, 16).Conv2D(16, 1, Padding.Valid).Sigmoid();
        x = (x * gate + x).Relu().Dropout(0.3f).Elu().MaxPooling2D(2);
        return new Model(input, x.GlobalMaxPooling2D().Dense(4, Activation.Softmax, name: "dense")) { Name = "everything" };
    }

    static void Compare(JsonNode? expected, JsonNode? actual, string path, string[] added, List<string> differences)
    {
        switch (expected)
        {
            case JsonObject wanted when actual is JsonObject got:
                foreach (var (key, value) in wanted)
                    if (got.ContainsKey(key)) Compare(value, got[key], $"{path}/{key}", added, differences);
                    else if (!added.Contains(key)) differences.Add($"{path} lacks {key}");
                differences.AddRange(got.Where(pair => !wanted.ContainsKey(pair.Key)).Select(pair => $"{path} has {pair.Key}"));
                break;
            case JsonArray wanted when actual is JsonArray got && wanted.Count == got.Count:
                for (var i = 0; i < wanted.Count; i++) Compare(wanted[i], got[i], $"{path}/{i}", added, differences);
                break;
            case JsonValue wanted when wanted.GetValueKind() == JsonValueKind.Number && actual?.GetValueKind() == JsonValueKind.Number:
                if ((float)wanted.AsValue().GetValue<double>() != (float)actual.AsValue().GetValue<double>()) differences.Add($"{path} is {actual}, not {wanted}");
                break;
            default:
                if (!JsonNode.DeepEquals(expected, actual)) differences.Add($"{path} is {actual?.ToJsonString()}, not {expected?.ToJsonString()}");
                break;
        }
    }

    static IEnumerable<string> Structure(KerasWeights file) =>
        file.Layers.Select(layer => $"{layer.Path} {string.Join(", ", layer.Variables.Select(v => $"{v.Path} {v.Tensor.Shape} {v.Tensor.Type}"))}");

    /// <summary>All groups with their name attribute and all data sets, in the order of their paths.</summary>
    static List<string> Tree(ByteSource source)
    {
        using (source)
        {
            var lines = new List<string>();
            Walk(new Hdf5File(source).Root, lines);
            lines.Sort(StringComparer.Ordinal);
            return lines;
        }
    }

    static void Walk(Hdf5File.Hdf5Object item, List<string> lines)
    {
        lines.Add($"{item.Path} {(item.IsDataset ? $"{item.Tensor().Shape} {item.Tensor().Type}" : item.Texts("name")?[0])}");
        if (!item.IsGroup) return;
        foreach (var child in item.Children()) Walk(child, lines);
    }
}
