namespace ResNetSharp.Formats;

/// <summary>A name in a group: a hard link has an address, a soft one a path. Links into other files have neither and are not followed.</summary>
internal readonly record struct Hdf5Link(string Name, long Address, string? Path);

/// <summary>Reads the links of groups, of both styles.</summary>
internal static class Hdf5Links
{
    const int Hard = 0, Soft = 1;

    public static bool IsGroup(List<Hdf5Message> header) =>
        header.Exists(m => m.Type is Hdf5MessageType.SymbolTable or Hdf5MessageType.LinkInfo or Hdf5MessageType.Link);

    public static List<Hdf5Link> Read(Hdf5Source file, List<Hdf5Message> header)
    {
        var links = new List<Hdf5Link>();
        foreach (var message in header)
        {
            var data = message.Data;
            data.Position = 0;
            switch (message.Type)
            {
                case Hdf5MessageType.SymbolTable: AddSymbols(file, data, links); break;
                case Hdf5MessageType.Link: links.Add(Parse(data)); break;
                case Hdf5MessageType.LinkInfo: AddDense(file, data, links); break;
            }
        }
        return links;
    }

    static void AddSymbols(Hdf5Source file, Hdf5Block message, List<Hdf5Link> links)
    {
        const int SoftLink = 2, HeadLength = 8, ScratchLength = 16;
        var tree = message.Address();
        var heap = new Hdf5LocalHeap(file, message.Address());
        foreach (var node in Hdf5BTree1.GroupNodes(file, tree))
        {
            var head = file.Read(node, HeadLength, "a symbol-table node");
            head.Expect("SNOD"u8);
            head.ExpectVersion(1, "a symbol-table node");
            head.Skip(1);
            var count = head.U16();
            var body = file.Read(node + HeadLength, (long)count * (2 * file.OffsetSize + 8 + ScratchLength), "a symbol-table node");
            for (int i = 0; i < count; i++)
            {
                var name = heap.Text(body.Number(file.OffsetSize));
                var address = body.Address();
                var kind = body.U32();
                body.Skip(4);
                var scratch = body.Part(ScratchLength);
                links.Add(kind == SoftLink ? new Hdf5Link(name, Hdf5Source.Undefined, heap.Text(scratch.U32())) : new Hdf5Link(name, address, null));
            }
        }
    }

    static void AddDense(Hdf5Source file, Hdf5Block message, List<Hdf5Link> links)
    {
        message.ExpectVersion(0, "a group");
        var flags = message.U8();
        if ((flags & 1) != 0) message.Skip(8);
        var heapAddress = message.Address();
        var tree = message.Address();
        if (heapAddress == Hdf5Source.Undefined) return;
        var heap = new Hdf5FractalHeap(file, heapAddress);
        foreach (var record in Hdf5BTree2.Records(file, tree, Hdf5BTree2.LinkNames))
        {
            record.Skip(4); // the name's hash
            links.Add(Parse(heap.Get(record)));
        }
    }

    static Hdf5Link Parse(Hdf5Block block)
    {
        block.ExpectVersion(1, "a link");
        var flags = block.U8();
        var kind = (flags & 8) != 0 ? block.U8() : Hard;
        if ((flags & 4) != 0) block.Skip(8);
        if ((flags & 16) != 0) block.Skip(1);
        var length = block.Number(1 << (flags & 3));
        if (length > block.Left) throw block.Fail($"a link's name has {length} bytes, more than its structure");
        var name = block.Text((int)length);
        return kind switch
        {
            Hard => new Hdf5Link(name, block.Address(), null),
            Soft => new Hdf5Link(name, Hdf5Source.Undefined, block.Text(block.U16())),
            _ => new Hdf5Link(name, Hdf5Source.Undefined, null),
        };
    }
}
