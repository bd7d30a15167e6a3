using System.Buffers.Binary;

namespace ResNetSharp.Imaging.Png;

/// <summary>The IHDR chunk: a picture's size and the form of its pixels.</summary>
internal readonly record struct PngHeader(int Width, int Height, int Depth, PngColour Colour, bool Interlaced)
{
    /// <summary>Samples of a pixel.</summary>
    public int Channels => Colour switch
    {
        PngColour.Rgb => 3,
        PngColour.Rgba => 4,
        PngColour.GreyAlpha => 2,
        _ => 1,
    };

    /// <summary>Bytes from a byte to the one that filters take for its left neighbour.</summary>
    public int FilterStep => Math.Max(1, Channels * Depth / 8);

    /// <summary>Bytes of a row, without the filter's number.</summary>
    public int RowBytes(int width) => checked((int)(((long)width * Channels * Depth + 7) / 8));

    /// <summary>Reads and checks the chunk.</summary>
    public static PngHeader Read(ReadOnlySpan<byte> chunk, long offset)
    {
        if (chunk.Length != 13) throw PngError.At($"the IHDR chunk has {chunk.Length} bytes instead of 13", offset);
        var (width, height) = (BinaryPrimitives.ReadUInt32BigEndian(chunk), BinaryPrimitives.ReadUInt32BigEndian(chunk[4..]));
        if (width is 0 or > int.MaxValue || height is 0 or > int.MaxValue) throw PngError.At($"the picture has size {width}x{height}", offset);
        var (depth, colour) = (chunk[8], (PngColour)chunk[9]);
        var allowed = colour switch
        {
            PngColour.Grey => depth is 1 or 2 or 4 or 8 or 16,
            PngColour.Palette => depth is 1 or 2 or 4 or 8,
            PngColour.Rgb or PngColour.GreyAlpha or PngColour.Rgba => depth is 8 or 16,
            _ => false,
        };
        if (!allowed) throw PngError.At($"colour type {chunk[9]} with {depth} bits a sample does not exist", offset);
        if (chunk[10] != 0) throw PngError.At($"compression method {chunk[10]} does not exist", offset);
        if (chunk[11] != 0) throw PngError.At($"filter method {chunk[11]} does not exist", offset);
        if (chunk[12] > 1) throw PngError.At($"interlace method {chunk[12]} does not exist", offset);
        return new PngHeader((int)width, (int)height, depth, colour, chunk[12] == 1);
    }
}
