using System.Numerics;

namespace ResNetSharp.Formats;

/// <summary>The version 2 B-tree, which lists links, attributes, large heap objects and chunks in newer files.</summary>
internal static class Hdf5BTree2
{
    const int NodeOverhead = 10, MaxDepth = 32;

    /// <summary>The kinds of records that are understood here.</summary>
    public const int HugeObjects = 1, LinkNames = 5, AttributeNames = 8, Chunks = 10, FilteredChunks = 11;

    /// <summary>All records of a tree, in order.</summary>
    public static IEnumerable<Hdf5Block> Records(Hdf5Source file, long address, int type)
    {
        var header = file.Read(address, 16 + file.OffsetSize + 2 + file.LengthSize + 4, "a B-tree header").Verified("a B-tree header");
        header.Expect("BTHD"u8);
        header.ExpectVersion(0, "a B-tree");
        var found = header.U8();
        if (found != type) throw header.Fail($"a B-tree has records of type {found} where {type} is expected");
        var nodeSize = header.U32();
        int recordSize = header.U16(), depth = header.U16();
        header.Skip(2);
        var root = header.Address();
        var count = header.U16();
        if (recordSize == 0 || nodeSize < NodeOverhead + recordSize || nodeSize > file.Bytes.Length || depth > MaxDepth) throw header.Fail("a B-tree has impossible sizes");
        if (count == 0) return [];
        var tree = new Tree(file, type, nodeSize, recordSize, depth);
        return tree.Walk(root, count, depth);
    }

    /// <summary>The sizes of one tree's nodes: how many records fit decides how many bytes counts take.</summary>
    sealed class Tree
    {
        readonly Hdf5Source file;
        readonly int type, recordSize, countSize;
        readonly long nodeSize;
        readonly int[] totalSizes;
        readonly HashSet<long> seen = [];

        public Tree(Hdf5Source file, int type, long nodeSize, int recordSize, int depth)
        {
            (this.file, this.type, this.nodeSize, this.recordSize) = (file, type, nodeSize, recordSize);
            totalSizes = new int[depth + 1];
            var records = (nodeSize - NodeOverhead) / recordSize;
            var total = (BigInteger)records;
            countSize = BytesFor(records);
            for (int level = 1; level <= depth; level++)
            {
                var pointer = file.OffsetSize + countSize + totalSizes[level - 1];
                records = (nodeSize - NodeOverhead - pointer) / (recordSize + pointer);
                total = (records + 1) * total + records;
                totalSizes[level] = BytesFor(total);
            }
        }

        static int BytesFor(BigInteger limit) => (int)((limit.GetBitLength() + 7) / 8);

        public IEnumerable<Hdf5Block> Walk(long address, long count, int depth)
        {
            var whole = file.Read(address, Math.Min(nodeSize, file.Bytes.Length - Math.Max(address, 0)), "a B-tree node");
            if (!seen.Add(address)) throw whole.Fail("a B-tree runs in a circle");
            var pointer = depth == 0 ? 0 : file.OffsetSize + countSize + (depth > 1 ? totalSizes[depth - 1] : 0);
            var length = 6 + count * recordSize + (depth == 0 ? 0 : (count + 1) * pointer) + 4;
            if (length > nodeSize) throw whole.Fail($"a B-tree node claims {count} records, more than fit");
            var node = file.Read(address, length, "a B-tree node").Verified("a B-tree node");
            node.Expect(depth == 0 ? "BTLF"u8 : "BTIN"u8);
            node.ExpectVersion(0, "a B-tree node");
            if (node.U8() != type) throw node.Fail("a B-tree node has the wrong type");
            var records = new Hdf5Block[count];
            for (int i = 0; i < count; i++) records[i] = node.Part(recordSize);
            for (int i = 0; i <= count; i++)
            {
                if (depth > 0)
                {
                    var child = node.Address();
                    var childCount = node.Number(countSize);
                    if (depth > 1) node.Skip(totalSizes[depth - 1]);
                    foreach (var record in Walk(child, childCount, depth - 1)) yield return record;
                }
                if (i < count) yield return records[i];
            }
        }
    }
}
