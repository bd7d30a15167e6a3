using System.Globalization;
using System.Numerics;

namespace ResNetSharp.Formats;

/// <summary>
/// The format of PyTorch before 1.6: pickles of a magic number, a protocol number, facts about the machine, the object and the list of
/// storages, then each storage as a count and its numbers.
/// </summary>
internal sealed class TorchLegacy : TorchBuilder
{
    const long ProtocolVersion = 1001;
    static readonly BigInteger Magic = BigInteger.Parse("1950A86A20F9469CFC6C", NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    readonly Dictionary<string, TorchStorage> storages = [];
    readonly List<(TorchStorage View, TorchStorage Whole, long Offset)> views = [];

    /// <summary>Whether a file begins as a binary pickle does.</summary>
    public static bool Recognizes(ReadOnlySpan<byte> start) => start is [0x80, >= 2 and <= 5, ..];

    public static WeightFile Read(ByteSource source)
    {
        var cursor = new ByteCursor(source);
        var reader = new TorchLegacy();
        object? Next() => new PickleReader(cursor, reader).Read();

        if (Next() is not BigInteger magic || magic != Magic) throw source.Fail("the file is a pickle, but not one that torch.save wrote");
        if (Next() is not ProtocolVersion) throw cursor.Fail($"the file does not have version {ProtocolVersion} of PyTorch's format");
        if (Next() is PickleDict facts && facts.TryGet("little_endian", out var little) && little is false)
            throw cursor.Fail("the numbers are stored big-endian, which is not supported");
        var root = Next();
        reader.ReadStorages(cursor, Next());
        return TorchWeights.Find(source, WeightFormat.PyTorchLegacy, root);
    }

    public override object Resolve(ByteCursor at, object? id)
    {
        if (id is PickleTuple { Items: ["module", ..] }) throw at.Fail("the file holds a whole network with its Python classes, not a list of tensors; save model.state_dict() instead");
        if (id is not PickleTuple { Items: ["storage", PickleGlobal kind, string key, _, long count, .. var rest] }) throw at.Fail("a pickle refers to something that is no storage");
        var whole = Whole(at, kind, key, count);
        return rest switch
        {
            [] or [null] => whole,
            [PickleTuple { Items: [string viewKey, long offset, long size] }] => View(at, kind, whole, viewKey, offset, size),
            _ => throw at.Fail($"storage '{key}' has a view of an unknown kind"),
        };
    }

    TorchStorage Whole(ByteCursor at, PickleGlobal kind, string key, long count)
    {
        var storage = MakeStorage(at, kind, key, count);
        if (storages.TryAdd(key, storage)) return storage;
        var known = storages[key];
        return known.Type == storage.Type && known.Count == count ? known : throw at.Fail($"storage '{key}' is described twice, differently");
    }

    TorchStorage View(ByteCursor at, PickleGlobal kind, TorchStorage whole, string key, long offset, long size)
    {
        var view = MakeStorage(at, kind, key, size);
        if (offset < 0 || offset > whole.Count || size > whole.Count - offset) throw at.Fail($"view '{key}' reaches beyond storage '{whole.Key}'");
        views.Add((view, whole, offset));
        return view;
    }

    void ReadStorages(ByteCursor cursor, object? keys)
    {
        if (keys is not PickleList list) throw cursor.Fail("the list of storages is missing");
        foreach (var item in list.Items)
        {
            if (item is not string key || !storages.TryGetValue(key, out var storage)) throw cursor.Fail("the list of storages names one that no tensor uses");
            if (storage.Bytes is not null) throw cursor.Fail($"storage '{key}' is listed twice");
            var count = cursor.Int64();
            if (count != storage.Count) throw cursor.Fail($"storage '{key}' has {count} elements here and {storage.Count} in the pickle");
            storage.Bytes = cursor.Slice(storage.ByteLength, $"storage '{key}'");
        }
        foreach (var (view, whole, offset) in views)
            view.Bytes = whole.Bytes?.Slice(whole.Type.ByteLength(offset), view.ByteLength, $"view '{view.Key}'");
    }
}
