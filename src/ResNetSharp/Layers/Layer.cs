using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Text;

namespace ResNetSharp.Layers;

/// <summary>
/// A piece of a network: a function of a tensor, with parameters of its own and layers inside it. Derive from it, keep sublayers in fields
/// and write <see cref="Call"/>; a parameter's name is then its path along the fields, such as <c>layer1.0.conv1.weight</c>.
/// </summary>
[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.NonPublicFieldsWithInherited | DynamicallyAccessedMemberTypes.PublicFields)]
public abstract class Layer
{
    IReadOnlyList<FieldInfo>? fields;

    /// <summary>The name in summaries and, for functional models, in parameter paths; null until one is given.</summary>
    public string? Name { get; set; }

    /// <summary>The shape of what <see cref="Apply"/> returned last; null before.</summary>
    public Shape? OutputShape { get; private set; }

    /// <summary>Where the layer stands in its model, such as <c>layer1.0.conv1</c>; empty for the model itself.</summary>
    public string Path { get; private set; } = "";

    /// <summary>What kind of layer this is, for summaries.</summary>
    public virtual string TypeName => GetType().Name;

    /// <summary>The layers directly inside, with the names of the fields that hold them, in the order of declaration.</summary>
    public virtual IEnumerable<(string Name, Layer Layer)> Children
    {
        get
        {
            foreach (var slot in Fields)
                switch (slot.GetValue(this))
                {
                    case Layer layer:
                        yield return (FieldName(slot), layer);
                        break;
                    case IReadOnlyList<Layer> list:
                        for (var i = 0; i < list.Count; i++) yield return ($"{FieldName(slot)}.{i}", list[i]);
                        break;
                }
        }
    }

    /// <summary>All parameters, of this layer and those inside it, in the order of declaration. They exist once the layer has seen an input.</summary>
    public IReadOnlyList<Parameter> Parameters
    {
        get
        {
            AssignNames();
            var found = new List<Parameter>();
            Collect(found, []);
            return found;
        }
    }

    /// <summary>The parameters that training changes.</summary>
    public IEnumerable<Parameter> TrainableParameters => Parameters.Where(p => p.Trainable);

    /// <summary>Whether training leaves the layer as it is: its weights stay, and its batch normalizations use their stored statistics.</summary>
    public bool Frozen { get; private set; }

    /// <summary>Describes the layer's result.</summary>
    /// <param name="inputs">What the layer is applied to. The first shape seen decides the sizes of the layer's parameters.</param>
    /// <exception cref="ShapeException">The input does not fit the layer.</exception>
    public Tensor Apply(Tensor inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        var outer = LayerScope.Enter(this);
        try
        {
            Build(inputs.Shape);
            var output = Call(inputs);
            OutputShape = output.Shape;
            return output;
        }
        finally
        {
            LayerScope.Leave(outer);
            if (outer is null) AssignNames();
        }
    }

    /// <summary>Keeps the parameters as they are while training; to be followed by another Compile.</summary>
    public void Freeze() => SetFrozen(true);

    /// <summary>Lets training change the parameters again; to be followed by another Compile.</summary>
    public void Unfreeze() => SetFrozen(false);

    /// <summary>The layer and everything inside it, as PyTorch prints a module.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        Print(text, 0);
        return text.ToString();
    }

    /// <summary>Describes the result from the input, in terms of other layers and of operations on tensors.</summary>
    protected abstract Tensor Call(Tensor inputs);

    /// <summary>Makes the layer's own parameters, once, when the first input is seen. Does nothing by default.</summary>
    /// <param name="input">The shape of the first input; the batch may be open.</param>
    protected virtual void Build(Shape input)
    {
    }

    /// <summary>The settings that a module listing shows in parentheses.</summary>
    protected virtual string Describe() => "";

    /// <summary>Makes a parameter; the layer keeps it in a field.</summary>
    /// <param name="name">The name within the layer, such as <c>weight</c>.</param>
    /// <param name="shape">The extents.</param>
    /// <param name="initializer">How first values are drawn.</param>
    /// <param name="kind">Weight or statistic.</param>
    protected Parameter NewParameter(string name, Shape shape, Initializer initializer, ParameterKind kind = ParameterKind.Weight) =>
        new(name, shape, initializer, kind) { Frozen = Frozen };

    /// <summary>Gives every parameter below the path at which it stands.</summary>
    internal void AssignNames() => AssignNames(Path.Length == 0 ? "" : $"{Path}.");

    void AssignNames(string prefix)
    {
        Path = prefix.TrimEnd('.');
        foreach (var parameter in OwnParameters) parameter.Name = prefix + parameter.LocalName;
        foreach (var (name, layer) in Children) layer.AssignNames($"{prefix}{name}.");
    }

    /// <summary>The parameters of this layer itself, not of those inside it, in the order of declaration.</summary>
    internal IEnumerable<Parameter> OwnParameters => Fields.Select(f => f.GetValue(this)).OfType<Parameter>();

    IReadOnlyList<FieldInfo> Fields => fields ??= FindFields();

    static string FieldName(FieldInfo field) =>
        // The field behind an automatic property is called <Name>k__BackingField.
        field.Name is ['<', var first, .. var rest] && rest.IndexOf('>') is >= 0 and var end
            ? char.ToLowerInvariant(first) + rest[..end]
            : field.Name.TrimStart('_');

    FieldInfo[] FindFields()
    {
        var all = GetType().GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic).ToList();
        for (var type = GetType().BaseType; type is not null && type != typeof(Layer); type = type.BaseType)
            all.InsertRange(0, InheritedPrivateFields(type));
        return [.. all.Where(f => f.DeclaringType != typeof(Layer) && f.DeclaringType != typeof(Model)).OrderBy(f => Depth(f.DeclaringType!)).ThenBy(f => f.MetadataToken)];

        static int Depth(Type type)
        {
            var depth = 0;
            for (var t = type.BaseType; t is not null; t = t.BaseType) depth++;
            return depth;
        }
    }

    [UnconditionalSuppressMessage("Trimming", "IL2070", Justification = "The class keeps the private fields of all its descendants, inherited ones included.")]
    static IEnumerable<FieldInfo> InheritedPrivateFields(Type type) =>
        type.GetFields(BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.DeclaredOnly).Where(f => f.IsPrivate);

    void Collect(List<Parameter> found, HashSet<Layer> seen)
    {
        // A layer that stands in two places is one layer.
        if (!seen.Add(this)) return;
        found.AddRange(OwnParameters);
        foreach (var (_, layer) in Children) layer.Collect(found, seen);
    }

    void SetFrozen(bool frozen)
    {
        Frozen = frozen;
        foreach (var parameter in OwnParameters) parameter.Frozen = frozen;
        foreach (var (_, layer) in Children) layer.SetFrozen(frozen);
    }

    void Print(StringBuilder text, int indent)
    {
        text.Append(TypeName).Append('(').Append(Describe());
        var any = false;
        foreach (var (name, layer) in Children)
        {
            any = true;
            text.AppendLine().Append(' ', indent + 2).Append('(').Append(name).Append("): ");
            layer.Print(text, indent + 2);
        }
        if (any) text.AppendLine().Append(' ', indent);
        text.Append(')');
    }
}
