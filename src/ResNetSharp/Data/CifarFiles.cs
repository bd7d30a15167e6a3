using ResNetSharp.Data.Archives;

namespace ResNetSharp.Data;

/// <summary>
/// The binary version of the CIFAR sets: records of one label byte (CIFAR-10), or of a coarse and a fine one (CIFAR-100), and three
/// planes of 32x32 bytes: red, green, blue.
/// </summary>
sealed class CifarFiles
{
    const int Side = 32;
    const int Channels = 3;
    const int PixelBytes = Side * Side * Channels;

    readonly FileTree tree;
    readonly bool isHundred;

    CifarFiles(FileTree tree, bool isHundred) => (this.tree, this.isHundred) = (tree, isHundred);

    /// <summary>Whether a folder has files of CIFAR-10 (false) or CIFAR-100 (true); null for neither.</summary>
    public static bool? Recognize(string folder)
    {
        if (!Directory.Exists(folder)) return null;
        var names = Directory.EnumerateFiles(folder, "*.bin").Select(Path.GetFileName).ToArray();
        if (names.Any(name => name is not null && IsTrain(name, isHundred: false))) return false;
        return names.Contains("train.bin") ? true : null;
    }

    /// <summary>Opens a folder of files, or an archive of one.</summary>
    /// <param name="path">The folder or the archive.</param>
    /// <param name="isHundred">Whether the files are those of CIFAR-100.</param>
    public static CifarFiles Open(string path, bool isHundred) =>
        new(FileTree.Open(path, name => IsTrain(FileName(name), isHundred) || IsTest(FileName(name), isHundred)), isHundred);

    /// <summary>Reads the training set, and the test set where it is there.</summary>
    /// <param name="coarse">Whether CIFAR-100 has its 20 coarse classes.</param>
    public (Dataset Train, Dataset? Test) Load(bool coarse = false) =>
        (Load(IsTrain, coarse) ?? throw new InvalidDataException($"{tree.Location} has no training files of CIFAR-{(isHundred ? 100 : 10)}"),
            Load(IsTest, coarse));

    Dataset? Load(Func<string, bool, bool> isPart, bool coarse)
    {
        var files = Enumerable.Range(0, tree.Files.Count).Where(i => isPart(FileName(tree.Files[i]), isHundred))
            .OrderBy(i => tree.Files[i], StringComparer.Ordinal).ToArray();
        if (files.Length == 0) return null;
        var labelBytes = isHundred ? 2 : 1;
        var classNames = !isHundred ? Cifar10.ClassNames : coarse ? Cifar100.CoarseClassNames : Cifar100.ClassNames;
        var counts = Array.ConvertAll(files, file => CountRecords(file, labelBytes + PixelBytes));
        var count = counts.Sum(c => (long)c);
        if (count * PixelBytes > Array.MaxLength) throw new InvalidDataException($"{tree.Location} has {count} pictures, too many to keep in memory");
        var images = new byte[count * PixelBytes];
        var labels = new List<int>((int)count);
        foreach (var file in files)
        {
            var bytes = tree.ReadAll(file);
            for (var start = 0; start < bytes.Length; start += labelBytes + PixelBytes)
            {
                var label = bytes[start + (isHundred && !coarse ? 1 : 0)];
                if (label >= classNames.Count)
                    throw new InvalidDataException(
                        $"{tree.FullName(file)} has the label {label} at byte {start}; there are {classNames.Count} classes");
                PixelConversion.Interleave(bytes.AsSpan(start + labelBytes, PixelBytes), Channels, images.AsSpan(labels.Count * PixelBytes, PixelBytes));
                labels.Add(label);
            }
        }
        return Dataset.FromArrays(images, (Side, Side, Channels), [.. labels], classNames);
    }

    int CountRecords(int file, int recordBytes)
    {
        var length = tree.GetLength(file);
        return length > 0 && length % recordBytes == 0
            ? length / recordBytes
            : throw new InvalidDataException($"{tree.FullName(file)} has {length} bytes, which is no whole number of records of {recordBytes}");
    }

    static bool IsTrain(string name, bool isHundred) =>
        isHundred ? name == "train.bin"
        : name.StartsWith("data_batch", StringComparison.Ordinal) && name.EndsWith(".bin", StringComparison.Ordinal);

    static bool IsTest(string name, bool isHundred) => name == (isHundred ? "test.bin" : "test_batch.bin");

    static string FileName(string path) => path[(path.LastIndexOf('/') + 1)..];
}
