using System.Text;
using ResNetSharp.Data.Archives;

namespace ResNetSharp.Data;

/// <summary>Finds the classes in a tree of picture files.</summary>
static class ClassFolders
{
    const string ClassFile = "classes.txt";
    const int MostClassFileBytes = 1 << 20;

    static readonly string[] PictureEndings = [".jpg", ".jpeg", ".png", ".bmp"];
    static readonly string[] TestNames = ["test", "val", "valid", "validation"];

    /// <summary>Whether a path matters: a picture by its ending, or a list of classes.</summary>
    public static bool IsWanted(string path) => IsPicture(path) || path == ClassFile || path.EndsWith("/" + ClassFile, StringComparison.Ordinal);

    /// <summary>The parts of a tree: the folders of the training and the test set, each as a prefix that ends in <c>/</c> or is empty.</summary>
    public static (string Train, string? Test) FindParts(FileTree tree)
    {
        var root = FindRoot(tree);
        var children = Children(tree, root);
        var train = children.FirstOrDefault(child => child.Equals("train", StringComparison.OrdinalIgnoreCase));
        if (train is null) return (root, null);
        var test = TestNames.Select(name => children.FirstOrDefault(child => child.Equals(name, StringComparison.OrdinalIgnoreCase)))
            .FirstOrDefault(child => child is not null && Children(tree, root + child + "/").Count > 0);
        return (root + train + "/", test is null ? null : root + test + "/");
    }

    /// <summary>The deepest folder that everything is in, but not that of a single class.</summary>
    public static string FindRoot(FileTree tree)
    {
        var root = "";
        while (Children(tree, root) is [var only] && Children(tree, root + only + "/").Count > 0
            && !tree.Files.Any(file => IsPicture(file) && IsDirectlyIn(file, root)))
        {
            root += only + "/";
        }
        return root;
    }

    /// <summary>The names of the classes of a set in label order.</summary>
    /// <exception cref="InvalidDataException">No classes, one class, or a list of classes that does not fit the folders.</exception>
    public static IReadOnlyList<string> FindClasses(FileTree tree, string root)
    {
        var folders = Children(tree, root);
        var place = Place(tree, root);
        if (folders.Count == 0)
            throw new InvalidDataException($"{place} has no folders of classes; put the pictures of each class into a folder with its name");
        if (folders.Count == 1)
            throw new InvalidDataException($"{place} has only one class, '{folders[0]}'; a classifier needs at least two folders of classes");
        if (ListInside(tree, root) is { } inside)
        {
            var missing = inside.Except(folders).Select(name => $"has no folder for its class '{name}'")
                .Concat(folders.Except(inside).Select(name => $"does not list the folder '{name}'")).FirstOrDefault();
            return missing is null ? inside : throw new InvalidDataException($"{ClassFile} in {place} {missing}");
        }
        // A list beside the pictures may belong to something else: it counts when it lists these classes.
        return ListBeside(tree) is { } beside && beside.ToHashSet().SetEquals(folders) ? beside : folders;
    }

    /// <summary>The pictures of a set by class, then by folder, then by name, all in ordinal order.</summary>
    /// <exception cref="InvalidDataException">A class that is not in the list, or without a picture.</exception>
    public static List<(int File, int Label)> FindPictures(FileTree tree, string root, IReadOnlyList<string> classNames)
    {
        var byFolder = Enumerable.Range(0, tree.Files.Count)
            .Where(i => IsPicture(tree.Files[i]) && tree.Files[i].StartsWith(root, StringComparison.Ordinal) && !IsDirectlyIn(tree.Files[i], root))
            .ToLookup(i => FirstPart(tree.Files[i], root), StringComparer.Ordinal);
        var pictures = new List<(int, int)>();
        foreach (var folder in Children(tree, root))
        {
            var label = classNames.ToList().IndexOf(folder);
            if (label < 0)
                throw new InvalidDataException($"{Place(tree, root)} has a folder '{folder}', which is not one of the {classNames.Count} classes");
            var files = byFolder[folder].OrderBy(i => FolderOf(tree.Files[i]), StringComparer.Ordinal).ThenBy(i => tree.Files[i], StringComparer.Ordinal);
            var before = pictures.Count;
            pictures.AddRange(files.Select(file => (file, label)));
            if (pictures.Count == before) throw new InvalidDataException($"the class folder {Place(tree, root)}/{folder} has no pictures (.jpg, .png, .bmp)");
        }
        return pictures;
    }

    static bool IsPicture(string path) => PictureEndings.Any(ending => path.EndsWith(ending, StringComparison.OrdinalIgnoreCase));

    static bool IsDirectlyIn(string path, string root) =>
        path.StartsWith(root, StringComparison.Ordinal) && path.IndexOf('/', root.Length) < 0;

    static string FirstPart(string path, string root) => path[root.Length..].Split('/', 2)[0];

    static string FolderOf(string path) => path[..(path.LastIndexOf('/') + 1)];

    static string Place(FileTree tree, string root) => root == "" ? tree.Location : tree.Location + "/" + root.TrimEnd('/');

    static List<string> Children(FileTree tree, string root) =>
    [
        .. tree.Files.Where(file => IsPicture(file) && file.StartsWith(root, StringComparison.Ordinal) && !IsDirectlyIn(file, root))
            .Concat(tree.Folders.Where(folder => folder.StartsWith(root, StringComparison.Ordinal) && folder.Length > root.Length))
            .Select(path => FirstPart(path, root)).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal),
    ];

    // In the folder of the classes, or in any folder around it.
    static List<string>? ListInside(FileTree tree, string root)
    {
        var found = Enumerable.Range(0, tree.Files.Count)
            .Where(i => tree.Files[i].EndsWith(ClassFile, StringComparison.Ordinal) && root.StartsWith(FolderOf(tree.Files[i]), StringComparison.Ordinal))
            .OrderByDescending(i => tree.Files[i].Length).ToArray();
        if (found.Length == 0) return null;
        var bytes = tree.GetLength(found[0]) <= MostClassFileBytes ? tree.ReadAll(found[0]) : throw TooLong(tree.FullName(found[0]));
        return Parse(Encoding.UTF8.GetString(bytes), tree.FullName(found[0]));
    }

    static List<string>? ListBeside(FileTree tree)
    {
        var path = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(tree.Location)) ?? "", ClassFile);
        if (!File.Exists(path)) return null;
        return new FileInfo(path).Length <= MostClassFileBytes ? Parse(File.ReadAllText(path), path) : throw TooLong(path);
    }

    static List<string> Parse(string text, string path)
    {
        var names = text.TrimStart('\uFEFF').Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).ToList();
        var twice = names.CountBy(name => name).FirstOrDefault(name => name.Value > 1).Key;
        return twice is null ? names : throw new InvalidDataException($"{path} lists the class '{twice}' twice");
    }

    static InvalidDataException TooLong(string path) => new($"{path} is too long for a list of classes");
}
