namespace ResNetSharp.Formats;

/// <summary>Turns the header of a data set into a tensor.</summary>
internal static class Hdf5Dataset
{
    // What may be made up from fill values, or unpacked, without a file that is large itself.
    const long SmallData = 64 << 20;
    const long BestRatio = 1032;

    public static bool IsDataset(List<Hdf5Message> header) => header.Exists(m => m.Type == Hdf5MessageType.Layout);

    public static StoredTensor Open(Hdf5Source file, string name, List<Hdf5Message> header, string? typeAttribute)
    {
        Hdf5Block? Find(Hdf5MessageType type)
        {
            foreach (var message in header)
                if (message.Type == type)
                {
                    var block = Hdf5ObjectHeader.Resolve(message);
                    block.Position = 0;
                    return block;
                }
            return null;
        }

        Hdf5Block Need(Hdf5MessageType type) => Find(type) ?? throw file.Bytes.Fail($"data set '{name}' has no {type}");

        if (Find(Hdf5MessageType.ExternalFiles) is not null) throw file.Bytes.Fail($"data set '{name}' keeps its numbers in another file, which is not followed");
        var space = Hdf5Dataspace.Parse(Need(Hdf5MessageType.Dataspace));
        if (space.IsNull) throw file.Bytes.Fail($"data set '{name}' is empty by declaration");
        var datatype = Hdf5Datatype.Parse(Need(Hdf5MessageType.Datatype));
        var type = datatype.Number ?? (typeAttribute == "bfloat16" && datatype.Size == 2 ? TensorType.BFloat16
            : throw file.Bytes.Fail($"the elements of data set '{name}' are {datatype.Description}, not plain numbers"));
        var shape = ShapeChecks.ToShape(file.Bytes, name, space.Extents);
        var length = type.ByteLength(shape.Size);
        var layout = Hdf5Layout.Parse(Need(Hdf5MessageType.Layout));
        var filters = Find(Hdf5MessageType.Filters) is { } block ? Hdf5Filters.Parse(block) : Hdf5Filters.None;
        switch (layout)
        {
            case Hdf5Layout.InHeader inHeader:
                if (inHeader.Data.Length < length) throw inHeader.Data.Fail($"data set '{name}' of shape {shape} takes {length} bytes, its header holds {inHeader.Data.Length}");
                return new Hdf5Tensor(name, shape, type, datatype.IsBigEndian, new MemoryBytes(file.Bytes.Name, inHeader.Data.Rest()[..(int)length].ToArray()));
            case Hdf5Layout.InOnePiece { Address: not Hdf5Source.Undefined } piece:
                if (piece.Length >= 0 && piece.Length < length) throw file.Bytes.Fail($"data set '{name}' of shape {shape} takes {length} bytes, but {piece.Length} are stored");
                return new Hdf5Tensor(name, shape, type, datatype.IsBigEndian, file.Bytes.Slice(piece.Address, length, $"data set '{name}'"));
        }
        CheckProportion(file, name, shape, length);
        var fill = FillValue(Find(Hdf5MessageType.FillValue), Find(Hdf5MessageType.OldFillValue), type.Bytes());
        return layout is Hdf5Layout.InChunks chunks
            ? new Hdf5ChunkedTensor(name, shape, type, datatype.IsBigEndian, file, chunks, space, filters, fill)
            : new Hdf5ChunkedTensor(name, shape, type, datatype.IsBigEndian, file, Unwritten(shape), space, filters, fill);
    }

    // A data set that was never written is one chunk that does not exist.
    static Hdf5Layout.InChunks Unwritten(Shape shape) =>
        new([.. shape.Select(extent => (long)Math.Max(extent, 1))], Hdf5ChunkIndexKind.Single, Hdf5Source.Undefined);

    static void CheckProportion(Hdf5Source file, string name, Shape shape, long length)
    {
        if (length > SmallData && length / BestRatio > file.Bytes.Length)
            throw file.Bytes.Fail($"data set '{name}' of shape {shape} takes {length} bytes, which a file of {file.Bytes.Length} cannot hold");
    }

    static byte[] FillValue(Hdf5Block? block, Hdf5Block? oldBlock, int size)
    {
        var value = new byte[size];
        if (block is not null)
        {
            var version = block.U8();
            bool isDefined;
            if (version == 3)
            {
                isDefined = (block.U8() & 0x20) != 0;
            }
            else
            {
                block.Skip(2);
                isDefined = block.U8() != 0;
            }
            if (isDefined && block.U32() == size) block.Take(size).CopyTo(value);
        }
        else if (oldBlock is not null && oldBlock.U32() == size)
        {
            oldBlock.Take(size).CopyTo(value);
        }
        return value;
    }
}
