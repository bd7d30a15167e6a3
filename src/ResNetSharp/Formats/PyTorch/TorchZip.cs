using System.Text;

namespace ResNetSharp.Formats;

/// <summary>The zip archive of PyTorch 1.6 and later: a pickle <c>data.pkl</c> and one file for each storage, in a folder of any name.</summary>
internal sealed class TorchZip : TorchBuilder
{
    const string PickleName = "data.pkl";
    const long MaxPickle = 64 << 20;

    readonly ZipDirectory zip;
    readonly string folder;
    readonly Dictionary<string, TorchStorage> storages = [];

    TorchZip(ZipDirectory zip, string folder) => (this.zip, this.folder) = (zip, folder);

    /// <summary>Whether an archive holds a pickle of tensors.</summary>
    public static bool Recognizes(ZipDirectory zip) => FindFolder(zip) is not null;

    public static WeightFile Read(ByteSource source) => Read(source, new ZipDirectory(source));

    public static WeightFile Read(ByteSource source, ZipDirectory zip)
    {
        var folder = FindFolder(zip) ?? throw source.Fail($"the zip archive has no '{PickleName}', so it is no PyTorch file");
        var reader = new TorchZip(zip, folder);
        reader.CheckByteOrder(source);
        var pickle = zip.Open(folder + PickleName, MaxPickle);
        var root = new PickleReader(new ByteCursor(pickle), reader).Read();
        return TorchWeights.Find(source, WeightFormat.PyTorchZip, root);
    }

    public override object Resolve(ByteCursor at, object? id)
    {
        if (id is not PickleTuple { Items: ["storage", PickleGlobal kind, string key, _, long count] }) throw at.Fail("a pickle refers to something that is no storage");
        var storage = MakeStorage(at, kind, key, count);
        if (storages.TryGetValue(key, out var known))
        {
            return known.Type == storage.Type && known.Count == count ? known : throw at.Fail($"storage '{key}' is described twice, differently");
        }
        var bytes = zip.Open($"{folder}data/{key}");
        if (bytes.Length < storage.ByteLength) throw at.Fail($"storage '{key}' claims {storage.ByteLength} bytes, but its file in the archive has {bytes.Length}");
        storage.Bytes = bytes;
        storages.Add(key, storage);
        return storage;
    }

    // The pickle lies directly in the one folder of the archive.
    static string? FindFolder(ZipDirectory zip)
    {
        foreach (var name in zip.Names)
            if (name == PickleName || name.EndsWith("/" + PickleName, StringComparison.Ordinal) && name.IndexOf('/') == name.Length - PickleName.Length - 1)
                return name[..^PickleName.Length];
        return null;
    }

    void CheckByteOrder(ByteSource source)
    {
        var name = folder + "byteorder";
        if (!zip.Contains(name)) return;
        var order = zip.Open(name, 64);
        if (Encoding.Latin1.GetString(order.ReadArray(0, order.Length, name)).Trim() != "little")
            throw source.Fail("the numbers are stored big-endian, which is not supported; save the file again on a little-endian machine");
    }
}
