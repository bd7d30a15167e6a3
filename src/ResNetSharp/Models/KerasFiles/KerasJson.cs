using System.Text.Json.Nodes;

namespace ResNetSharp.Models;

/// <summary>The parts that Keras' configurations are made of.</summary>
internal static class KerasJson
{
    public const string ChannelsLast = "channels_last";

    /// <summary>The configuration of a whole model.</summary>
    /// <param name="name">The model's name.</param>
    /// <param name="entries">The layers in Keras' order, the input among them.</param>
    /// <param name="output">The last of them.</param>
    /// <param name="isArchive">Whether it is for a <c>.keras</c> archive, where every object also names its module.</param>
    public static JsonObject Model(string name, IReadOnlyList<KerasEntry> entries, KerasEntry output, bool isArchive)
    {
        var input = entries.Single(entry => entry.ClassName == "InputLayer");
        var config = new JsonObject
        {
            ["name"] = name,
            ["trainable"] = true,
            ["layers"] = new JsonArray([.. entries.Select(entry => Layer(entry, isArchive))]),
            ["input_layers"] = History(input),
            ["output_layers"] = History(output),
        };
        return isArchive
            ? new JsonObject { ["module"] = "keras.src.models.functional", ["class_name"] = "Functional", ["config"] = config, ["registered_name"] = "Functional" }
            : new JsonObject { ["class_name"] = "Functional", ["config"] = config };
    }

    /// <summary>A shape with open extents as null.</summary>
    public static JsonArray Shape(Shape shape) => new([.. shape.Select(extent => extent == ResNetSharp.Shape.Unknown ? null : (JsonNode)extent)]);

    /// <summary>An initializer; the first values do not matter for a trained model.</summary>
    public static JsonObject Initializer(string className) => new()
    {
        ["module"] = "keras.initializers",
        ["class_name"] = className,
        ["config"] = className == "GlorotUniform" ? new JsonObject { ["seed"] = null } : [],
        ["registered_name"] = null,
    };

    /// <summary>A list of numbers.</summary>
    public static JsonArray Numbers(ReadOnlySpan<float> values)
    {
        var list = new JsonArray();
        foreach (var value in values) list.Add((JsonNode)value);
        return list;
    }

    static JsonObject Layer(KerasEntry entry, bool isArchive)
    {
        var json = new JsonObject();
        if (isArchive) json["module"] = "keras.layers";
        json["class_name"] = entry.ClassName;
        json["config"] = Settings(entry);
        if (isArchive)
        {
            json["registered_name"] = null;
            if (entry.Inputs.Count > 0) json["build_config"] = new JsonObject { ["input_shape"] = InputShape(entry) };
        }
        json["name"] = entry.Name;
        json["inbound_nodes"] = entry.Inputs.Count == 0 ? [] : new JsonArray(new JsonObject { ["args"] = new JsonArray(Arguments(entry)), ["kwargs"] = new JsonObject() });
        return json;
    }

    static JsonObject Settings(KerasEntry entry)
    {
        if (entry.ClassName == "InputLayer")
            return new JsonObject { ["batch_shape"] = entry.Config["batch_shape"]!.DeepClone(), ["dtype"] = "float32", ["sparse"] = false, ["name"] = entry.Name };
        var settings = new JsonObject
        {
            ["name"] = entry.Name,
            ["trainable"] = entry.IsTrainable,
            ["dtype"] = new JsonObject
            {
                ["module"] = "keras",
                ["class_name"] = "DTypePolicy",
                ["config"] = new JsonObject { ["name"] = "float32" },
                ["registered_name"] = null,
            },
        };
        foreach (var (name, value) in entry.Config) settings[name] = value?.DeepClone();
        return settings;
    }

    static bool TakesList(KerasEntry entry) => entry.ClassName is "Add" or "Subtract" or "Multiply" or "Concatenate";

    static JsonArray InputShape(KerasEntry entry) =>
        TakesList(entry) ? new JsonArray([.. entry.Inputs.Select(input => Shape(input.Shape))]) : Shape(entry.Inputs[0].Shape);

    static JsonNode Arguments(KerasEntry entry) => TakesList(entry) ? new JsonArray([.. entry.Inputs.Select(Tensor)]) : Tensor(entry.Inputs[0]);

    static JsonNode Tensor(KerasEntry entry) => new JsonObject
    {
        ["class_name"] = "__keras_tensor__",
        ["config"] = new JsonObject { ["shape"] = Shape(entry.Shape), ["dtype"] = "float32", ["keras_history"] = History(entry) },
    };

    static JsonArray History(KerasEntry entry) => new(entry.Name, 0, 0);
}
