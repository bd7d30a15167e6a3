using System.Globalization;
using System.Text;

namespace ResNetSharp.Formats;

/// <summary>
/// The format of PyTorch 0.1 (2016 and early 2017): a tar archive of <c>storages</c>, <c>tensors</c> and a <c>pickle</c> that refers to the
/// tensors by number.
/// </summary>
internal sealed class TorchTar : TorchBuilder
{
    const int Block = 512, MaxMembers = 100, MaxTensors = 1_000_000, MaxRank = 64;

    readonly Dictionary<long, TorchStorage> storages = [];
    readonly Dictionary<string, TorchTensor> tensors = [];

    /// <summary>Whether a file begins as a tar archive does.</summary>
    public static bool Recognizes(ReadOnlySpan<byte> start) => start.Length >= 262 && start[257..].StartsWith("ustar"u8);

    public static WeightFile Read(ByteSource source)
    {
        var members = Members(source);
        ByteCursor Member(string name) => members.TryGetValue(name, out var bytes) ? new ByteCursor(bytes)
            : throw source.Fail($"the tar archive has no '{name}', so it is no PyTorch file");

        var reader = new TorchTar();
        if (new PickleReader(Member("sys_info"), reader).Read() is PickleDict facts && facts.TryGet("little_endian", out var little) && little is false)
            throw source.Fail("the numbers are stored big-endian, which is not supported");
        reader.ReadStorages(Member("storages"));
        reader.ReadTensors(Member("tensors"));
        var root = new PickleReader(Member("pickle"), reader).Read();
        return TorchWeights.Find(source, WeightFormat.PyTorchTar, root);
    }

    public override object Resolve(ByteCursor at, object? id) => id switch
    {
        PickleTuple { Items: ["module", PickleGlobal type, ..] } => type,
        string or long when tensors.TryGetValue(Convert.ToString(id, CultureInfo.InvariantCulture)!, out var tensor) => tensor,
        _ => throw at.Fail("a pickle refers to a tensor that the file does not have"),
    };

    void ReadStorages(ByteCursor at)
    {
        for (var left = ReadCount(at); left > 0; left--)
        {
            if (ReadPickle(at) is not PickleTuple { Items: [long key, _, PickleGlobal kind] }) throw at.Fail("a storage is not described by key, place and kind");
            var storage = MakeStorage(at, kind, key.ToString(CultureInfo.InvariantCulture), at.Int64());
            storage.Bytes = at.Slice(storage.ByteLength, $"storage {key}");
            if (!storages.TryAdd(key, storage)) throw at.Fail($"storage {key} occurs twice");
        }
        if (ReadPickle(at) is not PickleList viewList) throw at.Fail("the list of views is missing");
        foreach (var item in viewList.Items)
        {
            if (item is not PickleTuple { Items: [long key, long wholeKey, long offset, long size] } || !storages.TryGetValue(wholeKey, out var whole)
                || offset < 0 || size < 0 || offset > whole.Count || size > whole.Count - offset)
                throw at.Fail("a view of a storage is malformed");
            var view = new TorchStorage(key.ToString(CultureInfo.InvariantCulture), whole.Type, size);
            view.Bytes = whole.Bytes!.Slice(whole.Type.ByteLength(offset), view.ByteLength, $"view {key}");
            storages[key] = view;
        }
    }

    void ReadTensors(ByteCursor at)
    {
        for (var left = ReadCount(at); left > 0; left--)
        {
            if (ReadPickle(at) is not PickleTuple { Items: [long key, long storageKey, PickleGlobal { Kind: PickleGlobalKind.TensorClass } kind] })
                throw at.Fail("a tensor is not described by key, storage and kind");
            if (!storages.TryGetValue(storageKey, out var storage) || storage.Type != kind.Type) throw at.Fail($"tensor {key} uses storage {storageKey}, which does not fit");
            var rank = at.Int32();
            at.Int32(); // unused
            if (rank is < 0 or > MaxRank) throw at.Fail($"tensor {key} has {rank} dimensions");
            var sizes = new long[rank];
            var strides = new long[rank];
            for (int i = 0; i < rank; i++) sizes[i] = at.Int64();
            for (int i = 0; i < rank; i++) strides[i] = at.Int64();
            var tensor = MakeTensor(at, storage, storage.Type, at.Int64(), sizes, strides);
            if (!tensors.TryAdd(key.ToString(CultureInfo.InvariantCulture), tensor)) throw at.Fail($"tensor {key} occurs twice");
        }
    }

    long ReadCount(ByteCursor at) => ReadPickle(at) is long count and >= 0 and <= MaxTensors ? count : throw at.Fail("a count is malformed");

    object? ReadPickle(ByteCursor at) => new PickleReader(at, this).Read();

    static Dictionary<string, ByteSource> Members(ByteSource source)
    {
        var members = new Dictionary<string, ByteSource>();
        Span<byte> header = stackalloc byte[Block];
        for (long position = 0; position + Block <= source.Length;)
        {
            source.Read(position, header);
            if (header[0] == 0) break;
            if (members.Count == MaxMembers) throw source.Fail($"the tar archive has more than {MaxMembers} members");
            var name = Encoding.UTF8.GetString(header[..100]).TrimEnd('\0');
            var size = Octal(source, position, header.Slice(124, 12));
            var content = source.Slice(position + Block, size, $"'{name}' in the tar archive");
            if (header[156] is 0 or (byte)'0') members[Path.GetFileName(name)] = content;
            position = checked(position + Block + (size + Block - 1) / Block * Block);
        }
        return members;
    }

    static long Octal(ByteSource source, long position, ReadOnlySpan<byte> digits)
    {
        long value = 0;
        foreach (var digit in digits.Trim(" \0"u8))
        {
            if (digit is < (byte)'0' or > (byte)'7') throw source.Fail(position, "a header of the tar archive is damaged");
            value = value * 8 + digit - '0';
        }
        return value;
    }
}
