using System.Globalization;
using ResNetSharp.Formats;

namespace ResNetSharp.Tests.Exchange;

/// <summary>Small ONNX graphs by hand, one operator a line: <c>y = Conv(x, w) strides=2,2 group=1 epsilon=0.5f mode="same"</c>.</summary>
sealed class OnnxText
{
    readonly List<OnnxNode> nodes = [];
    readonly List<StoredTensor> initializers = [];
    RandomSource random = new(5);

    public long OperatorSet { get; init; } = 17;

    /// <summary>The input's extents; 0 leaves one open.</summary>
    public required int[] Input { get; init; }

    /// <summary>Weights of normal numbers.</summary>
    public OnnxText Weights(string name, params int[] shape) => Weights(name, 0, 0.5, shape);

    /// <summary>Weights of normal numbers.</summary>
    public OnnxText Weights(string name, double mean, double deviation, params int[] shape)
    {
        var values = new float[shape.Aggregate(1, (a, b) => a * b)];
        foreach (ref var value in values.AsSpan()) value = (float)(mean + deviation * random.NextNormal());
        return Numbers(name, shape, values);
    }

    public OnnxText Numbers(string name, int[] shape, params float[] values) =>
        Add(StoredTensor.Create(name, new Shape(shape), values));

    public OnnxText Integers(string name, params long[] values) =>
        Add(StoredTensor.Create(name, new Shape(values.Length), values));

    public OnnxText Integers32(string name, params int[] values) =>
        Add(StoredTensor.Create(name, new Shape(values.Length), TensorType.Int32, System.Runtime.InteropServices.MemoryMarshal.AsBytes(values.AsSpan()).ToArray()));

    public OnnxText Bytes(string name, int[] shape, TensorType type, Func<int, byte> value) =>
        Add(StoredTensor.Create(name, new Shape(shape), type, Enumerable.Range(0, shape.Aggregate(1, (a, b) => a * b)).Select(value).ToArray()));

    public OnnxText Scalar(string name, long value) =>
        Add(StoredTensor.Create(name, new Shape(), new[] { value }));

    OnnxText Add(StoredTensor tensor)
    {
        initializers.Add(tensor);
        return this;
    }

    /// <summary>Parameters of a normalization: name.weight, .bias, .mean, .var.</summary>
    public OnnxText Norm(string name, int channels) =>
        Weights($"{name}.weight", 1, 0.2, channels).Weights($"{name}.bias", channels).Weights($"{name}.mean", channels).Weights($"{name}.var", 2, 0.2, channels);

    /// <summary>Adds operators; the value <c>y</c> is the output.</summary>
    public OnnxModel Build(string text)
    {
        foreach (var line in text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)) nodes.Add(Parse(line));
        return new OnnxModel
        {
            OperatorSets = [new OnnxOperatorSet("", OperatorSet)],
            Graph = new OnnxGraph
            {
                Nodes = nodes,
                Initializers = initializers,
                Inputs = [new OnnxValue("x", TensorType.Float32, [.. Input.Select(e => e == 0 ? new OnnxDimension(null, "n") : new OnnxDimension(e))])],
                Outputs = [new OnnxValue("y", TensorType.Float32, null)],
            },
        };
    }

    static OnnxNode Parse(string line)
    {
        var (equals, open, close) = (line.IndexOf('=', StringComparison.Ordinal), line.IndexOf('(', StringComparison.Ordinal), line.IndexOf(')', StringComparison.Ordinal));
        var attributes = line[(close + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(word => Attribute(word.Split('=')[0], word.Split('=')[1]));
        string[] inputs = open + 1 == close ? [] : line[(open + 1)..close].Split(',', StringSplitOptions.TrimEntries);
        var name = line[(equals + 1)..open].Trim();
        return new OnnxNode(name.Split('.')[^1], inputs, [line[..equals].Trim()], [.. attributes], $"node_{line[..equals].Trim()}", name.Contains('.', StringComparison.Ordinal) ? name[..name.LastIndexOf('.')] : "");
    }

    static OnnxAttribute Attribute(string name, string value)
    {
        if (value.StartsWith('"')) return new OnnxAttribute(name, value.Trim('"'));
        if (value.EndsWith('f')) return new OnnxAttribute(name, float.Parse(value.TrimEnd('f'), CultureInfo.InvariantCulture));
        var isRow = name is "strides" or "pads" or "dilations" or "kernel_shape" or "axes" or "perm" or "starts" or "ends";
        var numbers = value.Split(',').Select(v => long.Parse(v, CultureInfo.InvariantCulture)).ToArray();
        return isRow ? new OnnxAttribute(name, numbers) : new OnnxAttribute(name, numbers[0]);
    }
}
