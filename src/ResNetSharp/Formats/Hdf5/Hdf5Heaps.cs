namespace ResNetSharp.Formats;

/// <summary>The local heap of an old-style group: the names of its links.</summary>
internal sealed class Hdf5LocalHeap
{
    readonly Hdf5Block names;

    public Hdf5LocalHeap(Hdf5Source file, long address)
    {
        var head = file.Read(address, 8 + 2 * file.LengthSize + file.OffsetSize, "a local heap");
        head.Expect("HEAP"u8);
        head.ExpectVersion(0, "a local heap");
        head.Skip(3);
        var size = head.Size();
        head.Size();
        names = file.Read(head.Address(), size, "a local heap's names");
    }

    public string Text(long offset)
    {
        if (offset < 0 || offset >= names.Length) throw names.Fail($"a name at {offset} lies outside its heap of {names.Length} bytes");
        names.Position = (int)offset;
        return names.ZeroEndedText();
    }
}

/// <summary>The global heaps of a file: values of variable length. Each collection is read once.</summary>
internal sealed class Hdf5GlobalHeap(Hdf5Source file)
{
    const int MaxCached = 64;

    readonly Dictionary<long, Dictionary<int, Hdf5Block>> collections = [];

    /// <summary>One value.</summary>
    public ReadOnlySpan<byte> Get(long address, int index)
    {
        if (!collections.TryGetValue(address, out var objects))
        {
            if (collections.Count == MaxCached) collections.Clear();
            collections.Add(address, objects = Read(address));
        }
        return objects.TryGetValue(index, out var value) ? value.Rest() : throw file.Bytes.Fail(address, $"the global heap has no object {index}");
    }

    Dictionary<int, Hdf5Block> Read(long address)
    {
        var head = file.Read(address, 8 + file.LengthSize, "a global heap");
        head.Expect("GCOL"u8);
        head.ExpectVersion(1, "a global heap");
        head.Skip(3);
        var size = head.Size();
        var body = file.Read(address, size, "a global heap");
        body.Skip(8 + file.LengthSize);
        var objects = new Dictionary<int, Hdf5Block>();
        while (body.Left >= 8 + file.LengthSize)
        {
            var index = body.U16();
            body.Skip(6);
            var length = body.Size();
            if (index == 0) break; // free space, always the last
            objects[index] = body.Part(length);
            body.Skip((int)Math.Min(-length & 7, body.Left));
        }
        return objects;
    }
}
