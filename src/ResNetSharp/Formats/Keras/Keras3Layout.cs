using System.Globalization;

namespace ResNetSharp.Formats;

using Hdf5Object = Hdf5File.Hdf5Object;

/// <summary>
/// The layout of Keras 3's <c>.weights.h5</c>: every layer is a group with a group <c>vars</c> of data sets 0, 1, 2 ...; an attribute <c>name</c>
/// tells the layer's own name. The groups of a functional model are called after the layers' classes and counted in the model's order.
/// </summary>
internal static class Keras3Layout
{
    const string Variables = "vars", NameAttribute = "name", Optimizer = "optimizer";
    const int MaxDepth = 64;

    public static List<KerasLayer> Read(ByteSource source, Hdf5Object root)
    {
        var layers = new List<KerasLayer>();
        Collect(source, root, layers, [], 0);
        if (layers.Count == 0) throw source.Fail("the file has neither Keras' list 'layer_names' nor groups 'vars', so it holds no Keras weights");
        layers.Sort((a, b) => ComparePaths(a.Path, b.Path));
        return layers;
    }

    /// <summary>The groups of a file with these layers.</summary>
    /// <param name="model">The model's name.</param>
    /// <param name="layers">The layers, those without variables included; a variable's path is its number.</param>
    public static Hdf5NewGroup Build(string model, IEnumerable<KerasLayer> layers)
    {
        var root = new Hdf5NewGroup();
        root.Group(Variables).AddText(NameAttribute, model);
        foreach (var layer in layers)
        {
            var variables = root.Group(layer.Path).Group(Variables);
            variables.AddText(NameAttribute, layer.Name);
            foreach (var variable in layer.Variables) variables.AddDataset(variable.Path, variable.Tensor);
        }
        return root;
    }

    static void Collect(ByteSource source, Hdf5Object group, List<KerasLayer> layers, HashSet<long> seen, int depth)
    {
        if (depth > MaxDepth) throw source.Fail($"layers are nested more than {MaxDepth} deep");
        if (!seen.Add(group.Address)) return;
        foreach (var child in group.Children())
        {
            if (!child.IsGroup || depth == 0 && child.Path == Optimizer) continue;
            if (child.Path.EndsWith("/" + Variables, StringComparison.Ordinal) || child.Path == Variables) AddLayer(source, group, child, layers);
            else Collect(source, child, layers, seen, depth + 1);
        }
    }

    static void AddLayer(ByteSource source, Hdf5Object group, Hdf5Object variables, List<KerasLayer> layers)
    {
        var found = new SortedList<int, KerasVariable>();
        foreach (var child in variables.Children())
        {
            var name = child.Path[(child.Path.LastIndexOf('/') + 1)..];
            if (!child.IsDataset || !int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
                throw source.Fail($"'{child.Path}' is no numbered variable");
            found[number] = new KerasVariable(name, child.Path, child.Tensor());
        }
        if (group.Path.Length == 0 && found.Count == 0) return; // the model itself, which has no variables of its own
        var own = variables.Texts(NameAttribute) ?? group.Texts(NameAttribute);
        layers.Add(new KerasLayer(own is [var text] ? text : group.Path, group.Path, [.. found.Values]));
    }

    /// <summary>Compares part by part, and a number after an underscore by its value.</summary>
    internal static int ComparePaths(string a, string b)
    {
        string[] left = a.Split('/'), right = b.Split('/');
        for (int i = 0; i < Math.Min(left.Length, right.Length); i++)
        {
            var (leftStem, leftNumber) = SplitNumber(left[i]);
            var (rightStem, rightNumber) = SplitNumber(right[i]);
            var order = string.CompareOrdinal(leftStem, rightStem);
            if (order == 0) order = leftNumber.CompareTo(rightNumber);
            if (order == 0) order = string.CompareOrdinal(left[i], right[i]);
            if (order != 0) return order;
        }
        return left.Length.CompareTo(right.Length);
    }

    static (string Stem, int Number) SplitNumber(string name)
    {
        var at = name.LastIndexOf('_');
        return at > 0 && int.TryParse(name.AsSpan(at + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? (name[..at], number) : (name, 0);
    }
}
