using System.Numerics;

namespace ResNetSharp.Formats;

/// <summary>The fractal heap, in which newer groups and objects with many attributes keep their links and attributes.</summary>
internal sealed class Hdf5FractalHeap
{
    readonly Hdf5Source file;
    readonly int idLength, offsetBytes, lengthBytes, tableWidth, currentRows;
    readonly long startSize, maxDirectSize, rootAddress, hugeTree;
    readonly Dictionary<long, Hdf5Block> directBlocks = [];
    Dictionary<long, (long Address, long Length)>? hugeObjects;

    public Hdf5FractalHeap(Hdf5Source file, long address)
    {
        this.file = file;
        int o = file.OffsetSize, l = file.LengthSize;
        var fixedLength = 4 + 1 + 2 + 2 + 1 + 4 + l + o + l + o + 8 * l + 2 + 2 * l + 2 + 2 + o + 2;
        var head = file.Read(address, fixedLength + 4, "a fractal heap");
        head.Expect("FRHP"u8);
        head.ExpectVersion(0, "a fractal heap");
        idLength = head.U16();
        var filterLength = head.U16();
        if (filterLength != 0) throw head.Fail("a compressed fractal heap is not supported");
        head = head.File.Read(address, fixedLength + 4, "a fractal heap").Verified("a fractal heap");
        head.Position = 10;
        var maxManaged = head.U32();
        head.Size();
        hugeTree = head.Address();
        head.Skip(l + o + 8 * l);
        tableWidth = head.U16();
        startSize = head.Size();
        maxDirectSize = head.Size();
        var heapBits = head.U16();
        head.Skip(2);
        rootAddress = head.Address();
        currentRows = head.U16();
        if (tableWidth == 0 || !IsPower(startSize) || !IsPower(maxDirectSize) || startSize > maxDirectSize || maxDirectSize > int.MaxValue || heapBits is 0 or > 64 || currentRows > 64)
            throw head.Fail("a fractal heap has impossible sizes");
        offsetBytes = (heapBits + 7) / 8;
        lengthBytes = Math.Min((BitOperations.Log2((ulong)maxDirectSize) + 7) / 8, BytesFor(maxManaged));
    }

    /// <summary>The object that an id stands for.</summary>
    public Hdf5Block Get(Hdf5Block id)
    {
        id = id.Part(idLength);
        var head = id.U8();
        if (head >> 6 != 0) throw id.Fail("a heap id has an unknown version");
        switch (head >> 4 & 3)
        {
            case 0:
                var offset = id.Number(offsetBytes);
                return GetManaged(id, offset, id.Number(lengthBytes));
            case 1:
                return GetHuge(id);
            case 2:
                var isExtended = idLength - 1 > 16;
                return id.Part((isExtended ? (head & 15) << 8 | id.U8() : head & 15) + 1);
            default:
                throw id.Fail("a heap id has an unknown kind");
        }
    }

    Hdf5Block GetHuge(Hdf5Block id)
    {
        if (idLength - 1 >= file.OffsetSize + file.LengthSize)
        {
            var address = id.Address();
            return file.Read(address, id.Size(), "a large heap object");
        }
        hugeObjects ??= ReadHugeObjects();
        var key = id.Number(Math.Min(8, idLength - 1));
        return hugeObjects.TryGetValue(key, out var place) ? file.Read(place.Address, place.Length, "a large heap object") : throw id.Fail($"the heap has no large object {key}");
    }

    Dictionary<long, (long, long)> ReadHugeObjects()
    {
        var objects = new Dictionary<long, (long, long)>();
        foreach (var record in Hdf5BTree2.Records(file, hugeTree, Hdf5BTree2.HugeObjects))
        {
            var place = (record.Address(), record.Size());
            objects[record.Size()] = place;
        }
        return objects;
    }

    Hdf5Block GetManaged(Hdf5Block id, long offset, long length)
    {
        if (currentRows == 0) return InDirectBlock(rootAddress, 0, startSize, offset, length);
        var (address, blockOffset, size) = (rootAddress, 0L, 0L);
        var rows = currentRows;
        // Every step goes to a smaller block, so this ends.
        while (true)
        {
            (address, blockOffset, size) = ChildOf(id, address, blockOffset, rows, offset);
            if (size <= maxDirectSize) return InDirectBlock(address, blockOffset, size, offset, length);
            rows = BitOperations.Log2((ulong)size) - BitOperations.Log2((ulong)startSize) - BitOperations.Log2((ulong)tableWidth) + 1;
            if (rows <= 0) throw id.Fail("a fractal heap has impossible sizes");
        }
    }

    // The block among an indirect block's children that holds an offset of the heap.
    (long Address, long BlockOffset, long Size) ChildOf(Hdf5Block id, long indirect, long start, int rows, long offset)
    {
        var directRows = BitOperations.Log2((ulong)maxDirectSize) - BitOperations.Log2((ulong)startSize) + 2;
        var length = 4 + 1 + file.OffsetSize + offsetBytes + (long)rows * tableWidth * file.OffsetSize;
        var block = file.Read(indirect, length + 4, "a fractal heap's table").Verified("a fractal heap's table");
        block.Expect("FHIB"u8);
        block.ExpectVersion(0, "a fractal heap's table");
        block.Skip(file.OffsetSize + offsetBytes);
        var first = block.Position;
        var rowStart = start;
        for (int row = 0; row < rows; row++)
        {
            var size = row == 0 ? startSize : startSize << (row - 1);
            if (size <= 0 || row < directRows != size <= maxDirectSize) break;
            var rowEnd = checked(rowStart + size * tableWidth);
            if (offset < rowEnd)
            {
                var column = (offset - rowStart) / size;
                block.Position = first + (int)(row * tableWidth + column) * file.OffsetSize;
                return (block.Address(), rowStart + column * size, size);
            }
            rowStart = rowEnd;
        }
        throw id.Fail($"a heap object at {offset} lies outside the heap");
    }

    Hdf5Block InDirectBlock(long address, long blockOffset, long size, long offset, long length)
    {
        if (!directBlocks.TryGetValue(address, out var block))
        {
            block = file.Read(address, size, "a fractal heap's block");
            block.Expect("FHDB"u8);
            directBlocks.Add(address, block);
        }
        var place = offset - blockOffset;
        if (place < 0 || length > block.Length || place > block.Length - length) throw block.Fail("a heap object reaches beyond its block");
        block.Position = (int)place;
        return block.Part(length);
    }

    static bool IsPower(long number) => number > 0 && BitOperations.IsPow2(number);

    static int BytesFor(long limit) => BitOperations.Log2((ulong)Math.Max(limit, 1)) / 8 + 1;
}
