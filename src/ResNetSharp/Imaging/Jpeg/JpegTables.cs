using System.Buffers.Binary;

namespace ResNetSharp.Imaging.Jpeg;

/// <summary>The quantisation and Huffman tables that a file has defined so far.</summary>
internal sealed class JpegTables
{
    /// <summary>Tables of each kind that a file may define.</summary>
    public const int Count = 4;

    /// <summary>
    /// The place, in row order, of each coefficient in the order of a file; damaged runs beyond the end all lead to the last place.
    /// </summary>
    public static ReadOnlySpan<byte> NaturalOrder =>
    [
        0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21, 28,
        35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63,
        63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63,
    ];

    readonly ushort[][] quantisation = [new ushort[64], new ushort[64], new ushort[64], new ushort[64]];
    readonly bool[] quantisationDefined = new bool[Count];

    /// <summary>The codes of DC coefficients.</summary>
    public HuffmanTable[] Dc { get; } = [new(false), new(false), new(false), new(false)];

    /// <summary>The codes of AC coefficients.</summary>
    public HuffmanTable[] Ac { get; } = [new(true), new(true), new(true), new(true)];

    /// <summary>The quantisation steps in row order, or null where the file has not defined that table.</summary>
    public ushort[]? Quantisation(int index) => index < Count && quantisationDefined[index] ? quantisation[index] : null;

    /// <summary>Forgets all tables, for the next file.</summary>
    public void Reset()
    {
        Array.Clear(quantisationDefined);
        for (var i = 0; i < Count; i++) Dc[i].Defined = Ac[i].Defined = false;
    }

    /// <summary>Reads a DQT segment.</summary>
    public void ReadQuantisation(ReadOnlySpan<byte> segment, long offset)
    {
        while (!segment.IsEmpty)
        {
            var wide = segment[0] >> 4 != 0;
            var index = segment[0] & 15;
            if (index >= Count) throw JpegError.At($"quantisation table {index} does not exist, there are {Count}", offset);
            var bytes = wide ? 128 : 64;
            if (segment.Length < 1 + bytes) throw JpegError.At("a quantisation table is cut short", offset);
            for (var i = 0; i < 64; i++)
            {
                quantisation[index][NaturalOrder[i]] = wide ? BinaryPrimitives.ReadUInt16BigEndian(segment[(1 + 2 * i)..]) : segment[1 + i];
            }
            quantisationDefined[index] = true;
            segment = segment[(1 + bytes)..];
        }
    }

    /// <summary>Reads a DHT segment.</summary>
    public void ReadHuffman(ReadOnlySpan<byte> segment, long offset)
    {
        while (!segment.IsEmpty)
        {
            if (segment.Length < 17) throw JpegError.At("a Huffman table is cut short", offset);
            var (kind, index) = (segment[0] >> 4, segment[0] & 15);
            if (kind > 1 || index >= Count) throw JpegError.At($"Huffman table {kind}/{index} does not exist", offset);
            var counts = segment.Slice(1, 16);
            var total = 0;
            foreach (var count in counts) total += count;
            if (total > 256 || total > segment.Length - 17) throw JpegError.At($"a Huffman table claims {total} codes", offset);
            (kind == 0 ? Dc : Ac)[index].Define(counts, segment.Slice(17, total));
            segment = segment[(17 + total)..];
        }
    }

    /// <summary>Gives the tables that Motion JPEG leaves out: those that ITU-T T.81, annex K suggests.</summary>
    public void AssumeStandardHuffman()
    {
        for (var i = 0; i < 2; i++)
        {
            if (!Dc[i].Defined) Dc[i].Define(StandardHuffman.DcCounts(i), StandardHuffman.DcSymbols);
            if (!Ac[i].Defined) Ac[i].Define(StandardHuffman.AcCounts(i), StandardHuffman.AcSymbols(i));
        }
    }
}
