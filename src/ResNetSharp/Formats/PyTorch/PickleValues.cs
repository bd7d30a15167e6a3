using System.Diagnostics.CodeAnalysis;

namespace ResNetSharp.Formats;

// What a pickle is read into: null, bool, long, BigInteger, double, string and byte[] stand for themselves.

/// <summary>A Python list.</summary>
internal sealed class PickleList
{
    public List<object?> Items { get; } = [];
}

/// <summary>A Python tuple.</summary>
internal sealed record PickleTuple(object?[] Items);

/// <summary>A Python dict, in its order. A later value replaces an earlier one under the same text; other keys are not compared.</summary>
internal sealed class PickleDict
{
    readonly List<KeyValuePair<object?, object?>> items = [];
    readonly Dictionary<string, int> places = [];

    public IReadOnlyList<KeyValuePair<object?, object?>> Items => items;

    public void Set(object? key, object? value)
    {
        if (key is string text)
        {
            if (places.TryGetValue(text, out var place))
            {
                items[place] = new(key, value);
                return;
            }
            places.Add(text, items.Count);
        }
        items.Add(new(key, value));
    }

    public bool TryGet(string key, [NotNullWhen(true)] out object? value)
    {
        value = places.TryGetValue(key, out var place) ? items[place].Value : null;
        return value is not null;
    }
}

/// <summary>A value that no tensor depends on, kept as its kind alone.</summary>
internal sealed record PickleOpaque(string Kind);

/// <summary>A Python name that the file may use.</summary>
internal sealed record PickleGlobal(string Name, PickleGlobalKind Kind, TensorType Type = default);

/// <summary>What the names mean.</summary>
internal enum PickleGlobalKind
{
    Dict,
    Storage,
    UntypedStorage,
    TensorClass,
    ElementType,
    RebuildTensor,
    RebuildTensorWithType,
    RebuildParameter,
    Parameter,
    Size,
    Encode,
    Opaque,
}

/// <summary>A <c>torch.nn.Parameter</c> under construction: its state brings the tensor.</summary>
internal sealed class PickleParameter
{
    public TorchTensor? Tensor { get; set; }
}
