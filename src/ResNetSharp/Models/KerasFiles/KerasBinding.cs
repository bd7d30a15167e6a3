using ResNetSharp.Formats;
using ResNetSharp.Training;

namespace ResNetSharp.Models;

/// <summary>Fills the parameters of a model that was made from a Keras file's configuration with the file's variables.</summary>
/// <param name="file">The file.</param>
internal sealed class KerasBinding(KerasWeights file)
{
    readonly List<(Parameter Parameter, StoredTensor Stored)> pairs = [];
    readonly Dictionary<string, KerasLayer> byPath = FirstBy(file.Layers, layer => layer.Path);
    readonly Dictionary<string, KerasLayer> byName = FirstBy(file.Layers, layer => layer.Name);

    /// <summary>Reads all variables.</summary>
    /// <exception cref="InvalidDataException">One is absent or of another shape; nothing was changed then.</exception>
    public void Fill(IReadOnlyList<KerasPart> parts)
    {
        if (file.HasNumberedVariables) FindByPlace(parts, "");
        else FindByName(parts);
        WeightTransfer.Fill(pairs);
    }

    /// <summary>Keras 3: a layer's group is named after its class, and numbered among the layers of that class in its model.</summary>
    void FindByPlace(IReadOnlyList<KerasPart> parts, string prefix)
    {
        var used = new Dictionary<string, int>();
        foreach (var part in parts)
        {
            if (part.ClassName is null) continue;
            var place = prefix + "layers/" + KerasNames.Next(used, part.ClassName);
            if (part.Inner is { } inner) FindByPlace(inner, place + "/");
            else if (part.Variables().Any()) Pair(part, (byPath.GetValueOrDefault(place) ?? byPath.GetValueOrDefault(OldPlace(place)))?.Variables, place);
        }
    }

    /// <summary>Keras 2.13 called the list of layers otherwise.</summary>
    static string OldPlace(string place) => place.Replace("layers/", "_layer_checkpoint_dependencies/", StringComparison.Ordinal);

    void FindByName(IReadOnlyList<KerasPart> parts)
    {
        foreach (var part in parts)
        {
            if (part.Inner is { } inner) FindInside(part.Name, inner, byName.GetValueOrDefault(part.Name)?.Variables ?? []);
            else if (part.Variables().Any()) Pair(part, byName.GetValueOrDefault(part.Name)?.Variables, part.Name);
        }
    }

    /// <summary>
    /// The layers of a model within a model share one list of variables. Their paths name the layers; otherwise the list has what is trained first,
    /// in the order of the layers, and then the rest.
    /// </summary>
    void FindInside(string name, IReadOnlyList<KerasPart> inner, IReadOnlyList<KerasVariable> variables)
    {
        var leaves = Leaves(inner).ToList();
        var paths = FirstBy(variables, variable => LastTwo(variable.Path));
        if (leaves.TrueForAll(leaf => leaf.Variables().All(own => paths.ContainsKey($"{leaf.Name}/{own.Name}"))))
        {
            foreach (var leaf in leaves) Pair(leaf, [.. leaf.Variables().Select(own => paths[$"{leaf.Name}/{own.Name}"])], name);
            return;
        }
        var wanted = leaves.SelectMany(leaf => leaf.Variables()).Select(own => own.Parameter).ToList();
        if (wanted.Count != variables.Count) throw Fail($"the model '{name}' within the model has {variables.Count} variables, not {wanted.Count}");
        foreach (var (parameter, variable) in wanted.Where(p => p.Trainable).Concat(wanted.Where(p => !p.Trainable)).Zip(variables)) Add(parameter, variable);
    }

    static IEnumerable<KerasPart> Leaves(IReadOnlyList<KerasPart> parts) => parts.SelectMany(part => part.Inner is { } inner ? Leaves(inner) : [part]);

    // "model/conv1/kernel:0" is "conv1/kernel".
    static string LastTwo(string path)
    {
        var parts = path.Split('/');
        var last = parts[^1].Split(':')[0];
        return parts.Length > 1 ? $"{parts[^2]}/{last}" : last;
    }

    void Pair(KerasPart part, IReadOnlyList<KerasVariable>? variables, string place)
    {
        if (variables is null) throw Fail($"the weights of layer '{part.Name}' are missing; they should be in '{place}'");
        var own = part.Variables().ToList();
        // A normalization also has a count, which only its own training needs.
        if (variables.Count < own.Count || variables.Count > own.Count && part.ClassName != "Normalization")
            throw Fail($"layer '{part.Name}' has {variables.Count} variables, not {own.Count}");
        foreach (var (variable, stored) in own.Zip(variables)) Add(variable.Parameter, stored);
    }

    void Add(Parameter parameter, KerasVariable variable)
    {
        var (here, there) = (parameter.Shape, variable.Tensor.Shape);
        if (here != there && !IsDepthwise(here, there)) throw Fail($"'{variable.Path}' is of shape {there}, not {here}");
        pairs.Add((parameter, variable.Tensor));
    }

    /// <summary>A depthwise kernel is (height, width, channels, multiplier) there and (height, width, 1, channels * multiplier) here: the same order of numbers.</summary>
    static bool IsDepthwise(Shape here, Shape there) =>
        here.Rank == 4 && there.Rank == 4 && here[2] == 1 && here[0] == there[0] && here[1] == there[1] && here[3] == (long)there[2] * there[3];

    InvalidDataException Fail(string reason) => new($"{file.Name}: {reason}.");

    static Dictionary<string, T> FirstBy<T>(IEnumerable<T> all, Func<T, string> key)
    {
        var first = new Dictionary<string, T>();
        foreach (var item in all) first.TryAdd(key(item), item);
        return first;
    }
}
