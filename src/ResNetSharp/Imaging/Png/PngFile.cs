using System.Buffers.Binary;
using System.Text;
using ResNetSharp.Formats;

namespace ResNetSharp.Imaging.Png;

/// <summary>The chunks of a PNG file that matter for its pixels. Compressed texts and profiles are never unpacked.</summary>
internal sealed class PngFile
{
    /// <summary>What every PNG file begins with.</summary>
    public static ReadOnlySpan<byte> Signature => [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A];

    const int MostColours = 256;

    // Behind the signature and the IHDR chunk.
    const int HeaderEnd = 8 + 12 + 13;

    readonly List<Range> data = [];
    bool dataEnded;

    PngFile()
    {
    }

    /// <summary>The picture's size and form.</summary>
    public PngHeader Header { get; private set; }

    /// <summary>Red, green, blue and alpha of each colour number; what a palette leaves out is black.</summary>
    public byte[] Palette { get; } = new byte[MostColours * 4];

    /// <summary>The samples (one or three) of the one colour that is transparent, or null.</summary>
    public ushort[]? TransparentColour { get; private set; }

    /// <summary>Whether there is a palette.</summary>
    public bool HasPalette { get; private set; }

    /// <summary>The Exif orientation, 1 to 8; 1 where the file says none.</summary>
    public int Orientation { get; private set; } = Exif.Upright;

    /// <summary>Where the parts of the compressed pixels lie in the file.</summary>
    public IReadOnlyList<Range> Data => data;

    /// <summary>The number of compressed bytes.</summary>
    public long DataBytes { get; private set; }

    /// <summary>Reads the first chunk alone.</summary>
    public static PngHeader ReadHeader(ReadOnlySpan<byte> file)
    {
        var position = Signature.Length;
        if (!TryReadChunk(file, ref position, out var type, out var content) || !type.SequenceEqual("IHDR"u8))
            throw PngError.At("the first chunk is not IHDR", Signature.Length);
        return PngHeader.Read(file[content], Signature.Length);
    }

    /// <summary>Reads the chunks before the pixels.</summary>
    public static PngFile ReadHead(ReadOnlySpan<byte> file)
    {
        var result = new PngFile { Header = ReadHeader(file) };
        var position = HeaderEnd;
        while (!file[position..].IsEmpty && !file[Math.Min(position + 4, file.Length)..].StartsWith("IDAT"u8))
        {
            var offset = position;
            if (TryReadChunk(file, ref position, out var type, out var content)) result.ReadChunk(type, file[content], content, offset);
        }
        return result;
    }

    /// <summary>Reads the chunks. A file that ends between chunks after its pixels is taken as whole.</summary>
    /// <param name="file">The whole file.</param>
    /// <param name="maxPixels">Larger pictures are refused.</param>
    public static PngFile Read(ReadOnlySpan<byte> file, long maxPixels)
    {
        var result = new PngFile { Header = ReadHeader(file) };
        ImageLimits.Check("PNG", result.Header.Width, result.Header.Height, maxPixels);
        for (var i = 3; i < result.Palette.Length; i += 4) result.Palette[i] = 0xFF;
        var position = HeaderEnd;
        while (true)
        {
            var offset = position;
            if (!TryReadChunk(file, ref position, out var type, out var content)) break;
            if (type.SequenceEqual("IEND"u8)) break;
            result.ReadChunk(type, file[content], content, offset);
        }
        if (result.data.Count == 0) throw PngError.At("the file has no pixels (no IDAT chunk)", position);
        if (result.Header.Colour == PngColour.Palette && !result.HasPalette) throw PngError.At("the palette is missing", position);
        return result;
    }

    static bool TryReadChunk(ReadOnlySpan<byte> file, ref int position, out ReadOnlySpan<byte> type, out Range content)
    {
        type = default;
        content = default;
        if (position == file.Length) return false;
        var rest = file[position..];
        if (rest.Length < 12) throw PngError.At("the file ends inside a chunk", file.Length);
        var length = BinaryPrimitives.ReadUInt32BigEndian(rest);
        if (length > rest.Length - 12) throw PngError.At($"a chunk of {length} bytes is longer than the rest of the file", position);
        var checkedBytes = rest.Slice(4, (int)length + 4);
        if (Crc32.Append(0, checkedBytes) != BinaryPrimitives.ReadUInt32BigEndian(rest[(8 + (int)length)..]))
            throw PngError.At($"the checksum of chunk {Name(checkedBytes)} is wrong", position);
        type = checkedBytes[..4];
        content = (position + 8)..(position + 8 + (int)length);
        position += 12 + (int)length;
        return true;
    }

    void ReadChunk(ReadOnlySpan<byte> type, ReadOnlySpan<byte> content, Range range, long offset)
    {
        var isData = type.SequenceEqual("IDAT"u8);
        if (!isData && data.Count > 0) dataEnded = true;
        if (isData) AddData(content, range, offset);
        else if (type.SequenceEqual("PLTE"u8)) ReadPalette(content, offset);
        else if (type.SequenceEqual("tRNS"u8)) ReadTransparency(content, offset);
        else if (type.SequenceEqual("eXIf"u8)) Orientation = Exif.Orientation(content);
        else if ((type[0] & 0x20) == 0) throw PngError.At($"chunk {Name(type)} is repeated or not known", offset);
    }

    void AddData(ReadOnlySpan<byte> content, Range range, long offset)
    {
        if (dataEnded) throw PngError.At("the picture's data is interrupted by other chunks", offset);
        data.Add(range);
        DataBytes += content.Length;
    }

    void ReadPalette(ReadOnlySpan<byte> content, long offset)
    {
        if (HasPalette || data.Count > 0) throw PngError.At("the palette is repeated or too late", offset);
        if (content.IsEmpty || content.Length % 3 != 0 || content.Length > 3 * MostColours)
            throw PngError.At($"a palette cannot have {content.Length} bytes", offset);
        HasPalette = true;
        for (var i = 0; i < content.Length / 3; i++) content.Slice(3 * i, 3).CopyTo(Palette.AsSpan(4 * i));
    }

    void ReadTransparency(ReadOnlySpan<byte> content, long offset)
    {
        if (Header.Colour == PngColour.Palette)
        {
            if (content.Length > MostColours) throw PngError.At($"{content.Length} transparencies are more than {MostColours}", offset);
            for (var i = 0; i < content.Length; i++) Palette[4 * i + 3] = content[i];
        }
        else if (Header.Colour is PngColour.Grey or PngColour.Rgb)
        {
            if (content.Length != 2 * Header.Channels) throw PngError.At($"a transparent colour cannot have {content.Length} bytes", offset);
            TransparentColour = new ushort[Header.Channels];
            for (var i = 0; i < TransparentColour.Length; i++) TransparentColour[i] = BinaryPrimitives.ReadUInt16BigEndian(content[(2 * i)..]);
        }
    }

    // Damaged names can hold any bytes; a message should not.
    static string Name(ReadOnlySpan<byte> type)
    {
        var name = new StringBuilder();
        foreach (var letter in type[..4]) name.Append(char.IsAsciiLetter((char)letter) ? (char)letter : '?');
        return name.ToString();
    }
}
