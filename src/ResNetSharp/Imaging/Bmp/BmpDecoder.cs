using System.Buffers.Binary;
using System.Numerics;

namespace ResNetSharp.Imaging.Bmp;

/// <summary>Decodes Windows bitmaps without compression: 1, 4 and 8 bits with a palette, 16, 24 and 32 bits with or without masks.</summary>
internal static class BmpDecoder
{
    const int FileHeaderBytes = 14;
    const int CoreHeaderBytes = 12;
    const int InfoHeaderBytes = 40;
    const int Uncompressed = 0;
    const int Masked = 3;

    /// <summary>Decodes a file; the orientation is always upright.</summary>
    public static Image Decode(ReadOnlySpan<byte> file, long maxPixels, out int orientation)
    {
        var header = ReadHeader(file);
        orientation = Exif.Upright;
        ImageLimits.Check("BMP", header.Width, header.Height, maxPixels);
        var stride = ((long)header.Width * header.Depth + 31) / 32 * 4;
        if (header.PixelOffset > file.Length || stride * header.Height > file.Length - header.PixelOffset)
            throw Error($"{header.Height} rows of {stride} bytes from byte {header.PixelOffset} on do not fit the file of {file.Length} bytes", 10);
        var pixels = new byte[checked(header.Width * header.Height * 3)];
        for (var y = 0; y < header.Height; y++)
        {
            var row = file.Slice((int)(header.PixelOffset + y * stride), (int)stride);
            var line = header.TopDown ? y : header.Height - 1 - y;
            ConvertRow(header, row, file, pixels.AsSpan(line * header.Width * 3, header.Width * 3));
        }
        return new Image(header.Width, header.Height, pixels);
    }

    /// <summary>Reads the size.</summary>
    public static ImageInfo Identify(ReadOnlySpan<byte> file)
    {
        var header = ReadHeader(file);
        return new ImageInfo(ImageFormat.Bmp, header.Width, header.Height, Exif.Upright);
    }

    static BmpHeader ReadHeader(ReadOnlySpan<byte> file)
    {
        if (file.Length < FileHeaderBytes + CoreHeaderBytes) throw Error("the file ends inside its header", file.Length);
        var pixelOffset = BinaryPrimitives.ReadUInt32LittleEndian(file[10..]);
        var size = BinaryPrimitives.ReadUInt32LittleEndian(file[FileHeaderBytes..]);
        var known = size is CoreHeaderBytes or >= InfoHeaderBytes and <= 124;
        if (!known) throw Error($"a header of {size} bytes is not known", FileHeaderBytes);
        if (file.Length < FileHeaderBytes + size) throw Error("the file ends inside its header", file.Length);
        var info = file.Slice(FileHeaderBytes, (int)size);
        return size == CoreHeaderBytes ? ReadCoreHeader(info, pixelOffset) : ReadInfoHeader(file, info, pixelOffset);
    }

    static BmpHeader ReadCoreHeader(ReadOnlySpan<byte> info, uint pixelOffset)
    {
        var (width, height) = (BinaryPrimitives.ReadUInt16LittleEndian(info[4..]), BinaryPrimitives.ReadUInt16LittleEndian(info[6..]));
        if (width == 0 || height == 0) throw Error($"the picture has size {width}x{height}", 18);
        var depth = BinaryPrimitives.ReadUInt16LittleEndian(info[10..]);
        if (depth is not (1 or 4 or 8 or 24)) throw Error($"{depth} bits a pixel are not supported here", 24);
        return new BmpHeader(width, height, false, depth, pixelOffset, FileHeaderBytes + CoreHeaderBytes, 3, Colours(depth, 0), default);
    }

    static BmpHeader ReadInfoHeader(ReadOnlySpan<byte> file, ReadOnlySpan<byte> info, uint pixelOffset)
    {
        var (width, height) = (BinaryPrimitives.ReadInt32LittleEndian(info[4..]), BinaryPrimitives.ReadInt32LittleEndian(info[8..]));
        if (width <= 0 || height is 0 or int.MinValue) throw Error($"the picture has size {width}x{height}", 18);
        var depth = BinaryPrimitives.ReadUInt16LittleEndian(info[14..]);
        var compression = BinaryPrimitives.ReadUInt32LittleEndian(info[16..]);
        if (depth is not (1 or 4 or 8 or 16 or 24 or 32)) throw Error($"{depth} bits a pixel are not supported", 28);
        if (compression is not (Uncompressed or Masked) || (compression == Masked && depth is not (16 or 32)))
            throw Error($"compression {compression} with {depth} bits a pixel is not supported", 30);
        var colours = Colours(depth, BinaryPrimitives.ReadUInt32LittleEndian(info[32..]));
        var masksOffset = FileHeaderBytes + InfoHeaderBytes;
        var paletteOffset = FileHeaderBytes + info.Length + (compression == Masked && info.Length == InfoHeaderBytes ? 12 : 0);
        var masks = depth == 16 ? new BmpMasks(0x7C00, 0x03E0, 0x001F) : new BmpMasks(0xFF0000, 0xFF00, 0xFF);
        if (compression == Masked) masks = ReadMasks(file, masksOffset);
        return new BmpHeader(width, Math.Abs(height), height < 0, depth, pixelOffset, paletteOffset, 4, colours, masks);
    }

    static BmpMasks ReadMasks(ReadOnlySpan<byte> file, int offset)
    {
        if (file.Length < offset + 12) throw Error("the file ends inside its colour masks", file.Length);
        return new BmpMasks(
            BinaryPrimitives.ReadUInt32LittleEndian(file[offset..]),
            BinaryPrimitives.ReadUInt32LittleEndian(file[(offset + 4)..]),
            BinaryPrimitives.ReadUInt32LittleEndian(file[(offset + 8)..]));
    }

    static int Colours(int depth, uint stated) => depth > 8 ? 0 : stated == 0 ? 1 << depth : (int)Math.Min(stated, 1u << depth);

    static void ConvertRow(in BmpHeader header, ReadOnlySpan<byte> row, ReadOnlySpan<byte> file, Span<byte> target)
    {
        for (var x = 0; x < header.Width; x++, target = target[3..])
        {
            switch (header.Depth)
            {
                case 24: (target[0], target[1], target[2]) = (row[3 * x + 2], row[3 * x + 1], row[3 * x]); break;
                case 32: header.Masks.Convert(BinaryPrimitives.ReadUInt32LittleEndian(row[(4 * x)..]), target); break;
                case 16: header.Masks.Convert(BinaryPrimitives.ReadUInt16LittleEndian(row[(2 * x)..]), target); break;
                default: ConvertPalette(header, row, file, x, target); break;
            }
        }
    }

    static void ConvertPalette(in BmpHeader header, ReadOnlySpan<byte> row, ReadOnlySpan<byte> file, int x, Span<byte> target)
    {
        var bit = x * header.Depth;
        var index = row[bit >> 3] >> (8 - header.Depth - (bit & 7)) & ((1 << header.Depth) - 1);
        var entry = header.PaletteOffset + index * header.PaletteStep;
        if (index >= header.Colours || entry + 3 > file.Length) throw Error($"colour {index} is not in the palette", header.PaletteOffset);
        (target[0], target[1], target[2]) = (file[entry + 2], file[entry + 1], file[entry]);
    }

    static InvalidDataException Error(string what, long offset) => new($"BMP: {what} (at byte {offset})");

    /// <summary>What the headers say.</summary>
    readonly record struct BmpHeader(
        int Width, int Height, bool TopDown, int Depth, long PixelOffset, int PaletteOffset, int PaletteStep, int Colours, BmpMasks Masks);

    /// <summary>Where the colours lie in a pixel's bits.</summary>
    readonly record struct BmpMasks(uint Red, uint Green, uint Blue)
    {
        public void Convert(uint pixel, Span<byte> target) =>
            (target[0], target[1], target[2]) = (Extract(pixel, Red), Extract(pixel, Green), Extract(pixel, Blue));

        static byte Extract(uint pixel, uint mask)
        {
            if (mask == 0) return 0;
            var shift = BitOperations.TrailingZeroCount(mask);
            return (byte)((ulong)(pixel & mask) / (1u << shift) * 255 / (mask >> shift));
        }
    }
}
