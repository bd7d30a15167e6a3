using System.Text.Json.Nodes;
using ResNetSharp.Cpu;
using ResNetSharp.Graph;
using ResNetSharp.Graph.Operations;
using ResNetSharp.Layers;

namespace ResNetSharp.Models;

/// <summary>Describes a network in Keras' layers, one operation after the other.</summary>
internal sealed class KerasGraphWriter
{
    const string GlobalMaxPooling = "GlobalMaxPooling2D";

    readonly Model model;
    readonly Dictionary<Tensor, KerasEntry> made = [];
    readonly HashSet<string> names = [];
    readonly HashSet<Parameter> used = [];

    KerasGraphWriter(Model model) => this.model = model;

    /// <summary>The layers of a network in Keras' order.</summary>
    /// <exception cref="NotSupportedException">The network has an operation that no layer of Keras stands for; the message names it.</exception>
    public static List<KerasEntry> Describe(Model model)
    {
        var output = model.Describe(Tensor.Input(model.InputShape!.Value));
        var writer = new KerasGraphWriter(model);
        foreach (var node in Node.Reachable([output]))
            if (node.Operation is Input or not Leaf) writer.Add(node);
        return KerasEntry.InKerasOrder(writer.made[output]);
    }

    void Add(Node node)
    {
        var output = node.Outputs[0];
        var layer = node.Scope?.Layer;
        if (layer is Normalization normalization)
        {
            AddNormalization(node, normalization);
            return;
        }
        made[output] = node.Operation switch
        {
            Input => Entry(node, "InputLayer", new JsonObject { ["batch_shape"] = KerasJson.Shape(output.Shape) }, []),
            Convolution convolution => Convolution(node, convolution),
            MatrixProduct => Dense(node),
            BatchNorm norm => BatchNorm(node, norm),
            Unary unary => Activation(node, unary),
            Softmax { Logarithm: false } => Activated(node, "softmax"),
            Binary binary => Merge(node, binary),
            MaxPool pool => MaxPooling(node, pool),
            AveragePool pool => AveragePooling(node, pool),
            GlobalAveragePool => GlobalPooling(node, keepsAxes: false),
            Reduce { Function: ReduceFunction.Mean, Axes: [1, 2] } when node.Inputs[0].Shape.Rank == 4 => GlobalPooling(node, output.Shape.Rank == 4),
            Pad { Value: 0 } pad when IsSpatial(pad) => Entry(node, "ZeroPadding2D", Padding(pad.Before[1], pad.After[1], pad.Before[2], pad.After[2]), Sources(node, 1)),
            Graph.Operations.Flatten or Reshape => Reshaped(node),
            Concatenate concatenate => Entry(node, "Concatenate", new JsonObject { ["axis"] = concatenate.Axis == output.Shape.Rank - 1 ? -1 : concatenate.Axis }, Sources(node, node.Inputs.Length)),
            Graph.Operations.Dropout dropout => Entry(node, "Dropout", new JsonObject { ["rate"] = dropout.Rate, ["seed"] = null, ["noise_shape"] = null }, Sources(node, 1)),
            _ => throw Refuse(node, $"no layer of Keras does what the operation {node.Operation.Name} does"),
        };
    }

    KerasEntry Convolution(Node node, Convolution convolution)
    {
        var window = convolution.Window;
        var (source, padding) = Padded(node, window);
        var parameters = Variables(node, "kernel", "bias");
        return Entry(node, "Conv2D", new JsonObject
        {
            ["filters"] = node.Outputs[0].Shape[3],
            ["kernel_size"] = new JsonArray(window.Height, window.Width),
            ["strides"] = new JsonArray(window.StrideHeight, window.StrideWidth),
            ["padding"] = padding,
            ["data_format"] = KerasJson.ChannelsLast,
            ["dilation_rate"] = new JsonArray(window.DilationHeight, window.DilationWidth),
            ["groups"] = convolution.Groups,
            ["activation"] = "linear",
            ["use_bias"] = parameters.Count > 1,
            ["kernel_initializer"] = KerasJson.Initializer("GlorotUniform"),
            ["bias_initializer"] = KerasJson.Initializer("Zeros"),
            ["kernel_regularizer"] = null,
            ["bias_regularizer"] = null,
            ["activity_regularizer"] = null,
            ["kernel_constraint"] = null,
            ["bias_constraint"] = null,
        }, [source], parameters);
    }

    KerasEntry Dense(Node node)
    {
        var parameters = Variables(node, "kernel", "bias");
        return Entry(node, "Dense", new JsonObject
        {
            ["units"] = node.Outputs[0].Shape[-1],
            ["activation"] = "linear",
            ["use_bias"] = parameters.Count > 1,
            ["kernel_initializer"] = KerasJson.Initializer("GlorotUniform"),
            ["bias_initializer"] = KerasJson.Initializer("Zeros"),
            ["kernel_regularizer"] = null,
            ["bias_regularizer"] = null,
            ["kernel_constraint"] = null,
            ["bias_constraint"] = null,
        }, Sources(node, 1), parameters);
    }

    KerasEntry BatchNorm(Node node, BatchNorm norm) => Entry(node, "BatchNormalization", new JsonObject
    {
        ["axis"] = node.Outputs[0].Shape.Rank - 1,
        ["momentum"] = norm.Settings.Momentum,
        ["epsilon"] = norm.Settings.Epsilon,
        ["center"] = true,
        ["scale"] = true,
        ["beta_initializer"] = KerasJson.Initializer("Zeros"),
        ["gamma_initializer"] = KerasJson.Initializer("Ones"),
        ["moving_mean_initializer"] = KerasJson.Initializer("Zeros"),
        ["moving_variance_initializer"] = KerasJson.Initializer("Ones"),
        ["beta_regularizer"] = null,
        ["gamma_regularizer"] = null,
        ["beta_constraint"] = null,
        ["gamma_constraint"] = null,
        ["synchronized"] = false,
    }, Sources(node, 1), Variables(node, "gamma", "beta", "moving_mean", "moving_variance"));

    /// <summary>Three operations of one layer: the difference, the root and the quotient.</summary>
    void AddNormalization(Node node, Normalization normalization)
    {
        if (node.Operation is Unary) return;
        made[node.Outputs[0]] = node.Operation is Binary { Function: BinaryFunction.Subtract } ? Sources(node, 1)[0] : Entry(node, "Normalization", new JsonObject
        {
            ["axis"] = -1,
            ["invert"] = false,
            ["mean"] = KerasJson.Numbers(normalization.Mean.Values),
            ["variance"] = KerasJson.Numbers(normalization.Variance.Values),
        }, Sources(node, 1));
    }

    KerasEntry Activation(Node node, Unary unary)
    {
        if (unary.Function == UnaryFunction.LeakyRelu)
            return Entry(node, "LeakyReLU", new JsonObject { ["negative_slope"] = unary.Parameter }, Sources(node, 1));
        if (unary.Function == UnaryFunction.Elu && unary.Parameter != 1)
            return Entry(node, "ELU", new JsonObject { ["alpha"] = unary.Parameter }, Sources(node, 1));
        if (!Enum.TryParse<Activation>(unary.Function.ToString(), out var activation) || KerasActivations.NameOf(activation) is not { } name)
            throw Refuse(node, $"no layer of Keras does what the operation {unary.Name} does");
        return Activated(node, name);
    }

    /// <summary>An activation belongs to the convolution or dense layer that applied it, or is a layer of its own.</summary>
    KerasEntry Activated(Node node, string name)
    {
        var source = Sources(node, 1)[0];
        if (node.Scope?.Layer is Conv2D or Layers.Dense && source.Layer == node.Scope.Layer)
        {
            source.Config["activation"] = name;
            return source;
        }
        return Entry(node, "Activation", new JsonObject { ["activation"] = name }, [source]);
    }

    KerasEntry Merge(Node node, Binary binary)
    {
        if (Scalar(node.Inputs[1]) is { } number && Scaled(binary.Function, number) is { } rescaling) return Entry(node, "Rescaling", rescaling, Sources(node, 1));
        var className = binary.Function switch
        {
            BinaryFunction.Add => "Add",
            BinaryFunction.Subtract => "Subtract",
            BinaryFunction.Multiply => "Multiply",
            _ => throw Refuse(node, $"no layer of Keras does what the operation {binary.Name} does"),
        };
        if (node.Inputs[0].Shape.Rank != node.Inputs[1].Shape.Rank)
            throw Refuse(node, $"Keras does not stretch shape {node.Inputs[0].Shape} to {node.Inputs[1].Shape} as the operation {binary.Name} does");
        return Entry(node, className, [], Sources(node, 2));
    }

    static JsonObject? Scaled(BinaryFunction function, float number) => function switch
    {
        BinaryFunction.Multiply => new JsonObject { ["scale"] = number, ["offset"] = 0f },
        BinaryFunction.Add => new JsonObject { ["scale"] = 1f, ["offset"] = number },
        BinaryFunction.Subtract => new JsonObject { ["scale"] = 1f, ["offset"] = -number },
        _ => null,
    };

    static float? Scalar(Tensor tensor) => tensor.Producer.Operation is Constant { Values: [var only] } ? only : null;

    KerasEntry MaxPooling(Node node, MaxPool pool)
    {
        var isLayer = node.Scope?.Layer.TypeName == GlobalMaxPooling;
        if (isLayer || (pool.Window.Height, pool.Window.Width) == (node.Inputs[0].Shape[1], node.Inputs[0].Shape[2]))
            return Entry(node, GlobalMaxPooling, new JsonObject { ["data_format"] = KerasJson.ChannelsLast, ["keepdims"] = !isLayer }, Sources(node, 1));
        // Keras has no padding that never wins; zeros do not, where nothing is negative.
        var isPadded = !pool.Window.Padding.IsSame && pool.Window.Padding != ResNetSharp.Padding.Valid;
        if (isPadded && node.Inputs[0].Producer.Operation is not Unary { Function: UnaryFunction.Relu or UnaryFunction.Relu6 or UnaryFunction.Sigmoid })
            throw Refuse(node, "no layer of Keras takes the maximum over windows with padding unless a ReLU stands before");
        return Pooling(node, "MaxPooling2D", pool.Window);
    }

    KerasEntry AveragePooling(Node node, AveragePool pool)
    {
        var padding = pool.Window.Padding;
        if (padding.IsSame ? pool.CountPadding : padding != ResNetSharp.Padding.Valid && !pool.CountPadding)
            throw Refuse(node, $"Keras does not count padding of means as this layer, padded by {padding}, does");
        return Pooling(node, "AveragePooling2D", pool.Window);
    }

    KerasEntry Pooling(Node node, string className, Window window)
    {
        var (source, padding) = Padded(node, window, alsoSame: false);
        return Entry(node, className, new JsonObject
        {
            ["pool_size"] = new JsonArray(window.Height, window.Width),
            ["padding"] = padding,
            ["strides"] = new JsonArray(window.StrideHeight, window.StrideWidth),
            ["data_format"] = KerasJson.ChannelsLast,
        }, [source]);
    }

    KerasEntry GlobalPooling(Node node, bool keepsAxes) =>
        Entry(node, "GlobalAveragePooling2D", new JsonObject { ["data_format"] = KerasJson.ChannelsLast, ["keepdims"] = keepsAxes }, Sources(node, 1));

    KerasEntry Reshaped(Node node)
    {
        var source = Sources(node, 1)[0];
        if (source.ClassName == GlobalMaxPooling && source.Layer is { } layer && layer == node.Scope?.Layer && layer != model) return source;
        if (node.Operation is Graph.Operations.Flatten) return Entry(node, "Flatten", new JsonObject { ["data_format"] = KerasJson.ChannelsLast }, [source]);
        var (from, to) = (node.Inputs[0].Shape, node.Outputs[0].Shape);
        if (!KnownBehindBatch(from) || !KnownBehindBatch(to) || from.With(0, 1).Size != to.With(0, 1).Size)
            throw Refuse(node, $"Keras does not reshape {from} to {to}, across images");
        return Entry(node, "Reshape", new JsonObject { ["target_shape"] = new JsonArray([.. to.Skip(1).Select(e => (JsonNode)e)]) }, [source]);
    }

    static bool KnownBehindBatch(Shape shape) => shape.Rank > 0 && !shape.AsSpan()[1..].Contains(Shape.Unknown);

    /// <summary>What a window slides over, and Keras' word for its padding; other paddings are a layer of their own before.</summary>
    (KerasEntry Source, string Padding) Padded(Node node, Window window, bool alsoSame = true)
    {
        var source = Sources(node, 1)[0];
        var padding = window.Padding;
        if (padding.IsSame) return (source, "same");
        if (padding == ResNetSharp.Padding.Valid) return (source, "valid");
        var same = window with { Padding = ResNetSharp.Padding.Same };
        // With stride 1 the padding of "same" does not depend on the image.
        if (alsoSame && window.StrideHeight == 1 && window.StrideWidth == 1
            && same.RowPadding(1 << 10) == (padding.Top, padding.Bottom) && same.ColumnPadding(1 << 10) == (padding.Left, padding.Right))
            return (source, "same");
        var input = node.Inputs[0].Shape;
        var shape = new Shape(input[0], Grown(input[1], padding.Top + padding.Bottom), Grown(input[2], padding.Left + padding.Right), input[3]);
        var name = NameOf(node) + "_pad";
        return (new KerasEntry(Unique(name), "ZeroPadding2D", Padding(padding.Top, padding.Bottom, padding.Left, padding.Right), [source], shape, [], null), "valid");
    }

    static int Grown(int extent, int by) => extent == Shape.Unknown ? extent : extent + by;

    static JsonObject Padding(int top, int bottom, int left, int right) => new()
    {
        ["padding"] = new JsonArray(new JsonArray(top, bottom), new JsonArray(left, right)),
        ["data_format"] = KerasJson.ChannelsLast,
    };

    static bool IsSpatial(Pad pad) => pad.Before is [0, _, _, 0] && pad.After is [0, _, _, 0];

    /// <summary>The parameters among a node's inputs.</summary>
    List<(string, Parameter)> Variables(Node node, params ReadOnlySpan<string> kinds)
    {
        var found = new List<(string, Parameter)>();
        for (var i = 1; i < node.Inputs.Length; i++)
        {
            var parameter = ParameterRead.Of(node.Inputs[i]) ?? throw Refuse(node, "its weights are computed, which no layer of Keras does");
            if (!used.Add(parameter)) throw Refuse(node, "it stands in several places, which is not written to Keras' files here");
            found.Add((kinds[i - 1], parameter));
        }
        return found;
    }

    KerasEntry[] Sources(Node node, int count)
    {
        var sources = new KerasEntry[count];
        for (var i = 0; i < count; i++)
            sources[i] = made.GetValueOrDefault(node.Inputs[i]) ?? throw Refuse(node, "it takes numbers that no layer computes, which Keras' layers do not");
        return sources;
    }

    KerasEntry Entry(Node node, string className, JsonObject config, KerasEntry[] inputs, List<(string, Parameter)>? variables = null) =>
        new(Unique(className == "InputLayer" ? "input_layer" : NameOf(node)), className, config, inputs, node.Outputs[0].Shape, variables ?? [], node.Scope?.Layer);

    /// <summary>A layer's own name or path; for an operation beside other layers of a block, the block's with the operation's.</summary>
    string NameOf(Node node)
    {
        var layer = node.Scope?.Layer;
        if (layer is not null && layer != model && !layer.Children.Any()) return Clean(layer.Path);
        var operation = KerasNames.SnakeCase(node.Operation.Name);
        return layer is null || layer == model || layer.Path.Length == 0 ? operation : $"{Clean(layer.Path)}_{operation}";
    }

    static string Clean(string path) => path.Replace('.', '_').Replace('/', '_');

    string Unique(string name)
    {
        var unique = name;
        for (var i = 1; !names.Add(unique); i++) unique = $"{name}_{i}";
        return unique;
    }

    static NotSupportedException Refuse(Node node, string reason)
    {
        var where = node.Scope?.Layer is { Path.Length: > 0 } layer ? $"layer '{layer.Path}'" : $"the operation {node.Operation.Name}";
        return new NotSupportedException($"the model has no counterpart in Keras: {where} cannot be written, since {reason}");
    }
}
