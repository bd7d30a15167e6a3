using System.Text.Json;

namespace ResNetSharp.Models;

/// <summary>One object of a model's configuration; every complaint about it says whose it is.</summary>
/// <param name="Json">The object.</param>
/// <param name="Owner">The file, and the layer within it.</param>
internal readonly record struct KerasSettings(JsonElement Json, string Owner)
{
    /// <summary>No image, window or padding of a network is larger; more would overflow or fill the memory.</summary>
    public const int MaxExtent = 1 << 20;

    /// <summary>The part of a member; null where there is none, or only a JSON null.</summary>
    public KerasSettings? Find(params ReadOnlySpan<string> names)
    {
        if (Json.ValueKind != JsonValueKind.Object) throw Fail("a part of the model's configuration is no object");
        foreach (var name in names)
            if (Json.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null) return this with { Json = value };
        return null;
    }

    /// <summary>The part of a member.</summary>
    /// <exception cref="InvalidDataException">There is none.</exception>
    public KerasSettings Get(string name) => Find(name) ?? throw Fail($"the configuration lacks '{name}'");

    /// <summary>A text, or null.</summary>
    public string? FindText(params ReadOnlySpan<string> names) => Find(names)?.Text(names[0]);

    /// <summary>This, as a text.</summary>
    public string Text(string name)
    {
        if (Json.ValueKind != JsonValueKind.String) throw Fail($"'{name}' is no text");
        try
        {
            return Json.GetString()!;
        }
        catch (InvalidOperationException e)
        {
            // Half of a surrogate pair is JSON, but no text.
            throw Fail($"'{name}' is no text: {e.Message.TrimEnd('.')}", e);
        }
    }

    /// <summary>Whether something is set.</summary>
    public bool Flag(string name, bool usual) => Find(name) is not { } found ? usual
        : found.Json.ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => throw Fail($"'{name}' is neither true nor false"),
        };

    /// <summary>A number.</summary>
    public float Number(string name, float usual) => Find(name) is { } found ? found.Number(name) : usual;

    /// <summary>This, as a number.</summary>
    public float Number(string name) => Json.ValueKind == JsonValueKind.Number && Json.TryGetSingle(out var number) && float.IsFinite(number)
        ? number
        : throw Fail($"'{name}' is no number");

    /// <summary>A count of at least one; the first of the names that is there.</summary>
    public int Count(params ReadOnlySpan<string> names) => (Find(names) ?? throw Fail($"the configuration lacks '{names[0]}'")).Extent(names[0], 1);

    /// <summary>This, as a whole number in the range of extents.</summary>
    public int Extent(string name, int least) => Json.ValueKind == JsonValueKind.Number && Json.TryGetInt32(out var number) && number >= least && number <= MaxExtent
        ? number
        : throw Fail($"'{name}' is {Json.GetRawText()}, not a whole number from {least} to {MaxExtent}");

    /// <summary>Height and width: two numbers, or one for both.</summary>
    public (int Height, int Width)? Pair(params ReadOnlySpan<string> names)
    {
        if (Find(names) is not { } found) return null;
        if (found.Json.ValueKind == JsonValueKind.Number) return (found.Extent(names[0], 1), found.Extent(names[0], 1));
        return found.Items(names[0]) is [var height, var width] ? (height.Extent(names[0], 1), width.Extent(names[0], 1)) : throw Fail($"'{names[0]}' is not two numbers");
    }

    /// <summary>A number that stands for height and width.</summary>
    public int? Square(params ReadOnlySpan<string> names) => Pair(names) is not { } pair ? null
        : pair.Height == pair.Width ? pair.Height
        : throw Fail($"'{names[0]}' is {pair.Height}x{pair.Width}; only equal height and width are supported");

    /// <summary>This, as a list.</summary>
    public KerasSettings[] Items(string name)
    {
        if (Json.ValueKind != JsonValueKind.Array) throw Fail($"'{name}' is no list");
        var owner = Owner;
        return [.. Json.EnumerateArray().Select(item => new KerasSettings(item, owner))];
    }

    /// <summary>This, as a shape with the batch first; open extents are null in the file.</summary>
    public Shape Shape(string name)
    {
        var items = Items(name);
        if (items.Length is < 2 or > 8) throw Fail($"'{name}' has {items.Length} extents");
        var extents = new int[items.Length];
        for (var i = 0; i < items.Length; i++)
            extents[i] = items[i].Json.ValueKind == JsonValueKind.Null ? ResNetSharp.Shape.Unknown : items[i].Extent(name, 1);
        extents[0] = ResNetSharp.Shape.Unknown;
        return new Shape(extents);
    }

    /// <summary>An error that names the file and the layer.</summary>
    public InvalidDataException Fail(string reason, Exception? inner = null) => new($"{Owner}: {reason}.", inner);
}
