using System.Text;

namespace ResNetSharp.Formats;

/// <summary>
/// Writes HDF5 files in the oldest form of the format, which every reader knows and h5py writes by default: superblock 0, groups with symbol
/// tables, version 1 object headers, data sets in one piece. The numbers come first, then the metadata from the leaves to the root, so that
/// every address is known when it is written.
/// </summary>
internal sealed class Hdf5Writer
{
    const int SuperblockLength = 96, LeafK = 4, InternalK = 16, LinksPerNode = 2 * LeafK, ChildrenPerNode = 2 * InternalK, DataAlignment = 64;

    readonly Dictionary<StoredTensor, long> dataPlaces = new(ReferenceEqualityComparer.Instance);
    readonly Hdf5Output output;
    Hdf5TextHeap texts = null!;

    Hdf5Writer(long metadataStart) => output = new Hdf5Output(metadataStart);

    /// <summary>Writes a file, complete or not at all.</summary>
    public static void Write(string path, Hdf5NewGroup root)
    {
        var tensors = new List<StoredTensor>();
        Collect(root, tensors);
        var size = SuperblockLength + tensors.Sum(t => t.ByteLength + DataAlignment);
        AtomicFile.Write(path, size, stream => WriteTo(stream, root, tensors));
    }

    static void Collect(Hdf5NewGroup group, List<StoredTensor> tensors)
    {
        tensors.AddRange(group.Datasets.Values);
        foreach (var inner in group.Groups.Values) Collect(inner, tensors);
    }

    static void WriteTo(FileStream stream, Hdf5NewGroup root, List<StoredTensor> tensors)
    {
        var places = new List<long>();
        stream.Position = SuperblockLength;
        foreach (var tensor in tensors)
        {
            stream.Position = (stream.Position + DataAlignment - 1) / DataAlignment * DataAlignment;
            places.Add(stream.Position);
            tensor.WriteTo(stream);
        }
        stream.Position = (stream.Position + 7) / 8 * 8;
        var writer = new Hdf5Writer(stream.Position);
        for (int i = 0; i < tensors.Count; i++) writer.dataPlaces[tensors[i]] = tensors[i].ByteLength == 0 ? Hdf5Source.Undefined : places[i];
        writer.texts = new Hdf5TextHeap(writer.output, root);
        var rootAddress = writer.WriteGroup(root);
        stream.Write(writer.output.Bytes);
        var end = stream.Position;
        stream.Position = 0;
        stream.Write(Superblock(rootAddress, end));
    }

    static ReadOnlySpan<byte> Superblock(long root, long end)
    {
        var block = new Hdf5Output(0);
        block.Bytes8(0x89, 'H', 'D', 'F', '\r', '\n', 0x1A, '\n');
        block.Bytes8(0, 0, 0, 0, 0, 8, 8, 0); // versions, then the sizes of addresses and lengths
        block.U16(LeafK);
        block.U16(InternalK);
        block.U32(0);
        block.U64(0);
        block.U64(Hdf5Source.Undefined);
        block.U64(end);
        block.U64(Hdf5Source.Undefined);
        block.U64(0);
        block.U64(root);
        block.Zeros(24);
        return block.Bytes;
    }

    long WriteGroup(Hdf5NewGroup group)
    {
        var links = new List<(byte[] Name, long Address)>();
        foreach (var (name, inner) in group.Groups) links.Add((Encoding.UTF8.GetBytes(name), WriteGroup(inner)));
        foreach (var (name, tensor) in group.Datasets) links.Add((Encoding.UTF8.GetBytes(name), WriteDataset(tensor)));
        links.Sort((a, b) => a.Name.AsSpan().SequenceCompareTo(b.Name));
        var (heap, nameOffsets) = WriteNames(links);
        var tree = WriteTree(links, nameOffsets);
        var messages = new List<(int Type, byte[] Data)> { (0x11, Hdf5Output.Make(m => { m.U64(tree); m.U64(heap); })) };
        foreach (var (name, value) in group.Attributes) messages.Add((0xC, Attribute(name, value)));
        return WriteHeader(messages);
    }

    (long Heap, List<long> NameOffsets) WriteNames(List<(byte[] Name, long Address)> links)
    {
        const int NoFreeSpace = 1;
        var names = new Hdf5Output(0);
        names.U64(0); // the empty name, the lower bound of the tree
        var offsets = new List<long>();
        foreach (var (name, _) in links)
        {
            offsets.Add(names.Position);
            names.Raw(name);
            names.Zeros(1);
            names.Align8();
        }
        var data = output.Position;
        output.Raw(names.Bytes);
        var heap = output.Position;
        output.Raw("HEAP"u8);
        output.U32(0);
        output.U64(names.Position);
        output.U64(NoFreeSpace);
        output.U64(data);
        return (heap, offsets);
    }

    // Leaves of sorted links, then rows of nodes over them until one is left.
    long WriteTree(List<(byte[] Name, long Address)> links, List<long> nameOffsets)
    {
        var row = new List<(long Address, long LastName)>();
        for (int first = 0; first < Math.Max(1, links.Count); first += LinksPerNode)
        {
            var count = Math.Min(LinksPerNode, links.Count - first);
            row.Add((output.Position, count == 0 ? 0 : nameOffsets[first + count - 1]));
            output.Raw("SNOD"u8);
            output.U16(1);
            output.U16(count);
            for (int i = first; i < first + count; i++)
            {
                output.U64(nameOffsets[i]);
                output.U64(links[i].Address);
                output.Zeros(24);
            }
            output.Zeros((LinksPerNode - count) * 40);
        }
        if (links.Count == 0) row.Clear();
        for (int level = 0; level == 0 || row.Count > 1; level++) row = WriteTreeRow(row, level);
        return row[0].Address;
    }

    List<(long Address, long LastName)> WriteTreeRow(List<(long Address, long LastName)> children, int level)
    {
        const int NodeLength = 24 + (2 * ChildrenPerNode + 1) * 8;
        var nodes = new List<(long, long)>();
        var start = output.Position;
        var count = Math.Max(1, (children.Count + ChildrenPerNode - 1) / ChildrenPerNode);
        long lastName = 0;
        for (int n = 0; n < count; n++)
        {
            var own = children.Skip(n * ChildrenPerNode).Take(ChildrenPerNode).ToArray();
            output.Raw("TREE"u8);
            output.U8(0);
            output.U8(level);
            output.U16(own.Length);
            output.U64(n == 0 ? Hdf5Source.Undefined : start + (n - 1) * NodeLength);
            output.U64(n == count - 1 ? Hdf5Source.Undefined : start + (n + 1) * NodeLength);
            output.U64(lastName);
            foreach (var (address, last) in own)
            {
                output.U64(address);
                output.U64(lastName = last);
            }
            output.Zeros((ChildrenPerNode - own.Length) * 16);
            nodes.Add((start + n * NodeLength, lastName));
        }
        return nodes;
    }

    long WriteDataset(StoredTensor tensor)
    {
        var extents = tensor.Shape.Select(e => (long)e).ToArray();
        var fill = Hdf5Output.Make(m => m.Raw([2, 2, 2, 1, 0, 0, 0, 0])); // version, late allocation, if set, default
        var layout = Hdf5Output.Make(m =>
        {
            m.U8(3);
            m.U8(1);
            m.U64(dataPlaces[tensor]);
            m.U64(tensor.ByteLength);
        });
        return WriteHeader([(0x1, Dataspace(extents)), (0x3, Hdf5Output.NumberType(tensor)), (0x5, fill), (0x8, layout)]);
    }

    byte[] Attribute(string name, Hdf5NewAttribute value)
    {
        var (type, space, data) = value switch
        {
            Hdf5NewAttribute.Text text => (Hdf5Output.VariableTextType, Dataspace([]), texts.Reference(text)),
            Hdf5NewAttribute.Texts { Values: [] } => (Hdf5Output.DoubleType, Dataspace([0]), []),
            Hdf5NewAttribute.Texts list => (Hdf5Output.FixedTextType(list.Width), Dataspace([list.Values.Length]), Hdf5Output.Make(m =>
            {
                foreach (var text in list.Values)
                {
                    m.Raw(text);
                    m.Zeros(list.Width - text.Length);
                }
            })),
            _ => throw new ArgumentException("an attribute of an unknown kind", nameof(value)),
        };
        var nameBytes = Encoding.UTF8.GetBytes(name + "\0");
        return Hdf5Output.Make(m =>
        {
            m.U16(1);
            m.U16(nameBytes.Length);
            m.U16(type.Length);
            m.U16(space.Length);
            foreach (var part in (byte[][])[nameBytes, type, space])
            {
                m.Raw(part);
                m.Align8();
            }
            m.Raw(data);
        });
    }

    static byte[] Dataspace(long[] extents) => Hdf5Output.Make(m =>
    {
        m.U8(1);
        m.U8(extents.Length);
        m.Zeros(6);
        foreach (var extent in extents) m.U64(extent);
    });

    long WriteHeader(List<(int Type, byte[] Data)> messages)
    {
        var address = output.Position;
        var size = messages.Sum(m => 8 + (m.Data.Length + 7) / 8 * 8);
        output.U16(1);
        output.U16(messages.Count);
        output.U32(1);
        output.U32(size);
        output.U32(0);
        foreach (var (type, data) in messages)
        {
            output.U16(type);
            output.U16((data.Length + 7) / 8 * 8);
            output.U32(0);
            output.Raw(data);
            output.Align8();
        }
        return address;
    }
}
