using System.Buffers;
using ResNetSharp.Data.Archives;

namespace ResNetSharp.Data;

/// <summary>
/// Pictures in folders, one folder for each class: on disk, or in a <c>.tar</c>, <c>.tar.gz</c>, <c>.tgz</c> or <c>.zip</c> archive, which is
/// never unpacked to disk. Files are JPEG, PNG or BMP. The classes are the folders in ordinal order, or in the order of a file
/// <c>classes.txt</c> in or beside the folder; the pictures are ordered by class folder, then by file.
/// </summary>
public sealed class ImageFolder : Dataset
{
    readonly FileTree tree;
    readonly PictureReader reader;
    readonly List<(int File, int Label)> pictures;

    ImageFolder(FileTree tree, string root, ImageFolder? train, ImageFolderOptions options)
    {
        this.tree = tree;
        ClassNames = train?.ClassNames ?? ClassFolders.FindClasses(tree, root);
        reader = PictureReader.Create(tree, options);
        pictures = ClassFolders.FindPictures(tree, root, ClassNames);
        if (options.SkipBroken) Skipped = reader.RemoveBroken(pictures);
        if (pictures.Count == 0) throw new InvalidDataException($"{tree.Location} has no picture that can be read");
        ElementShape = train?.ElementShape ?? reader.GetShape(pictures[0].File);
    }

    ImageFolder(ImageFolder original, PictureGeometry geometry)
    {
        (tree, pictures, ClassNames, Skipped) = (original.tree, original.pictures, original.ClassNames, original.Skipped);
        reader = original.reader.With(geometry);
        ElementShape = reader.GetShape(pictures[0].File);
    }

    /// <inheritdoc/>
    public override int Count => pictures.Count;

    /// <inheritdoc/>
    public override Shape ElementShape { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<string> ClassNames { get; }

    /// <summary>What was wrong with each picture that was left out; empty unless that was asked for.</summary>
    public IReadOnlyList<string> Skipped { get; } = [];

    internal override bool IsBytes => true;

    internal override float White => 255;

    /// <summary>
    /// Opens a folder or an archive. Where it has a folder <c>train</c>, and <c>test</c> or <c>val</c> beside it, or archives of these names,
    /// the two are the training and the test set; otherwise all of it is the training set.
    /// </summary>
    /// <param name="path">The folder or the archive.</param>
    /// <param name="options">How to read the pictures.</param>
    /// <exception cref="FileNotFoundException">There is no such folder or file.</exception>
    /// <exception cref="InvalidDataException">No classes, one class, a class without pictures, or a damaged archive.</exception>
    public static (ImageFolder Train, ImageFolder? Test) Load(string path, ImageFolderOptions? options = null)
    {
        options ??= new ImageFolderOptions();
        if (FindArchives(path) is var (trainPath, testPath))
        {
            var first = OpenSingle(trainPath, null, options);
            return (first, testPath is null ? null : OpenSingle(testPath, first, options));
        }
        var tree = FileTree.Open(path, ClassFolders.IsWanted);
        var (trainRoot, testRoot) = ClassFolders.FindParts(tree);
        var train = new ImageFolder(tree, trainRoot, null, options);
        return (train, testRoot is null ? null : new ImageFolder(tree, testRoot, train, options));
    }

    /// <summary>Whether a folder holds archives of a training and perhaps a test set.</summary>
    internal static (string Train, string? Test)? FindArchives(string folder)
    {
        if (!Directory.Exists(folder)) return null;
        var archives = Directory.EnumerateFiles(folder).Where(FileTree.IsArchive).Order(StringComparer.Ordinal).ToArray();
        var train = archives.FirstOrDefault(archive => IsNamed(archive, "train"));
        if (train is null) return null;
        string[] testNames = ["test", "val", "valid", "validation"];
        return (train, testNames.Select(name => archives.FirstOrDefault(archive => IsNamed(archive, name))).FirstOrDefault(a => a is not null));
    }

    /// <inheritdoc/>
    public override int GetLabel(int index)
    {
        CheckIndex(index);
        return pictures[index].Label;
    }

    /// <inheritdoc/>
    public override string GetName(int index)
    {
        CheckIndex(index);
        return tree.FullName(pictures[index].File);
    }

    /// <inheritdoc/>
    public override void Read(int index, ref RandomSource random, Span<float> destination)
    {
        CheckRead(index, destination.Length);
        var bytes = ArrayPool<byte>.Shared.Rent(destination.Length);
        reader.Read(pictures[index].File, ElementShape, bytes.AsSpan(0, destination.Length));
        PixelConversion.ToFloats(bytes.AsSpan(0, destination.Length), destination);
        ArrayPool<byte>.Shared.Return(bytes);
    }

    internal override void ReadBytes(int index, Span<byte> destination) => reader.Read(pictures[index].File, ElementShape, destination);

    // The pictures may differ in size until then.
    internal override Dataset WithGeometry(PictureGeometry geometry) => new ImageFolder(this, geometry);

    static ImageFolder OpenSingle(string path, ImageFolder? train, ImageFolderOptions options)
    {
        var tree = FileTree.Open(path, ClassFolders.IsWanted);
        return new ImageFolder(tree, ClassFolders.FindRoot(tree), train, options);
    }

    static bool IsNamed(string archive, string name) =>
        Path.GetFileName(archive).Split('.')[0].Equals(name, StringComparison.OrdinalIgnoreCase);
}
