using System.Buffers.Binary;
using System.IO.Compression;

namespace ResNetSharp.Formats;

/// <summary>The filters of a data set's chunks, in the order of writing.</summary>
internal sealed class Hdf5Filters
{
    const int MaxFilters = 32, Deflate = 1, Shuffle = 2, Fletcher32 = 3;
    const long BestRatio = 1032;

    static readonly Dictionary<int, string> OtherNames = new() { [4] = "szip", [5] = "n-bit", [6] = "scale-offset", [32000] = "LZF", [32001] = "Blosc", [32004] = "LZ4", [32015] = "Zstandard" };

    readonly int[] filters;

    Hdf5Filters(int[] filters) => this.filters = filters;

    public static Hdf5Filters None { get; } = new([]);

    public static Hdf5Filters Parse(Hdf5Block block)
    {
        int version = block.U8(), count = block.U8();
        if (version is not (1 or 2)) throw block.Fail($"a list of filters has version {version}; 1 and 2 are known");
        if (count > MaxFilters) throw block.Fail($"a list has {count} filters; {MaxFilters} are possible");
        if (version == 1) block.Skip(6);
        var filters = new int[count];
        for (int i = 0; i < count; i++)
        {
            filters[i] = block.U16();
            var nameLength = version == 1 || filters[i] >= 256 ? block.U16() : 0;
            block.Skip(2);
            var values = block.U16();
            block.Skip(version == 1 ? (nameLength + 7) & ~7 : nameLength);
            block.Skip(4 * values);
            if (version == 1 && values % 2 != 0) block.Skip(4);
        }
        foreach (var filter in filters)
            if (filter is not (Deflate or Shuffle or Fletcher32))
                throw block.Fail($"the data is filtered by {OtherNames.GetValueOrDefault(filter, "filter " + filter)}; only gzip, shuffle and fletcher32 are known");
        if (filters.Count(f => f == Deflate) > 1) throw block.Fail("the data is compressed twice");
        return new Hdf5Filters(filters);
    }

    public bool IsEmpty => filters.Length == 0;

    /// <summary>Turns a stored chunk back into its elements.</summary>
    /// <param name="stored">The chunk as the file has it.</param>
    /// <param name="skipped">A bit for each filter that was not applied to this chunk.</param>
    /// <param name="elementSize">Bytes of an element.</param>
    /// <param name="chunk">Where the elements go; exactly as long as they are.</param>
    public void Decode(ByteSource stored, uint skipped, int elementSize, Span<byte> chunk)
    {
        // What each filter was given: a checksum adds four bytes, and only compression changes the length freely.
        int length = chunk.Length, before = length, applied = 0;
        foreach (var filter in Applied(skipped))
        {
            if (filter == Deflate) (before, applied) = (length, applied + 1);
            if (filter == Fletcher32) length += 4;
        }
        var final = applied == 0 ? length : checked((int)Math.Min(stored.Length, int.MaxValue));
        if (stored.Length != final) throw stored.Fail(0, $"a chunk has {stored.Length} bytes where {final} belong");
        if (before / BestRatio > stored.Length) throw stored.Fail(0, $"a chunk of {stored.Length} bytes cannot unpack to {before}");

        var work = stored.ReadArray(0, final, "a chunk");
        var size = final;
        var left = Applied(skipped).Count();
        var isDone = false;
        foreach (var filter in Applied(skipped).Reverse())
        {
            left--;
            if (filter == Fletcher32)
            {
                size = CheckFletcher(stored, work.AsSpan(0, size));
                continue;
            }
            // The last step writes where the elements are wanted.
            isDone = left == 0;
            var unpackedSize = filter == Deflate ? before : size;
            if (isDone && unpackedSize != chunk.Length) throw stored.Fail(0, $"a chunk unpacks to {unpackedSize} bytes where {chunk.Length} belong");
            var target = isDone ? [] : new byte[unpackedSize];
            if (filter == Deflate) Inflate(stored, work, size, isDone ? chunk : target);
            else Unshuffle(work.AsSpan(0, size), isDone ? chunk : target, elementSize);
            (work, size) = (target, unpackedSize);
        }
        if (isDone) return;
        if (size != chunk.Length) throw stored.Fail(0, $"a chunk unpacks to {size} bytes where {chunk.Length} belong");
        work.AsSpan(0, size).CopyTo(chunk);
    }

    IEnumerable<int> Applied(uint skipped) => filters.Where((_, i) => (skipped >> i & 1) == 0);

    static void Inflate(ByteSource stored, byte[] packed, int length, Span<byte> unpacked)
    {
        using var input = new MemoryStream(packed, 0, length);
        using var inflater = new ZLibStream(input, CompressionMode.Decompress);
        if (!Inflater.TryFill(inflater, unpacked)) throw stored.Fail(0, $"a compressed chunk is damaged, or does not unpack to the {unpacked.Length} bytes that belong here");
    }

    // The first bytes of all elements come first, then the second bytes, and so on; what does not fill an element stays at the end.
    static void Unshuffle(ReadOnlySpan<byte> planes, Span<byte> elements, int elementSize)
    {
        var count = planes.Length / elementSize;
        for (int b = 0; b < elementSize; b++)
            for (int i = 0, plane = b * count; i < count; i++) elements[i * elementSize + b] = planes[plane + i];
        planes[(count * elementSize)..].CopyTo(elements[(count * elementSize)..]);
    }

    static int CheckFletcher(ByteSource stored, Span<byte> data)
    {
        if (data.Length < 4) throw stored.Fail(0, "a chunk is shorter than its checksum");
        var body = data[..^4];
        var sum = Hdf5Checksums.Fletcher32(body);
        var kept = BinaryPrimitives.ReadUInt32LittleEndian(data[^4..]);
        // Files of some early versions have the bytes of each half exchanged.
        var exchanged = (sum & 0x00FF00FF) << 8 | sum >> 8 & 0x00FF00FF;
        return kept == sum || kept == exchanged ? body.Length : throw stored.Fail(0, "the fletcher32 checksum of a chunk is wrong: the file is damaged");
    }
}
