using ResNetSharp.Formats;
using ResNetSharp.Layers;

namespace ResNetSharp.Training;

/// <summary>
/// Keras' weight files in models: by the layers' names where the file has all of them, otherwise by the order of the layers that have weights, as
/// Keras itself does.
/// </summary>
internal static class KerasCheckpoint
{
    /// <summary>Copies a file's variables into a model's parameters.</summary>
    /// <exception cref="InvalidDataException">Strict, and something does not fit.</exception>
    public static LoadReport LoadWeights(KerasWeights file, Model model, bool strict)
    {
        model.AssignNames();
        var wanted = WithWeights(model).Distinct().ToList();
        var stored = file.Layers.Where(l => l.Variables.Count > 0).ToList();
        var pairs = Match(wanted, stored, file.IsInModelOrder);
        List<string> misshapen = [];
        var fitting = new List<(Parameter Parameter, StoredTensor Stored)>();
        foreach (var (layer, kerasLayer) in pairs) Compare(layer.OwnParameters, kerasLayer, fitting, misshapen);
        var missing = wanted.Except(pairs.Select(p => p.Layer)).SelectMany(l => l.OwnParameters).Select(p => p.Name);
        var unexpected = stored.Except(pairs.Select(p => p.Stored)).SelectMany(l => l.Variables).Select(v => v.Path);
        var report = new LoadReport(fitting.Count, [.. missing], [.. unexpected], misshapen);
        if (strict && !report.IsComplete)
            throw new InvalidDataException(
                $"'{file.Name}' has {stored.Count} layers with weights and the model {wanted.Count}, and they do not fit ({report}); load it as partial to take what fits");
        WeightTransfer.Fill(fitting);
        return report;
    }

    static List<(Layer Layer, KerasLayer Stored)> Match(List<Layer> wanted, List<KerasLayer> stored, bool isInModelOrder)
    {
        var byName = new Dictionary<string, KerasLayer>();
        foreach (var layer in stored) byName.TryAdd(layer.Name, layer);
        var named = wanted.Where(l => l.Name is { } name && byName.ContainsKey(name)).ToList();
        if (named.Count < wanted.Count && isInModelOrder && wanted.Count == stored.Count) return [.. wanted.Zip(stored)];
        return [.. named.Select(l => (l, byName[l.Name!]))];
    }

    /// <summary>The variables of a layer are in Keras' order, which is that of the parameters here; so are their axes.</summary>
    static void Compare(IEnumerable<Parameter> parameters, KerasLayer stored, List<(Parameter, StoredTensor)> fitting, List<string> misshapen)
    {
        var own = parameters.ToList();
        if (own.Count != stored.Variables.Count)
        {
            misshapen.Add($"layer {stored.Name} has {stored.Variables.Count} variables in the file, not {own.Count}");
            return;
        }
        foreach (var (parameter, variable) in own.Zip(stored.Variables))
            if (variable.Tensor.Shape == parameter.Shape) fitting.Add((parameter, variable.Tensor));
            else misshapen.Add($"{parameter.Name} is {variable.Tensor.Shape}, not {parameter.Shape}");
    }

    static IEnumerable<Layer> WithWeights(Layer layer)
    {
        if (layer.OwnParameters.Any()) yield return layer;
        foreach (var (_, child) in layer.Children)
            foreach (var found in WithWeights(child))
                yield return found;
    }
}
