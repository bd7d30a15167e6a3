using System.Buffers.Binary;

namespace ResNetSharp.Imaging.Png;

/// <summary>Turns a row of a PNG file into red, green and blue, and alpha where it is wanted. Of 16 bits the upper 8 are kept.</summary>
internal sealed class PngRowConverter(PngFile file, bool withAlpha)
{
    readonly PngHeader header = file.Header;
    readonly int channels = withAlpha ? 4 : 3;

    /// <summary>Converts a row.</summary>
    public void Convert(ReadOnlySpan<byte> row, int width, Span<byte> target)
    {
        if (header is { Colour: PngColour.Rgb, Depth: 8 } && !withAlpha)
        {
            row[..(3 * width)].CopyTo(target);
            return;
        }
        switch (header.Colour)
        {
            case PngColour.Palette: ConvertPalette(row, width, target); break;
            case PngColour.Grey or PngColour.GreyAlpha: ConvertGrey(row, width, target); break;
            default: ConvertRgb(row, width, target); break;
        }
    }

    void ConvertPalette(ReadOnlySpan<byte> row, int width, Span<byte> target)
    {
        for (var x = 0; x < width; x++) file.Palette.AsSpan(4 * Sample(row, x), channels).CopyTo(target[(x * channels)..]);
    }

    void ConvertGrey(ReadOnlySpan<byte> row, int width, Span<byte> target)
    {
        var step = header.Channels;
        for (var x = 0; x < width; x++, target = target[channels..])
        {
            var sample = Sample(row, x * step);
            target[0] = target[1] = target[2] = ToByte(sample);
            if (!withAlpha) continue;
            if (step == 2) target[3] = ToByte(Sample(row, x * step + 1));
            else target[3] = (byte)(file.TransparentColour is [var transparent] && transparent == sample ? 0 : 255);
        }
    }

    void ConvertRgb(ReadOnlySpan<byte> row, int width, Span<byte> target)
    {
        var step = header.Channels;
        for (var x = 0; x < width; x++, target = target[channels..])
        {
            var (red, green, blue) = (Sample(row, x * step), Sample(row, x * step + 1), Sample(row, x * step + 2));
            (target[0], target[1], target[2]) = (ToByte(red), ToByte(green), ToByte(blue));
            if (!withAlpha) continue;
            if (step == 4) target[3] = ToByte(Sample(row, x * step + 3));
            else target[3] = (byte)(file.TransparentColour is [var r, var g, var b] && r == red && g == green && b == blue ? 0 : 255);
        }
    }

    int Sample(ReadOnlySpan<byte> row, int index)
    {
        var depth = header.Depth;
        if (depth == 8) return row[index];
        if (depth == 16) return BinaryPrimitives.ReadUInt16BigEndian(row[(2 * index)..]);
        var bit = index * depth;
        return row[bit >> 3] >> (8 - depth - (bit & 7)) & ((1 << depth) - 1);
    }

    byte ToByte(int sample) => header.Depth switch
    {
        16 => (byte)(sample >> 8),
        8 => (byte)sample,
        _ => (byte)(sample * 255 / ((1 << header.Depth) - 1)),
    };
}
