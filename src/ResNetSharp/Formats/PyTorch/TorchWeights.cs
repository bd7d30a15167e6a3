using System.Globalization;

namespace ResNetSharp.Formats;

/// <summary>Finds the weights in what a PyTorch file holds: a dict of tensors, or one inside a training checkpoint.</summary>
internal static class TorchWeights
{
    // Where training scripts keep a state_dict, the usual name first.
    static readonly string[] Containers =
    [
        "state_dict", "model_state_dict", "model", "model_state", "net", "network", "weights", "params", "module", "state_dict_ema", "model_ema", "ema",
    ];

    // What wrappers put before every name: DataParallel and torch.compile.
    static readonly string[] Wrappers = ["module.", "_orig_mod."];

    const int MaxDepth = 16, MaxTensors = 1_000_000;

    public static WeightFile Find(ByteSource source, WeightFormat format, object? root)
    {
        var metadata = new Dictionary<string, string>();
        var (holder, prefix) = Descend(root, metadata);
        var found = new List<(string Name, TorchTensor Tensor)>();
        if (holder is PickleDict dict && HasTensors(dict)) AddDirect(dict, found);
        else AddAll(holder, "", 0, new HashSet<object>(ReferenceEqualityComparer.Instance), found);
        if (found.Count == 0 && holder is not PickleDict { Items.Count: 0 }) throw source.Fail("the file holds no tensors");
        if (found.Count > MaxTensors) throw source.Fail($"the file holds more than {MaxTensors} tensors");
        prefix += StripWrappers(found);
        var tensors = found.ConvertAll(t => t.Tensor.Store(t.Name, source));
        return new WeightFile(source.Name, format, tensors, metadata, prefix, source);
    }

    static (object? Holder, string Prefix) Descend(object? root, Dictionary<string, string> metadata)
    {
        var prefix = "";
        for (int depth = 0; root is PickleDict dict && depth < MaxDepth; depth++)
        {
            AddScalars(dict, metadata);
            // A checkpoint may have loose tensors beside the weights, so the usual names go first.
            var name = Array.Find(Containers, c => dict.TryGet(c, out var inner) && inner is PickleDict found && Leads(found, depth, new(ReferenceEqualityComparer.Instance)));
            if (name is null) break;
            dict.TryGet(name, out var next);
            root = next;
            prefix += name + ".";
        }
        return (root, prefix);
    }

    // Whether a dict has tensors, or a container that has; no dict is asked twice.
    static bool Leads(PickleDict dict, int depth, HashSet<object> seen) =>
        depth < MaxDepth && seen.Add(dict)
        && (HasTensors(dict) || Array.Exists(Containers, c => dict.TryGet(c, out var inner) && inner is PickleDict found && Leads(found, depth + 1, seen)));

    static void AddScalars(PickleDict dict, Dictionary<string, string> metadata)
    {
        foreach (var (key, value) in dict.Items)
            if (key is string name && value is string or long or double or bool)
                metadata[name] = Convert.ToString(value, CultureInfo.InvariantCulture)!;
    }

    static TorchTensor? AsTensor(object? value) => value as TorchTensor ?? (value as PickleParameter)?.Tensor;

    static bool HasTensors(PickleDict dict) => dict.Items.Any(item => AsTensor(item.Value) is not null);

    static void AddDirect(PickleDict dict, List<(string, TorchTensor)> found)
    {
        foreach (var (key, value) in dict.Items)
            if (AsTensor(value) is { } tensor) found.Add((Text(key), tensor));
    }

    // No container is entered twice, so shared and circular ones end.
    static void AddAll(object? value, string path, int depth, HashSet<object> seen, List<(string, TorchTensor)> found)
    {
        if (AsTensor(value) is { } tensor)
        {
            found.Add((path, tensor));
            return;
        }
        if (value is not (PickleDict or PickleList or PickleTuple) || depth > MaxDepth || !seen.Add(value)) return;
        var items = value switch
        {
            PickleDict dict => dict.Items,
            PickleList list => list.Items.Select((item, i) => new KeyValuePair<object?, object?>((long)i, item)),
            _ => ((PickleTuple)value).Items.Select((item, i) => new KeyValuePair<object?, object?>((long)i, item)),
        };
        foreach (var (key, item) in items) AddAll(item, path.Length == 0 ? Text(key) : $"{path}.{Text(key)}", depth + 1, seen, found);
    }

    static string StripWrappers(List<(string Name, TorchTensor Tensor)> found)
    {
        var stripped = "";
        string? Shared() => Array.Find(Wrappers, w => found.TrueForAll(t => t.Name.StartsWith(w, StringComparison.Ordinal)));
        for (var wrapper = Shared(); wrapper is not null && found.Count > 0; wrapper = Shared())
        {
            for (int i = 0; i < found.Count; i++) found[i] = (found[i].Name[wrapper.Length..], found[i].Tensor);
            stripped += wrapper;
        }
        return stripped;
    }

    static string Text(object? key) => Convert.ToString(key, CultureInfo.InvariantCulture) ?? "None";
}
