using System.Formats.Tar;
using System.IO.Compression;
using ResNetSharp.Formats;
using ResNetSharp.Imaging;
using ResNetSharp.Layers;

namespace ResNetSharp.Fuzz;

/// <summary>Files to damage: small ones of a folder of test data, and those that this library's writers make.</summary>
/// <param name="data">The folder of test data; null for the library's own files alone.</param>
sealed class FuzzCorpus(string? data)
{
    /// <summary>The small files of a folder below the data whose names end in one of some ways.</summary>
    /// <param name="largest">The bytes of the largest of them.</param>
    /// <param name="folder">The folder.</param>
    /// <param name="endings">What their names may end in.</param>
    public IEnumerable<(string Name, byte[] Bytes)> Small(int largest, string folder, params string[] endings)
    {
        if (data is null || !Directory.Exists(Path.Combine(data, folder))) return [];
        return Directory.EnumerateFiles(Path.Combine(data, folder), "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .Where(path => Array.Exists(endings, ending => path.EndsWith(ending, StringComparison.OrdinalIgnoreCase)) && new FileInfo(path).Length <= largest)
            .Select(path => (Path.GetRelativePath(data, path), File.ReadAllBytes(path)));
    }

    /// <summary>A file that this library writes.</summary>
    public static (string Name, byte[] Bytes) Own(string name, Action<string> write)
    {
        var path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}-{name}");
        try
        {
            write(path);
            return (name, File.ReadAllBytes(path));
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>A network of few weights with a shortcut.</summary>
    public static Model SmallModel()
    {
        var input = Tensor.Input(8, 8, 3);
        var x = input.Conv2D(4, 3, Padding.Same).BatchNorm().Relu();
        x = (x.Conv2D(4, 3, Padding.Same).BatchNorm() + x).Relu().MaxPooling2D(2);
        return new Model(input, Tensor.Concatenate([x, x.AveragePooling2D(3, 1, Padding.Same)]).GlobalAveragePooling2D().Dense(3, Activation.Softmax)) { Name = "small" };
    }

    /// <summary>Its parameters as a file has them.</summary>
    public static List<StoredTensor> Tensors() =>
        [.. SmallModel().Parameters.Select(parameter => StoredTensor.Create(parameter.Name, parameter.Shape, parameter.Values.ToArray()))];

    public static byte[] Png()
    {
        var pixels = new byte[12 * 9 * 3];
        new Random(1).NextBytes(pixels);
        using var stream = new MemoryStream();
        new Image(12, 9, pixels).SavePng(stream);
        return stream.ToArray();
    }

    public static byte[] Idx() => [0, 0, 8, 3, 0, 0, 0, 10, 0, 0, 0, 5, 0, 0, 0, 4, .. Noise(200)];

    public static byte[] Gzip(byte[] bytes)
    {
        using var memory = new MemoryStream();
        using (var gzip = new GZipStream(memory, CompressionLevel.Optimal)) gzip.Write(bytes);
        return memory.ToArray();
    }

    public static byte[] Tar(TarEntryFormat format)
    {
        using var memory = new MemoryStream();
        using (var writer = new TarWriter(memory, format, leaveOpen: true))
            foreach (var (name, length) in Entries)
            {
                TarEntry entry = format switch
                {
                    TarEntryFormat.Gnu => new GnuTarEntry(TarEntryType.RegularFile, name),
                    TarEntryFormat.Pax => new PaxTarEntry(TarEntryType.RegularFile, name),
                    _ => new UstarTarEntry(TarEntryType.RegularFile, name),
                };
                entry.DataStream = new MemoryStream(Noise(length));
                writer.WriteEntry(entry);
            }
        return memory.ToArray();
    }

    public static byte[] Zip()
    {
        using var memory = new MemoryStream();
        using (var archive = new ZipArchive(memory, ZipArchiveMode.Create, leaveOpen: true))
            foreach (var (name, length) in Entries)
            {
                using var stream = archive.CreateEntry(name, length > 500 ? CompressionLevel.Optimal : CompressionLevel.NoCompression).Open();
                stream.Write(Noise(length));
            }
        return memory.ToArray();
    }

    public static byte[] Noise(int count)
    {
        var bytes = new byte[count];
        new Random(count).NextBytes(bytes);
        return bytes;
    }

    static (string Name, int Length)[] Entries => [("a/1.jpg", 700), ("a/2.jpg", 0), ("b/" + new string('x', 80) + ".jpg", 100), ("b/2.jpg", 1500)];
}
