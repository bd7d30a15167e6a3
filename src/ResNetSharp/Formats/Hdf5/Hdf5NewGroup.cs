namespace ResNetSharp.Formats;

/// <summary>A group of a file to be written: its attributes, groups and data sets.</summary>
internal sealed class Hdf5NewGroup
{
    /// <summary>What an attribute may hold besides its header; Keras splits longer lists.</summary>
    const int MaxAttribute = 64512;

    public List<(string Name, Hdf5NewAttribute Value)> Attributes { get; } = [];

    public Dictionary<string, Hdf5NewGroup> Groups { get; } = [];

    public Dictionary<string, StoredTensor> Datasets { get; } = [];

    /// <summary>Adds one text of any length.</summary>
    public void AddText(string name, string text) => Attributes.Add((name, new Hdf5NewAttribute.Text(text)));

    /// <summary>Adds a list of texts, in pieces <c>name0, name1, ...</c> if it is too long for one attribute.</summary>
    public void AddTexts(string name, IReadOnlyList<string> texts)
    {
        var bytes = texts.Select(System.Text.Encoding.UTF8.GetBytes).ToArray();
        var width = Math.Max(1, bytes.Select(b => b.Length).DefaultIfEmpty().Max());
        if (width > MaxAttribute) throw new ArgumentException($"a text of {width} bytes is too long for the list '{name}'", nameof(texts));
        var perPiece = MaxAttribute / width;
        if (bytes.Length <= perPiece)
        {
            Attributes.Add((name, new Hdf5NewAttribute.Texts(bytes, width)));
            return;
        }
        var pieces = bytes.Chunk(perPiece).ToArray();
        for (int i = 0; i < pieces.Length; i++) Attributes.Add((name + i, new Hdf5NewAttribute.Texts(pieces[i], width)));
    }

    /// <summary>Adds a data set under a path; groups on the way are made.</summary>
    public void AddDataset(string path, StoredTensor tensor)
    {
        var slash = path.IndexOf('/', StringComparison.Ordinal);
        if (slash >= 0) Group(path[..slash]).AddDataset(path[(slash + 1)..], tensor);
        else if (path.Length == 0 || Groups.ContainsKey(path) || !Datasets.TryAdd(path, tensor)) throw new ArgumentException($"there cannot be another '{path}' in its group", nameof(path));
    }

    /// <summary>The group under a path, made if it is not there.</summary>
    public Hdf5NewGroup Group(string path)
    {
        var group = this;
        foreach (var name in path.Split('/'))
        {
            if (name.Length == 0 || group.Datasets.ContainsKey(name)) throw new ArgumentException($"'{path}' cannot be a group here", nameof(path));
            if (!group.Groups.TryGetValue(name, out var next)) group.Groups.Add(name, next = new Hdf5NewGroup());
            group = next;
        }
        return group;
    }
}

/// <summary>An attribute to be written.</summary>
internal abstract record Hdf5NewAttribute
{
    /// <summary>One text, kept in the global heap.</summary>
    public sealed record Text(string Value) : Hdf5NewAttribute;

    /// <summary>Texts of one width, padded with zeros. Without any it is an empty list of doubles, as Keras has it.</summary>
    public sealed record Texts(byte[][] Values, int Width) : Hdf5NewAttribute;
}
