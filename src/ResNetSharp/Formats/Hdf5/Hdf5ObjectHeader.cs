namespace ResNetSharp.Formats;

/// <summary>One message of an object header.</summary>
internal readonly record struct Hdf5Message(Hdf5MessageType Type, int Flags, Hdf5Block Data);

/// <summary>The messages that are understood here.</summary>
internal enum Hdf5MessageType
{
    Dataspace = 0x1,
    LinkInfo = 0x2,
    Datatype = 0x3,
    OldFillValue = 0x4,
    FillValue = 0x5,
    Link = 0x6,
    ExternalFiles = 0x7,
    Layout = 0x8,
    Filters = 0xB,
    Attribute = 0xC,
    Continuation = 0x10,
    SymbolTable = 0x11,
    AttributeInfo = 0x15,
}

/// <summary>Reads the messages that describe an object: a group, a data set or a named type.</summary>
internal static class Hdf5ObjectHeader
{
    const int MaxMessages = 1 << 20, CreationTimes = 0x20, AttributePhases = 0x10, CreationOrder = 0x4;

    public static List<Hdf5Message> Read(Hdf5Source file, long address)
    {
        var start = file.Read(address, Math.Min(16, file.Bytes.Length - address), "an object header");
        return start.Rest().StartsWith("OHDR"u8) ? ReadNew(file, address) : ReadOld(file, address, start);
    }

    /// <summary>The content of a message that may stand in another object's header, as a named type does.</summary>
    public static Hdf5Block Resolve(Hdf5Message message)
    {
        const int SharedFlag = 2;
        if ((message.Flags & SharedFlag) == 0) return message.Data;
        message.Data.Position = 0;
        return ReadShared(message.Data, message.Type);
    }

    /// <summary>Follows a reference to a message in another object's header.</summary>
    public static Hdf5Block ReadShared(Hdf5Block data, Hdf5MessageType wanted)
    {
        int version = data.U8(), kind = data.U8();
        if (version is 0 or > 3 || version == 3 && kind != 2) throw data.Fail("a shared message of an unknown kind");
        if (version == 1) data.Skip(6 + data.File.LengthSize);
        foreach (var message in Read(data.File, data.Address()))
            if (message.Type == wanted && (message.Flags & 2) == 0) return message.Data;
        throw data.Fail("a shared message is not where it should be");
    }

    static List<Hdf5Message> ReadOld(Hdf5Source file, long address, Hdf5Block start)
    {
        start.ExpectVersion(1, "an object header");
        start.Skip(1);
        var count = start.U16();
        start.Skip(4);
        var size = start.U32();
        var messages = new List<Hdf5Message>();
        var blocks = new Queue<Hdf5Block>([file.Read(address + 16, size, "an object header")]);
        var seen = new HashSet<long>();
        while (blocks.TryDequeue(out var block))
        {
            while (block.Left >= 8 && messages.Count < count)
            {
                var type = (Hdf5MessageType)block.U16();
                var length = block.U16();
                var flags = block.U8();
                block.Skip(3);
                Add(new Hdf5Message(type, flags, block.Part(length)), messages, blocks, seen);
            }
        }
        return messages;
    }

    static List<Hdf5Message> ReadNew(Hdf5Source file, long address)
    {
        var prefix = file.Read(address, Math.Min(40, file.Bytes.Length - address), "an object header");
        prefix.Expect("OHDR"u8);
        prefix.ExpectVersion(2, "an object header");
        var headerFlags = prefix.U8();
        if ((headerFlags & CreationTimes) != 0) prefix.Skip(16);
        if ((headerFlags & AttributePhases) != 0) prefix.Skip(4);
        var size = prefix.Number(1 << (headerFlags & 3));
        var first = prefix.Position;
        file.Bytes.Check(address, first + 4, "an object header");
        if (size > file.Bytes.Length) throw prefix.Fail($"an object header claims {size} bytes");
        var block = file.Read(address, first + size + 4, "an object header").Verified("an object header");
        block.Position = first;

        var messages = new List<Hdf5Message>();
        var blocks = new Queue<Hdf5Block>([block]);
        var seen = new HashSet<long>();
        var overhead = (headerFlags & CreationOrder) != 0 ? 6 : 4;
        while (blocks.TryDequeue(out block))
        {
            if (messages.Count > 0)
            {
                block = block.Verified("an object header's continuation");
                block.Expect("OCHK"u8);
            }
            while (block.Left >= overhead)
            {
                var type = (Hdf5MessageType)block.U8();
                var length = block.U16();
                var flags = block.U8();
                block.Skip(overhead - 4);
                Add(new Hdf5Message(type, flags, block.Part(length)), messages, blocks, seen);
            }
        }
        return messages;
    }

    static void Add(Hdf5Message message, List<Hdf5Message> messages, Queue<Hdf5Block> blocks, HashSet<long> seen)
    {
        if (messages.Count == MaxMessages) throw message.Data.Fail("an object header has too many messages");
        messages.Add(message);
        if (message.Type != Hdf5MessageType.Continuation) return;
        var address = message.Data.Address();
        if (!seen.Add(address)) throw message.Data.Fail("an object header continues in a circle");
        blocks.Enqueue(message.Data.File.Read(address, message.Data.Size(), "an object header's continuation"));
    }
}
