namespace ResNetSharp.Data;

/// <summary>Data sets of the MNIST family: four IDX files in a folder, each plain or with <c>.gz</c>.</summary>
static class IdxFolder
{
    /// <summary>Whether a folder has the training pictures.</summary>
    public static bool IsOne(string folder) => Find(folder, "train", "images", 3) is not null;

    /// <summary>Whether a folder has all four files.</summary>
    public static bool IsComplete(string folder) =>
        IsOne(folder) && Find(folder, "train", "labels", 1) is not null
        && Find(folder, "t10k", "images", 3) is not null && Find(folder, "t10k", "labels", 1) is not null;

    /// <summary>Reads the training set and, where its pictures are there, the test set.</summary>
    public static (Dataset Train, Dataset? Test) Load(string folder, IReadOnlyList<string> classNames) =>
        (Load(folder, "train", classNames), Find(folder, "t10k", "images", 3) is null ? null : Load(folder, "t10k", classNames));

    static Dataset Load(string folder, string part, IReadOnlyList<string> classNames)
    {
        var imageFile = Require(folder, part, "images", 3);
        var labelFile = Require(folder, part, "labels", 1);
        var (shape, images) = IdxFile.Read(imageFile, 3);
        var (_, labels) = IdxFile.Read(labelFile, 1);
        if (labels.Length != shape[0])
            throw new InvalidDataException($"{imageFile} has {shape[0]} pictures, {labelFile} has {labels.Length} labels");
        var bad = labels.AsSpan().IndexOfAnyExceptInRange((byte)0, (byte)(classNames.Count - 1));
        if (bad >= 0)
            throw new InvalidDataException($"{labelFile} gives picture {bad} the label {labels[bad]}; there are {classNames.Count} classes");
        return Dataset.FromArrays(images, (shape[1], shape[2], 1), Array.ConvertAll(labels, label => (int)label), classNames);
    }

    static string Require(string folder, string part, string content, int axes) =>
        Find(folder, part, content, axes)
        ?? throw new FileNotFoundException($"{folder} has no file {part}-{content}-idx{axes}-ubyte or {part}-{content}-idx{axes}-ubyte.gz");

    static string? Find(string folder, string part, string content, int axes)
    {
        // Some copies have a dot in place of the last hyphen but one.
        string[] names = [$"{part}-{content}-idx{axes}-ubyte", $"{part}-{content}.idx{axes}-ubyte"];
        return names.SelectMany(name => new[] { name, name + ".gz" }).Select(name => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
    }
}
