using ResNetSharp.Formats;
using ResNetSharp.Layers;
using ResNetSharp.Models;

namespace ResNetSharp.Exchange;

/// <summary>Makes a model of an ONNX graph. Files are not trusted: what they ask for is bounded by what they bring.</summary>
internal static class OnnxImporter
{
    const int OldestOperatorSet = 7;
    const int MaxNodes = 100_000;

    /// <summary>Operators that take images with channels first, and so say how the axes of the model's input lie.</summary>
    static readonly HashSet<string> imageOperators = ["Conv", "MaxPool", "AveragePool", "GlobalAveragePool", "GlobalMaxPool", "BatchNormalization", "InstanceNormalization"];

    /// <summary>Operators that leave axes as they are.</summary>
    static readonly HashSet<string> plainOperators = ["Identity", "Cast", "Pad", "Add", "Sub", "Mul", "Div", "Relu", "Clip", "Dropout"];

    public static Model Import(OnnxModel onnx, string file, string? output)
    {
        var graph = onnx.Graph;
        var set = onnx.OperatorSets.FirstOrDefault(s => s.Domain is "" or "ai.onnx")?.Version ?? 1;
        if (set < OldestOperatorSet) throw Fail(file, $"uses operator set {set}; {OldestOperatorSet} and later ones are supported, so export the model again with a newer one");
        if (graph.Nodes.Count > MaxNodes) throw Fail(file, $"has {graph.Nodes.Count} operators; {MaxNodes} are supported");
        var weights = graph.Initializers.Select(t => t.Name).ToHashSet();
        var inputs = graph.Inputs.Where(i => !weights.Contains(i.Name)).ToList();
        if (inputs is not [var input]) throw Fail(file, $"takes {inputs.Count} inputs ({Names(inputs)}); models here take one, such as the pictures, so export the part that follows from it");
        if (graph.Outputs.Count == 0) throw Fail(file, "has no outputs");
        if (output is not null && output != input.Name && !graph.Nodes.Any(n => n.Outputs.Contains(output)))
            throw Fail(file, $"has no output '{output}' and computes nothing of that name; its outputs are {Names(graph.Outputs)}");
        if (input.Type != TensorType.Float32) throw Fail(file, $"takes elements of type {input.Type} as its input '{input.Name}'; Float32 is supported");
        try
        {
            var (shape, fixedBatch) = InputShape(input, file);
            var order = shape.Rank == 4 ? FindOrder(graph, input.Name, shape) : AxisOrder.Identity(shape.Rank);
            var start = new ImportedTensor(Tensor.Input(order.OwnShape(shape)), order);
            var interpreter = new OnnxInterpreter(graph, file, set, fixedBatch);
            var end = interpreter.Run(input.Name, start, output ?? graph.Outputs[0].Name);
            var model = new Model(start.Tensor, end) { Name = graph.Name.Length > 0 ? graph.Name : null };
            ModelFile.ReadDescription(onnx.Metadata, model, file);
            return model;
        }
        catch (Exception e) when (e is ShapeException or ArgumentException or OverflowException)
        {
            throw new InvalidDataException($"'{file}' is no model that can be made: {e.Message}", e);
        }
    }

    static string Names(IEnumerable<OnnxValue> values) => string.Join(", ", values.Select(v => v.Name));

    static InvalidDataException Fail(string file, string reason) => new($"'{file}' {reason}");

    /// <summary>The input's extents with the batch open, and the batch that the file is made for, if for one alone.</summary>
    static (Shape Shape, long? Batch) InputShape(OnnxValue input, string file)
    {
        if (input.Dimensions is not { Count: >= 2 and <= 8 } dimensions) throw Fail(file, $"does not say of what shape its input '{input.Name}' is");
        var extents = new int[dimensions.Count];
        for (var i = 0; i < extents.Length; i++)
        {
            if (dimensions[i].Extent is null or -1) extents[i] = Shape.Unknown;
            else if (dimensions[i].Extent is > 0 and <= 1 << 16 and var extent) extents[i] = (int)extent;
            else throw Fail(file, $"gives its input '{input.Name}' an extent of {dimensions[i].Extent}");
        }
        long? batch = extents[0] == Shape.Unknown ? null : extents[0];
        extents[0] = Shape.Unknown;
        return (new Shape(extents), batch);
    }

    /// <summary>Where the batch, the rows, the columns and the channels of the input's images are.</summary>
    static AxisOrder FindOrder(OnnxGraph graph, string input, Shape shape)
    {
        // For each value that is the input in other clothes: which axis of the input each of its axes is.
        var known = new Dictionary<string, long[]> { [input] = [0, 1, 2, 3] };
        foreach (var node in graph.Nodes)
        {
            if (node.Outputs.Count == 0 || node.Inputs.FirstOrDefault(known.ContainsKey) is not { } from) continue;
            var axes = known[from];
            if (imageOperators.Contains(node.Operator))
                return axes[0] == 0 ? Inverse(axes) : AxisOrder.Images;
            if (plainOperators.Contains(node.Operator)) known[node.Outputs[0]] = axes;
            if (node.Operator == "Transpose" && node.Attributes.FirstOrDefault(a => a.Name == "perm")?.Value is long[] { Length: 4 } perm && perm.Order().SequenceEqual([0, 1, 2, 3]))
                known[node.Outputs[0]] = [.. perm.Select(axis => axes[axis])];
        }
        // Without a clue: colours are few.
        return shape[3] is 1 or 3 && shape[1] is not (1 or 3) ? AxisOrder.Identity(4) : AxisOrder.Images;
    }

    /// <summary>The order of the input, given which of its axes are batch, channels, rows and columns.</summary>
    static AxisOrder Inverse(long[] axes)
    {
        var own = new int[4];
        for (var i = 0; i < own.Length; i++) own[axes[i]] = AxisOrder.Images[i];
        return [.. own];
    }
}
