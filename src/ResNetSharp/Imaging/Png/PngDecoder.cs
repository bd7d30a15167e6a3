namespace ResNetSharp.Imaging.Png;

/// <summary>Decodes PNG files of every colour type, depth and interlacing (PNG specification, third edition).</summary>
internal static class PngDecoder
{
    // Deflate makes at most 258 bytes of two bits, and the last block has a few bytes of its own.
    const long BestRatio = 1032;

    // Adam7: the first column and row of each pass, and the steps between.
    static readonly (int X, int Y, int StepX, int StepY)[] InterlacedPasses =
        [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)];

    static readonly (int X, int Y, int StepX, int StepY)[] OnePass = [(0, 0, 1, 1)];

    /// <summary>Decodes a file to red, green and blue.</summary>
    public static Image Decode(ReadOnlySpan<byte> bytes, long maxPixels, out int orientation)
    {
        var file = PngFile.Read(bytes, maxPixels);
        orientation = file.Orientation;
        return new Image(file.Header.Width, file.Header.Height, Decode(bytes, file, withAlpha: false));
    }

    /// <summary>Decodes a file to red, green, blue and alpha.</summary>
    public static RgbaImage DecodeRgba(ReadOnlySpan<byte> bytes, long maxPixels)
    {
        var file = PngFile.Read(bytes, maxPixels);
        return new RgbaImage(file.Header.Width, file.Header.Height, Decode(bytes, file, withAlpha: true));
    }

    /// <summary>Reads the size, and the orientation where it stands before the pixels.</summary>
    public static ImageInfo Identify(ReadOnlySpan<byte> bytes)
    {
        var file = PngFile.ReadHead(bytes);
        return new ImageInfo(ImageFormat.Png, file.Header.Width, file.Header.Height, file.Orientation);
    }

    static unsafe byte[] Decode(ReadOnlySpan<byte> bytes, PngFile file, bool withAlpha)
    {
        var offset = file.Data[0].Start.Value;
        var needed = NeededBytes(file.Header);
        if (needed / BestRatio > file.DataBytes)
            throw PngError.At($"{file.DataBytes} compressed bytes cannot hold a picture of {file.Header.Width}x{file.Header.Height} pixels", offset);
        var compressed = file.Data.Count == 1 ? bytes[file.Data[0]] : Join(bytes, file);
        if (compressed.Length < 2 || (compressed[1] & 0x20) != 0) throw PngError.At("the compressed data has no sound header", offset);
        fixed (byte* first = compressed)
        {
            using var stream = new UnmanagedMemoryStream(first, compressed.Length);
            using var reader = new ScanlineReader(stream, needed, offset);
            var pixels = GC.AllocateUninitializedArray<byte>(checked(file.Header.Width * file.Header.Height * (withAlpha ? 4 : 3)));
            foreach (var pass in Passes(file.Header)) ReadPass(file, pass, reader, pixels, withAlpha, offset);
            reader.Finish();
            return pixels;
        }
    }

    static ReadOnlySpan<(int X, int Y, int StepX, int StepY)> Passes(PngHeader header) => header.Interlaced ? InterlacedPasses : OnePass;

    static byte[] Join(ReadOnlySpan<byte> bytes, PngFile file)
    {
        var joined = new byte[file.DataBytes];
        var position = 0;
        foreach (var range in file.Data)
        {
            var part = bytes[range];
            part.CopyTo(joined.AsSpan(position));
            position += part.Length;
        }
        return joined;
    }

    static long NeededBytes(PngHeader header)
    {
        var needed = 0L;
        foreach (var (x, y, stepX, stepY) in Passes(header))
        {
            var (width, height) = (Places(header.Width, x, stepX), Places(header.Height, y, stepY));
            if (width > 0) needed += (1L + header.RowBytes(width)) * height;
        }
        return needed;
    }

    static int Places(int extent, int first, int step) => extent <= first ? 0 : (extent - first - 1) / step + 1;

    static void ReadPass(
        PngFile file, (int X, int Y, int StepX, int StepY) pass, ScanlineReader reader, byte[] pixels, bool withAlpha, long offset)
    {
        var header = file.Header;
        var width = Places(header.Width, pass.X, pass.StepX);
        if (width == 0) return;
        var converter = new PngRowConverter(file, withAlpha);
        var channels = withAlpha ? 4 : 3;
        var row = new byte[header.RowBytes(width)];
        var above = new byte[row.Length];
        var spread = pass.StepX == 1 ? [] : new byte[width * channels];
        Span<byte> filter = [0];
        for (var y = pass.Y; y < header.Height; y += pass.StepY)
        {
            reader.Read(filter);
            reader.Read(row);
            if (!PngFilter.TryRestore(filter[0], row, above, header.FilterStep))
                throw PngError.At($"filter {filter[0]} does not exist, in the data", offset);
            var line = pixels.AsSpan((int)((long)y * header.Width * channels), header.Width * channels);
            if (pass.StepX == 1)
            {
                converter.Convert(row, width, line);
            }
            else
            {
                converter.Convert(row, width, spread);
                Scatter(spread, line[(pass.X * channels)..], pass.StepX * channels, channels);
            }
            (row, above) = (above, row);
        }
    }

    static void Scatter(ReadOnlySpan<byte> pixels, Span<byte> line, int step, int channels)
    {
        for (var (from, to) = (0, 0); from < pixels.Length; from += channels, to += step)
            pixels.Slice(from, channels).CopyTo(line[to..]);
    }
}
