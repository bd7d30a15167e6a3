using ResNetSharp.Formats;
using ResNetSharp.Layers;
using ResNetSharp.Models;
using ResNetSharp.Tests.Formats;

namespace ResNetSharp.Tests.Models;

/// <summary>Configurations in the dialects of Keras' versions, and those that no model is made of.</summary>
public sealed class KerasConfigurationTests
{
    [Fact]
    public void A_Sequential_model_of_Keras_2_is_made()
    {
        var model = Load("2.2.4", """
            {"class_name": "Sequential", "config": {"name": "sequential_1", "layers": [
              {"class_name": "DepthwiseConv2D", "config": {"name": "deep", "batch_input_shape": [null, 4, 4, 2], "kernel_size": [1, 1], "strides": [1, 1],
                "padding": "valid", "data_format": "channels_last", "depth_multiplier": 2, "activation": "relu", "use_bias": true}},
              {"class_name": "BatchNormalization", "config": {"name": "norm", "axis": [3], "momentum": 0.9, "epsilon": 0, "center": true, "scale": false, "trainable": false}},
              {"class_name": "GlobalMaxPooling2D", "config": {"name": "pool"}},
              {"class_name": "Dense", "config": {"name": "dense", "units": 1, "activation": "linear", "use_bias": false}}]}}
            """,
            Layer("deep", ("depthwise_kernel:0", [1, 1, 2, 2], [1, 2, 3, 4]), ("bias:0", [4], [0, 0, 0, 1])),
            Layer("norm", ("beta:0", [4], [1, 0, 0, 0]), ("moving_mean:0", [4], [0, 0, 0, 0]), ("moving_variance:0", [4], [1, 1, 4, 1])),
            Layer("pool"), Layer("dense", ("kernel:0", [4, 1], [1, 10, 100, 1000])));
        // Pixels of (1, 2): the channels 1, 2, 6, 8 + 1; normalized 1 + 1, 2, 3, 9.
        var pixels = Enumerable.Range(0, 32).Select(i => i % 2 + 1f).ToArray();
        Assert.Equal([2 + 20 + 300 + 9000f], model.Predict(Tensor.From(pixels, (1, 4, 4, 2))).ToArray());
        Assert.True(model.Layers["norm"].Frozen);
        Assert.Equal("sequential_1", model.Name);
    }

    [Fact]
    public void A_model_of_Keras_1_is_made()
    {
        var model = Load(null, """
            {"class_name": "Sequential", "config": [
              {"class_name": "Convolution2D", "config": {"name": "conv", "batch_input_shape": [null, 2, 2, 1], "nb_filter": 1, "nb_row": 2, "nb_col": 1,
                "subsample": [1, 1], "border_mode": "same", "dim_ordering": "tf", "bias": true, "activation": "linear"}},
              {"class_name": "Flatten", "config": {"name": "flat"}},
              {"class_name": "Dropout", "config": {"name": "drop", "p": 0.5}},
              {"class_name": "Dense", "config": {"name": "dense", "output_dim": 1, "activation": "linear", "bias": false}}]}
            """,
            Layer("conv", ("conv_W", [2, 1, 1, 1], [1, 1]), ("conv_b", [1], [0.5f])), Layer("flat"), Layer("drop"), Layer("dense", ("dense_W", [4, 1], [1, 1, 1, 1])));
        // Each pixel with the one below it, and a half: 4.5, 6.5, 3.5, 4.5.
        Assert.Equal([19f], model.Predict(Tensor.From([1, 2, 3, 4], (1, 2, 2, 1))).ToArray());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void A_model_within_a_model_and_a_layer_in_two_places_are_made(int firstPlace)
    {
        var model = Load("2.9.0", """
            {"class_name": "Functional", "config": {"name": "outer", "input_layers": [["in", 0, 0]], "output_layers": [["sum", 0, 0]], "layers": [
              {"class_name": "InputLayer", "name": "in", "config": {"batch_input_shape": [null, 3], "name": "in"}, "inbound_nodes": []},
              {"class_name": "Functional", "name": "inner", "inbound_nodes": [[["in", 0, 0, {}]], [["twice", 1, 0, {}]]], "config": {"name": "inner",
                "input_layers": [["x", 0, 0]], "output_layers": [["d", 0, 0]], "layers": [
                  {"class_name": "InputLayer", "name": "x", "config": {"batch_input_shape": [null, 3], "name": "x"}, "inbound_nodes": []},
                  {"class_name": "Dense", "name": "d", "config": {"name": "d", "units": 3, "activation": "linear"}, "inbound_nodes": [[["x", 0, 0, {}]]]}]}},
              {"class_name": "Dense", "name": "twice", "config": {"name": "twice", "units": 3, "use_bias": false},
                "inbound_nodes": [[["in", 0, 0, {}]], [["inner", FIRST, 0, {}]]]},
              {"class_name": "Add", "name": "sum", "config": {"name": "sum"}, "inbound_nodes": [[["twice", 0, 0, {}], ["inner", SECOND, 0, {}]]]}]}}
            """.Replace("FIRST", $"{firstPlace}", StringComparison.Ordinal).Replace("SECOND", $"{firstPlace + 1}", StringComparison.Ordinal),
            Layer("in"), Layer("inner", ("d/kernel:0", [3, 3], [2, 0, 0, 0, 2, 0, 0, 0, 2]), ("d/bias:0", [3], [1, 1, 1])),
            Layer("twice", ("twice/kernel:0", [3, 3], [0, 1, 0, 0, 0, 1, 1, 0, 0])), Layer("sum"));
        // twice(x) + inner(twice(inner(x))): x turned, and 2 * (2x + 1 turned) + 1.
        Assert.Equal([3 + 15, 1 + 7, 2 + 11f], model.Predict(Tensor.From([1, 2, 3], new Shape(1, 3))).ToArray());
        Assert.Equal(12 + 9, model.ParameterCount);
    }

    [Fact]
    public void A_model_that_scales_its_pictures_is_made()
    {
        var model = Load("3.5.0", """
            {"class_name": "Sequential", "config": {"name": "s", "layers": [
              {"class_name": "InputLayer", "config": {"batch_shape": [null, 1, 1, 2], "name": "in"}},
              {"class_name": "Rescaling", "config": {"name": "scale", "scale": 0.5, "offset": -1.0}},
              {"class_name": "Normalization", "config": {"name": "norm", "axis": [-1], "invert": false, "mean": null, "variance": null}},
              {"class_name": "Reshape", "config": {"name": "shape", "target_shape": [-1, 1]}},
              {"class_name": "Flatten", "config": {"name": "flat"}}]}}
            """,
            Layer("in"), Layer("scale"), Layer("norm", ("mean", [2], [1, 1]), ("variance", [2], [4, 0]), ("count", [], [7])), Layer("shape"), Layer("flat"));
        var output = model.Predict(Tensor.From([8, 4], (1, 1, 1, 2))).ToArray();
        Assert.Equal([1, 0f], output);
    }

    [Theory]
    [InlineData("\"Lambda\"", "{\"name\": \"l\", \"function\": \"print\"}", "never run")]
    [InlineData("\"LSTM\"", "{\"name\": \"l\"}", "class LSTM are not supported")]
    [InlineData("\"Conv2D\"", "{\"name\": \"l\", \"filters\": 4, \"kernel_size\": [3, 3], \"strides\": [2, 1]}", "2x1")]
    [InlineData("\"Conv2D\"", "{\"name\": \"l\", \"filters\": 4, \"kernel_size\": [3, 3], \"data_format\": \"channels_first\"}", "channels_first")]
    [InlineData("\"Conv2D\"", "{\"name\": \"l\", \"filters\": 4000000000, \"kernel_size\": [3, 3]}", "'filters'")]
    [InlineData("\"Conv2D\"", "{\"name\": \"l\", \"filters\": 4, \"kernel_size\": [9, 9]}", "does not fit")]
    [InlineData("\"Activation\"", "{\"name\": \"l\", \"activation\": \"mish\"}", "'mish'")]
    [InlineData("\"BatchNormalization\"", "{\"name\": \"l\", \"axis\": 1}", "axis 1")]
    [InlineData("\"ZeroPadding2D\"", "{\"name\": \"l\", \"padding\": [[1000000, 1000000], [1000000, 1000000]]}", "too large")]
    [InlineData("\"Dense\"", "{\"name\": \"l\"}", "'units'")]
    [InlineData("\"Dense\"", "[]", "configuration")]
    [InlineData("7", "{\"name\": \"l\"}", "'class_name'")]
    [InlineData("\"Flatten\"", "{\"name\": \"\\ud800\"}", "'name' is no text")]
    [InlineData("\"LeakyReLU\"", "{\"name\": \"l\", \"alpha\": -1}", "slope")]
    public void What_is_not_supported_is_refused_by_name(string className, string config, string because)
    {
        var refusal = Assert.Throws<InvalidDataException>(() => Load("3.0.0", """
            {"class_name": "Sequential", "config": {"name": "s", "layers": [
              {"class_name": "InputLayer", "config": {"batch_shape": [null, 4, 4, 2], "name": "in"}}, {"class_name": CLASS, "config": CONFIG}]}}
            """.Replace("CLASS", className, StringComparison.Ordinal).Replace("CONFIG", config, StringComparison.Ordinal)));
        Assert.Contains(because, refusal.Message, StringComparison.Ordinal);
        Assert.Contains("model.h5", refusal.Message, StringComparison.Ordinal);
        Assert.EndsWith(".", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"class_name": "MyResNet", "config": {}}""", "MyResNet")]
    [InlineData("""{"class_name": "Functional", "config": {"layers": [], "input_layers": [["a", 0, 0], ["b", 0, 0]], "output_layers": [["a", 0, 0]]}}""", "several inputs")]
    [InlineData("""{"class_name": "Functional", "config": {"layers": [], "input_layers": [["a", 0, 0]], "output_layers": [["a", 0, 0]]}}""", "not among the layers")]
    [InlineData("""[1, 2]""", "no object")]
    [InlineData("""{"class_name": """, "not valid JSON")]
    public void What_is_no_model_is_refused(string config, string because) =>
        Assert.Contains(because, Assert.Throws<InvalidDataException>(() => Load("3.0.0", config)).Message, StringComparison.Ordinal);

    [Fact]
    public void Models_that_double_at_each_level_are_refused_before_they_fill_the_memory()
    {
        var config = """{"class_name": "Flatten", "config": {"name": "leaf"}}""";
        for (var level = 0; level < 12; level++)
        {
            var inner = string.Join(", ", Enumerable.Range(0, 4).Select(i => config.Replace("\"leaf\"", $"\"leaf{i}\"", StringComparison.Ordinal)));
            if (level > 5) inner = config;
            config = """{"class_name": "Sequential", "config": {"name": "NAME", "layers": [INNER]}}"""
                .Replace("NAME", $"s{level}", StringComparison.Ordinal).Replace("INNER", inner, StringComparison.Ordinal);
        }
        var places = string.Join(", ", Enumerable.Range(0, 64).Select(i => $"[[[\"{(i == 0 ? "in" : "last")}\", {Math.Max(0, i - 1)}, 0]]]"[1..^1]));
        var model = """
            {"class_name": "Functional", "config": {"name": "m", "input_layers": [["in", 0, 0]], "output_layers": [["last", 63, 0]], "layers": [
            {"class_name": "InputLayer", "name": "in", "config": {"batch_shape": [null, 3], "name": "in"}, "inbound_nodes": []},
            {"class_name": "Sequential", "name": "last", "config": {"name": "last", "layers": [INNER]}, "inbound_nodes": [PLACES]}]}}
            """.Replace("INNER", config, StringComparison.Ordinal).Replace("PLACES", places, StringComparison.Ordinal);
        Assert.Contains("100000 layers", Assert.Throws<InvalidDataException>(() => Load("2.0.0", model)).Message, StringComparison.Ordinal);
    }

    static Model Load(string? version, string config, params KerasLayer[] layers)
    {
        using var folder = new TemporaryFolder();
        var metadata = new Dictionary<string, string> { ["model_config"] = config };
        if (version is not null) metadata["keras_version"] = version;
        KerasWeights.Write(folder.File("model.h5"), layers, metadata);
        return ModelFile.Load(folder.File("model.h5"));
    }

    static KerasLayer Layer(string name, params (string Name, int[] Shape, float[] Values)[] variables) =>
        new(name, "", [.. variables.Select(v => new KerasVariable(v.Name, v.Name, StoredTensor.Create(v.Name, new Shape(v.Shape), v.Values)))]);
}
