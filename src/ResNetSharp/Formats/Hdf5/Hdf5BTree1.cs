namespace ResNetSharp.Formats;

/// <summary>The version 1 B-tree, which lists the links of old-style groups and the chunks of old-style data sets.</summary>
internal static class Hdf5BTree1
{
    const int Group = 0, Chunks = 1;

    /// <summary>The symbol-table nodes of a group, in order.</summary>
    public static IEnumerable<long> GroupNodes(Hdf5Source file, long root) =>
        Walk(file, root, Group, file.LengthSize, -1, []).Select(entry => entry.Child);

    /// <summary>The chunks of a data set: their keys (size, filter mask, offsets) and addresses.</summary>
    public static IEnumerable<(Hdf5Block Key, long Child)> DataChunks(Hdf5Source file, long root, int rank) =>
        Walk(file, root, Chunks, 8 + 8 * (rank + 1), -1, []);

    // Levels go down by one and no node is entered twice, so that damaged trees end.
    static IEnumerable<(Hdf5Block Key, long Child)> Walk(Hdf5Source file, long address, int type, int keySize, int level, HashSet<long> seen)
    {
        var head = file.Read(address, 8 + 2 * file.OffsetSize, "a B-tree node");
        if (!seen.Add(address)) throw head.Fail("a B-tree runs in a circle");
        head.Expect("TREE"u8);
        if (head.U8() != type) throw head.Fail("a B-tree node has the wrong type");
        var ownLevel = head.U8();
        if (level >= 0 && ownLevel != level) throw head.Fail($"a B-tree node has level {ownLevel} where {level} is expected");
        var count = head.U16();
        var body = file.Read(address + head.Length, (long)count * (keySize + file.OffsetSize), "a B-tree node");
        for (int i = 0; i < count; i++)
        {
            var key = body.Part(keySize);
            var child = body.Address();
            if (ownLevel == 0) yield return (key, child);
            else
                foreach (var entry in Walk(file, child, type, keySize, ownLevel - 1, seen)) yield return entry;
        }
    }
}
