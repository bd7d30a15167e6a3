using System.Text.Json;
using ResNetSharp.Layers;

namespace ResNetSharp.Models;

/// <summary>Makes layers from their entries in a Keras model's configuration, of Keras 1, 2 and 3.</summary>
/// <param name="version">Keras' major version.</param>
internal sealed class KerasLayerReader(int version)
{
    const string ChannelsLast = "channels_last";

    /// <summary>Makes a layer.</summary>
    /// <param name="className">Its class.</param>
    /// <param name="name">Its name.</param>
    /// <param name="settings">Its settings.</param>
    /// <exception cref="InvalidDataException">The class or one of its settings is not supported, which the message names.</exception>
    public KerasPart Read(string className, string name, KerasSettings settings)
    {
        var format = settings.FindText("data_format", "dim_ordering");
        if (format is not (null or ChannelsLast or "tf" or "default")) throw settings.Fail($"images in the order '{format}' are not supported, only {ChannelsLast}");
        return className switch
        {
            "Conv2D" or "Convolution2D" => Convolution(className, name, settings),
            "DepthwiseConv2D" => DepthwiseConvolution(className, name, settings),
            "Dense" => Dense(className, name, settings),
            "BatchNormalization" => BatchNorm(className, name, settings),
            "Normalization" => Normalization(className, name, settings),
            "Activation" => Simple(className, name, new ActivationLayer(KerasActivations.Read(settings, version))),
            "Softmax" => Simple(className, name, new ActivationLayer(Softmax(settings))),
            "ReLU" => ReLU(className, name, settings),
            "LeakyReLU" => Function(className, name, LeakyReLU(settings, settings.Number("negative_slope", settings.Number("alpha", 0.3f)))),
            "ELU" => Function(className, name, Elu(settings)),
            "Dropout" => Simple(className, name, Dropout(settings)),
            "Flatten" => Simple(className, name, new Flatten()),
            "Reshape" => Function(className, name, Reshape(settings)),
            "Rescaling" => Function(className, name, Rescaling(settings)),
            "ZeroPadding2D" => Simple(className, name, new ZeroPadding2D(Padding(settings))),
            "MaxPooling2D" => Simple(className, name, new MaxPooling2D(PoolSize(settings), settings.Square("strides"), SameOrValid(settings))),
            "AveragePooling2D" => Simple(className, name, new AveragePooling2D(PoolSize(settings), settings.Square("strides"), SameOrValid(settings))),
            "GlobalAveragePooling2D" => Function(className, name, KeepsAxes(settings) ? x => x.Mean([1, 2], keepAxes: true) : x => x.GlobalAveragePooling2D()),
            "GlobalMaxPooling2D" => Function(className, name, KeepsAxes(settings) ? x => x.GlobalMaxPooling2D().Reshape(-1, 1, 1, x.Shape[3]) : x => x.GlobalMaxPooling2D()),
            "Add" => Merge(className, name, (a, b) => a + b),
            "Subtract" => Merge(className, name, (a, b) => a - b),
            "Multiply" => Merge(className, name, (a, b) => a * b),
            "Concatenate" => Concatenate(className, name, settings.Find("axis")?.Json, settings),
            "Merge" => OldMerge(className, name, settings),
            "Lambda" => throw settings.Fail("a Lambda layer holds Python code, which is never run; replace it by layers that say what they do"),
            _ => throw settings.Fail($"layers of the class {className} are not supported"),
        };
    }

    /// <summary>An operation on tensors that Keras 3 keeps among the layers, such as the sum <c>x + y</c>.</summary>
    /// <param name="className">Its class.</param>
    /// <param name="name">Its name.</param>
    /// <param name="settings">Its settings.</param>
    public static KerasPart ReadOperation(string className, string name, KerasSettings settings) => className switch
    {
        "Add" => Merge(null, name, (a, b) => a + b),
        "Subtract" => Merge(null, name, (a, b) => a - b),
        "Multiply" => Merge(null, name, (a, b) => a * b),
        "Relu" => Function(null, name, x => x.Relu()),
        _ => throw settings.Fail($"the operation {className} is not supported"),
    };

    KerasPart Convolution(string className, string name, KerasSettings settings)
    {
        var kernel = settings.Pair("kernel_size") ?? (settings.Count("kernel_size", "nb_row"), settings.Count("kernel_size", "nb_col"));
        var layer = new Conv2D(settings.Count("filters", "nb_filter"), kernel, Options(settings));
        return Weighted(className, name, settings, layer, x => layer.Apply(x), "kernel", "bias");
    }

    /// <summary>A convolution of each channel by itself; its filters follow from the input's channels.</summary>
    KerasPart DepthwiseConvolution(string className, string name, KerasSettings settings)
    {
        var kernel = settings.Pair("kernel_size") ?? throw settings.Fail("the configuration lacks 'kernel_size'");
        var multiplier = settings.Find("depth_multiplier") is null ? 1 : settings.Count("depth_multiplier");
        var options = Options(settings);
        Conv2D? layer = null;
        return new KerasPart
        {
            Name = name,
            ClassName = className,
            IsTrainable = settings.Flag("trainable", true),
            Freeze = () => layer!.Freeze(),
            Variables = () => Named(layer!, "depthwise_kernel", "bias"),
            Apply = inputs =>
            {
                var x = Single(inputs);
                if (x.Shape.Rank != 4 || x.Shape[3] == Shape.Unknown) throw new ShapeException($"DepthwiseConv2D needs images of shape (batch, height, width, channels), but got {x.Shape}");
                layer ??= new Conv2D(checked(x.Shape[3] * multiplier), kernel, options with { Groups = x.Shape[3] }) { Name = name };
                return layer.Apply(x);
            },
        };
    }

    ConvOptions Options(KerasSettings settings) => new()
    {
        Strides = settings.Square("strides", "subsample") ?? 1,
        Padding = SameOrValid(settings),
        Dilation = settings.Square("dilation_rate") ?? 1,
        Groups = settings.Find("groups") is null ? 1 : settings.Count("groups"),
        UseBias = settings.Flag("use_bias", settings.Flag("bias", true)),
        Activation = KerasActivations.Read(settings, version),
    };

    KerasPart Dense(string className, string name, KerasSettings settings)
    {
        var layer = new Dense(settings.Count("units", "output_dim"), KerasActivations.Read(settings, version), settings.Flag("use_bias", settings.Flag("bias", true)));
        return Weighted(className, name, settings, layer, x => OnLastAxis(layer, x), "kernel", "bias");
    }

    /// <summary>Keras' dense layers take inputs of any rank.</summary>
    static Tensor OnLastAxis(Dense layer, Tensor x)
    {
        if (x.Shape.Rank <= 2) return layer.Apply(x);
        if (x.Shape[-1] == Shape.Unknown || x.Shape.AsSpan()[1..].Contains(Shape.Unknown)) throw new ShapeException($"Dense needs an input of known extents, but got {x.Shape}");
        var rows = layer.Apply(x.Reshape(Shape.Unknown, x.Shape[-1]));
        return rows.Reshape([.. x.Shape.With(0, Shape.Unknown).With(-1, layer.Units)]);
    }

    static KerasPart BatchNorm(string className, string name, KerasSettings settings)
    {
        var epsilon = settings.Number("epsilon", 1e-3f);
        var momentum = settings.Number("momentum", 0.99f);
        if (epsilon < 0 || momentum is < 0 or > 1) throw settings.Fail($"an epsilon of {epsilon} and a momentum of {momentum} make no sense");
        var layer = new BatchNormalization(epsilon, momentum);
        string?[] variables = [settings.Flag("scale", true) ? "gamma" : null, settings.Flag("center", true) ? "beta" : null, "moving_mean", "moving_variance"];
        return Weighted(className, name, settings, layer, x => OnChannels(settings, x, layer.Apply), variables);
    }

    static KerasPart Normalization(string className, string name, KerasSettings settings)
    {
        if (settings.Flag("invert", false)) throw settings.Fail("a normalization that is inverted is not supported");
        var layer = new Normalization();
        if (settings.Find("mean") is null) return Weighted(className, name, settings, layer, x => OnChannels(settings, x, layer.Apply), "mean", "variance");
        var (mean, variance) = (Numbers(settings.Get("mean")), Numbers(settings.Get("variance")));
        return Function(className, name, x => OnChannels(settings, x, input =>
        {
            var result = layer.Apply(input);
            Fill(layer.Mean, mean);
            Fill(layer.Variance, variance);
            layer.Guard();
            return result;
        }));

        void Fill(Parameter parameter, float[] numbers)
        {
            if (numbers.Length == 1) parameter.Values.Fill(numbers[0]);
            else if (numbers.Length == parameter.Shape.Size) numbers.CopyTo(parameter.Values);
            else throw settings.Fail($"there are {numbers.Length} means or variances for {parameter.Shape.Size} channels");
            parameter.MarkChanged();
        }
    }

    /// <summary>A number, or numbers in any depth of lists.</summary>
    static float[] Numbers(KerasSettings settings) => settings.Json.ValueKind switch
    {
        JsonValueKind.Array => [.. settings.Items("mean").SelectMany(Numbers)],
        JsonValueKind.Object => Numbers(settings.Get("config").Get("value")),
        _ => [settings.Number("mean")],
    };

    /// <summary>Refuses an axis that is not that of the channels.</summary>
    static Tensor OnChannels(KerasSettings settings, Tensor x, Func<Tensor, Tensor> apply)
    {
        if (settings.Find("axis") is not { } found) return apply(x);
        var axis = found.Json.ValueKind == JsonValueKind.Array && found.Items("axis") is [var only] ? only.Json : found.Json;
        if (axis.ValueKind != JsonValueKind.Number || !axis.TryGetInt32(out var number) || number != -1 && number != x.Shape.Rank - 1)
            throw settings.Fail($"normalization along axis {found.Json.GetRawText()} of {x.Shape} is not supported, only along the last");
        return apply(x);
    }

    static Activation Softmax(KerasSettings settings) => settings.Find("axis") is null or { Json.ValueKind: JsonValueKind.Number } && settings.Number("axis", -1) == -1
        ? Activation.Softmax
        : throw settings.Fail("a softmax along another axis than the last is not supported");

    static KerasPart ReLU(string className, string name, KerasSettings settings)
    {
        var slope = settings.Number("negative_slope", 0);
        if (settings.Number("threshold", 0) != 0) throw settings.Fail("a ReLU with a threshold is not supported");
        if (settings.Find("max_value") is null) return slope == 0 ? Simple(className, name, new ActivationLayer(Activation.Relu)) : Function(className, name, LeakyReLU(settings, slope));
        return settings.Number("max_value", 0) == 6 && slope == 0
            ? Simple(className, name, new ActivationLayer(Activation.Relu6))
            : throw settings.Fail("a ReLU with a maximum is supported only where that is 6 and the negative slope 0");
    }

    static Func<Tensor, Tensor> LeakyReLU(KerasSettings settings, float slope) =>
        slope >= 0 ? x => x.LeakyRelu(slope) : throw settings.Fail($"a leaky ReLU with a slope of {slope} is not supported");

    static Func<Tensor, Tensor> Elu(KerasSettings settings)
    {
        var alpha = settings.Number("alpha", 1);
        return alpha >= 0 ? x => x.Elu(alpha) : throw settings.Fail($"an ELU with an alpha of {alpha} is not supported");
    }

    static Dropout Dropout(KerasSettings settings)
    {
        var rate = settings.Number("rate", settings.Number("p", 0));
        return rate is >= 0 and < 1 ? new Dropout(rate) : throw settings.Fail($"a dropout rate of {rate} makes no sense");
    }

    static Func<Tensor, Tensor> Reshape(KerasSettings settings)
    {
        var items = settings.Get("target_shape").Items("target_shape");
        if (items.Length is 0 or > 7) throw settings.Fail($"'target_shape' has {items.Length} extents");
        int[] target = [.. items.Select(item => item.Json.ValueKind == JsonValueKind.Number && item.Json.TryGetInt32(out var n) && n == -1 ? n : item.Extent("target_shape", 1))];
        return x =>
        {
            if (x.Shape.AsSpan()[1..].Contains(Shape.Unknown)) throw new ShapeException($"Reshape needs an input of known extents, but got {x.Shape}");
            long size = 1, known = 1;
            foreach (var extent in x.Shape.AsSpan()[1..]) size *= extent;
            foreach (var extent in target) known *= extent == -1 ? 1 : extent;
            int[] extents = [.. target.Select(extent => extent == -1 ? checked((int)(size / known)) : extent)];
            if (extents.Aggregate(1L, (product, extent) => product * extent) != size || target.Count(e => e == -1) > 1)
                throw new ShapeException($"shape {x.Shape} cannot be reshaped to ({string.Join(", ", target)})");
            return x.Reshape([Shape.Unknown, .. extents]);
        };
    }

    static Func<Tensor, Tensor> Rescaling(KerasSettings settings)
    {
        var (scale, offset) = (settings.Number("scale", 1), settings.Number("offset", 0));
        return x => offset == 0 ? x * scale : x * scale + offset;
    }

    static Padding Padding(KerasSettings settings)
    {
        var found = settings.Get("padding");
        if (found.Json.ValueKind == JsonValueKind.Number) return found.Extent("padding", 0);
        if (found.Items("padding") is not [var rows, var columns]) throw settings.Fail("'padding' is neither a number nor two of them");
        var (top, bottom) = Sides(rows);
        var (left, right) = Sides(columns);
        return ResNetSharp.Padding.Of(top, bottom, left, right);
    }

    static (int Before, int After) Sides(KerasSettings settings)
    {
        if (settings.Json.ValueKind == JsonValueKind.Number) return (settings.Extent("padding", 0), settings.Extent("padding", 0));
        return settings.Items("padding") is [var before, var after] ? (before.Extent("padding", 0), after.Extent("padding", 0)) : throw settings.Fail("'padding' is not two numbers a side");
    }

    static int PoolSize(KerasSettings settings) => settings.Square("pool_size") ?? 2;

    static Padding SameOrValid(KerasSettings settings) => settings.FindText("padding", "border_mode") switch
    {
        null or "valid" => ResNetSharp.Padding.Valid,
        "same" => ResNetSharp.Padding.Same,
        var other => throw settings.Fail($"the padding '{other}' is not supported, only 'same' and 'valid'"),
    };

    static bool KeepsAxes(KerasSettings settings) => settings.Flag("keepdims", false);

    static KerasPart Merge(string? className, string name, Func<Tensor, Tensor, Tensor> merge) => new()
    {
        Name = name,
        ClassName = className,
        Apply = inputs => inputs.Length > 1
            ? new FunctionLayer(className ?? "Add", first => inputs.Skip(1).Aggregate(first, merge)) { Name = name }.Apply(inputs[0])
            : throw new ShapeException("at least two inputs are needed, but there is one"),
    };

    static KerasPart Concatenate(string className, string name, JsonElement? axis, KerasSettings settings)
    {
        var number = -1;
        if (axis is { } given && (given.ValueKind != JsonValueKind.Number || !given.TryGetInt32(out number))) throw settings.Fail("'axis' is no whole number");
        return new KerasPart
        {
            Name = name,
            ClassName = className,
            Apply = inputs =>
            {
                var along = number < 0 ? number + inputs[0].Shape.Rank : number;
                if (along < 1 || along >= inputs[0].Shape.Rank) throw new ShapeException($"shape {inputs[0].Shape} cannot be joined along axis {number}");
                if (inputs.Sum(input => (long)Math.Max(0, input.Shape.Rank > along ? input.Shape[along] : 0)) > int.MaxValue) throw new ShapeException("the joined tensor is too large");
                return new FunctionLayer(className, first => Tensor.Concatenate([first, .. inputs[1..]], along)) { Name = name }.Apply(inputs[0]);
            },
        };
    }

    /// <summary>Keras 1 had one layer for all ways of merging.</summary>
    static KerasPart OldMerge(string className, string name, KerasSettings settings) => settings.FindText("mode") switch
    {
        "sum" => Merge(className, name, (a, b) => a + b),
        "mul" => Merge(className, name, (a, b) => a * b),
        "concat" => Concatenate(className, name, settings.Find("concat_axis")?.Json, settings),
        var mode => throw settings.Fail($"merging by '{mode}' is not supported"),
    };

    static KerasPart Simple(string className, string name, Layer layer)
    {
        layer.Name = name;
        return new KerasPart { Name = name, ClassName = className, Apply = inputs => layer.Apply(Single(inputs)) };
    }

    static KerasPart Function(string? className, string name, Func<Tensor, Tensor> function) => new()
    {
        Name = name,
        ClassName = className,
        Apply = inputs => new FunctionLayer(className ?? "Operation", function) { Name = name }.Apply(Single(inputs)),
    };

    static KerasPart Weighted(string className, string name, KerasSettings settings, Layer layer, Func<Tensor, Tensor> apply, params string?[] variables)
    {
        layer.Name = name;
        return new KerasPart
        {
            Name = name,
            ClassName = className,
            IsTrainable = settings.Flag("trainable", true),
            Freeze = layer.Freeze,
            Variables = () => Named(layer, variables),
            Apply = inputs => apply(Single(inputs)),
        };
    }

    /// <summary>A layer's parameters under Keras' names; those without a name are not in files.</summary>
    static IEnumerable<(string Name, Parameter Parameter)> Named(Layer layer, params string?[] names) =>
        layer.OwnParameters.Zip(names).Where(pair => pair.Second is not null).Select(pair => (pair.Second!, pair.First));

    static Tensor Single(Tensor[] inputs) => inputs is [var only] ? only : throw new ShapeException($"one input is needed, but there are {inputs.Length}");
}
