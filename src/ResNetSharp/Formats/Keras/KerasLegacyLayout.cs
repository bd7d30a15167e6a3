namespace ResNetSharp.Formats;

using Hdf5Object = Hdf5File.Hdf5Object;

/// <summary>
/// The layout of <c>.h5</c> files since Keras 1: attribute <c>layer_names</c> lists the layers, each layer is a group, and its attribute
/// <c>weight_names</c> lists data sets below that group. Whole models keep this in the group <c>model_weights</c>.
/// </summary>
internal static class KerasLegacyLayout
{
    const string LayerNames = "layer_names", WeightNames = "weight_names", ModelGroup = "model_weights", TopLevelGroup = "top_level_model_weights";

    /// <summary>The group with the layers; null if the file has another layout.</summary>
    public static Hdf5Object? Find(Hdf5Object root) =>
        Names(root, LayerNames) is not null ? root
        : root.Find(ModelGroup) is { } model && Names(model, LayerNames) is not null ? model
        : null;

    public static List<KerasLayer> Read(ByteSource source, Hdf5Object group)
    {
        var layers = new List<KerasLayer>();
        foreach (var name in Names(group, LayerNames)!)
            layers.Add(ReadLayer(source, name, group.Find(name) ?? throw source.Fail($"layer '{name}' is listed, but its group is missing")));
        if (group.Find(TopLevelGroup) is { } top && Names(top, WeightNames) is { Count: > 0 }) layers.Add(ReadLayer(source, TopLevelGroup, top));
        return layers;
    }

    /// <summary>The groups of a file with these layers.</summary>
    public static Hdf5NewGroup Build(KerasLayer[] layers, IReadOnlyDictionary<string, string> metadata)
    {
        var root = new Hdf5NewGroup();
        var isWholeModel = metadata.ContainsKey("model_config");
        var group = isWholeModel ? root.Group(ModelGroup) : root;
        group.AddTexts(LayerNames, [.. layers.Select(l => l.Name)]);
        foreach (var layer in layers)
        {
            var own = group.Group(layer.Name);
            if (own.Attributes.Count > 0) throw new ArgumentException($"layer '{layer.Name}' occurs twice", nameof(layers));
            own.AddTexts(WeightNames, [.. layer.Variables.Select(v => v.Path)]);
            foreach (var variable in layer.Variables) own.AddDataset(variable.Path, variable.Tensor);
        }
        if (isWholeModel) group.Group(TopLevelGroup).AddTexts(WeightNames, []);
        foreach (var (name, text) in metadata)
        {
            root.AddText(name, text);
            if (isWholeModel && name is "keras_version" or "backend") group.AddText(name, text);
        }
        return root;
    }

    static KerasLayer ReadLayer(ByteSource source, string name, Hdf5Object group)
    {
        var paths = Names(group, WeightNames) ?? throw source.Fail($"layer '{name}' has no list '{WeightNames}'");
        return new KerasLayer(name, group.Path, paths.ConvertAll(path =>
        {
            var dataset = group.Find(path) ?? throw source.Fail($"weight '{path}' of layer '{name}' is listed, but missing");
            return new KerasVariable(ShortName(path), path, dataset.Tensor());
        }));
    }

    // The last part of the path, without TensorFlow's number of the output.
    static string ShortName(string path)
    {
        var last = path[(path.LastIndexOf('/') + 1)..];
        var colon = last.LastIndexOf(':');
        return colon > 0 ? last[..colon] : last;
    }

    // A list too long for one attribute is kept in pieces: layer_names0, layer_names1, ...
    static List<string>? Names(Hdf5Object group, string attribute)
    {
        if (group.Texts(attribute) is { } whole) return [.. whole];
        if (group.Texts(attribute + "0") is not { } piece) return null;
        var names = new List<string>();
        for (int i = 0; piece is not null; piece = group.Texts(attribute + ++i)) names.AddRange(piece);
        return names;
    }
}
