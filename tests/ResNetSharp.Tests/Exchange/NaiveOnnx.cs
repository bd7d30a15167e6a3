using ResNetSharp.Formats;

namespace ResNetSharp.Tests.Exchange;

/// <summary>An array in the order of axes that its file has.</summary>
sealed record NaiveArray(int[] Shape, double[] Values)
{
    /// <summary>Whether the file has them as signed bytes.</summary>
    public bool IsSigned { get; init; }

    public static NaiveArray Of(int[] shape, Func<int[], double> value)
    {
        var values = new double[shape.Aggregate(1, (a, b) => a * b)];
        for (var i = 0; i < values.Length; i++) values[i] = value(IndexOf(i, shape));
        return new NaiveArray(shape, values);
    }

    public double At(params int[] index)
    {
        var flat = 0;
        for (var a = 0; a < Shape.Length; a++) flat = flat * Shape[a] + index[a];
        return Values[flat];
    }

    /// <summary>The element that stands at an index of a larger array, as NumPy stretches.</summary>
    public double Stretched(int[] index) => At([.. Shape.Select((extent, a) => extent == 1 ? 0 : index[index.Length - Shape.Length + a])]);

    static int[] IndexOf(int flat, int[] shape)
    {
        var index = new int[shape.Length];
        for (var a = shape.Length - 1; a >= 0; a--) (flat, index[a]) = (flat / shape[a], flat % shape[a]);
        return index;
    }
}

/// <summary>
/// Computes an ONNX graph in double precision and in the most obvious way, by the words of the operators' description (operator set 17): the
/// reference that importer and exporter are tested against. It shares nothing with them but the reading of files.
/// </summary>
static class NaiveOnnx
{
    public static NaiveArray Run(OnnxGraph graph, NaiveArray input)
    {
        var values = graph.Initializers.ToDictionary(t => t.Name, Read);
        values[graph.Inputs.Single(i => !values.ContainsKey(i.Name)).Name] = input;
        foreach (var node in graph.Nodes)
            values[node.Outputs[0]] = new NaiveOnnxNode(node, [.. node.Inputs.Select(name => name.Length == 0 ? null : values[name])]).Compute();
        return values[graph.Outputs[0].Name];
    }

    public static NaiveArray Read(StoredTensor tensor) => new([.. tensor.Shape], [.. tensor.ToFloats().Select(v => (double)v)]) { IsSigned = tensor.Type == TensorType.Int8 };
}
