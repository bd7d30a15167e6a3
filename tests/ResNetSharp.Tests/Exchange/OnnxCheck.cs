using ResNetSharp.Exchange;
using ResNetSharp.Formats;
using ResNetSharp.Layers;
using ResNetSharp.Tests.Graph;

namespace ResNetSharp.Tests.Exchange;

/// <summary>Compares what a model computes with what the reference computes from its graph.</summary>
static class OnnxCheck
{
    /// <summary>Imports a graph and compares, for two different batches where the file leaves the batch open.</summary>
    public static Model Import(OnnxModel onnx, double level = Tolerance.Accumulated)
    {
        var model = Onnx.Import(onnx);
        Compare(model, onnx.Graph, 2, level);
        if (onnx.Graph.Inputs[0].Dimensions![0].Extent is null) Compare(model, onnx.Graph, 3, level);
        return model;
    }

    /// <summary>Compares a model with a graph.</summary>
    public static void Compare(Model model, OnnxGraph graph, int batch, double level = Tolerance.Accumulated)
    {
        int[] extents = [batch, .. graph.Inputs[0].Dimensions!.Skip(1).Select(d => (int)(d.Extent ?? 6))];
        var random = new RandomSource((ulong)batch);
        var there = NaiveArray.Of(extents, _ => (float)random.NextNormal());
        var here = There(model.InputShape!.Value, extents, there);
        var expected = NaiveOnnx.Run(graph, there);
        var made = model.Predict(here);
        var numbers = made.Shape.Rank == 4 ? made.ToChannelsFirst() : made.ToArray();
        Assert.Equal(expected.Shape, made.Shape.Rank == 4 ? [made.Shape[0], made.Shape[3], made.Shape[1], made.Shape[2]] : [.. made.Shape]);
        Tolerance.Near(expected.Values, numbers, level, "output", 1e-2);
    }

    /// <summary>The input in our order: turned where the model's channels are elsewhere than the file's.</summary>
    static Tensor There(Shape own, int[] extents, NaiveArray values)
    {
        var numbers = values.Values.Select(v => (float)v).ToArray();
        var channelsFirst = extents.Length == 4 && own[3] == extents[1] && (own[1] == Shape.Unknown || own[1] == extents[2]);
        return channelsFirst ? Tensor.FromChannelsFirst(numbers, new Shape(extents)) : Tensor.From(numbers, new Shape(extents));
    }
}
