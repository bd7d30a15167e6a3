using System.Runtime.Intrinsics;

namespace ResNetSharp.Imaging.Jpeg;

/// <summary>
/// Decodes JPEG files: baseline, extended and progressive Huffman coding of 8-bit samples. The pixels are those of libjpeg-turbo with
/// the accurate integer transform and fancy upsampling. An instance keeps its memory for the next file and serves one thread.
/// </summary>
internal sealed unsafe class JpegDecoder
{
    // A sound progressive file has a dozen scans; many more are an attack on the processor's time.
    const int MostScans = 500;

    [ThreadStatic]
    static JpegDecoder? idle;

    readonly JpegHeader header = new();
    readonly EntropyReader entropy = new();
    readonly RowBuffers rows = new();
    readonly BlockTransformer transformer;
    readonly SequentialScan sequential;
    readonly ProgressiveScan progressive;
    readonly bool vectorised;

    /// <summary>Makes a decoder.</summary>
    /// <param name="allowVectors">False takes the portable path on any processor.</param>
    public JpegDecoder(bool allowVectors = true)
    {
        vectorised = allowVectors && Vector256.IsHardwareAccelerated;
        transformer = new BlockTransformer(allowVectors);
        sequential = new SequentialScan(entropy, transformer);
        progressive = new ProgressiveScan(entropy);
    }

    /// <summary>Decodes a file with this thread's decoder.</summary>
    public static Image DecodeShared(ReadOnlySpan<byte> file, long maxPixels, out int orientation)
    {
        var decoder = idle ?? new JpegDecoder();
        idle = null;
        try
        {
            return decoder.Decode(file, maxPixels, out orientation);
        }
        finally
        {
            idle = decoder;
        }
    }

    /// <summary>Reads the size and, where it stands before the frame header, the orientation.</summary>
    public static ImageInfo Identify(ReadOnlySpan<byte> file)
    {
        var header = new JpegHeader();
        header.Reset();
        var source = new JpegSource(file);
        source.ReadStartOfImage();
        header.ReadSegments(ref source, source.NextMarker(), untilFrame: true);
        if (header.Frame.Width == 0) throw source.Error("no frame header");
        return new ImageInfo(ImageFormat.Jpeg, header.Frame.Width, header.Frame.Height, header.Orientation);
    }

    /// <summary>Decodes a file.</summary>
    /// <param name="file">The whole file.</param>
    /// <param name="maxPixels">Larger pictures are refused.</param>
    /// <param name="orientation">The Exif orientation, which has not been applied.</param>
    public Image Decode(ReadOnlySpan<byte> file, long maxPixels, out int orientation)
    {
        header.Reset();
        transformer.Reset();
        var source = new JpegSource(file);
        source.ReadStartOfImage();
        var marker = header.ReadSegments(ref source, source.NextMarker(), untilFrame: true);
        if (JpegMarker.IsFrame(marker))
        {
            ImageLimits.Check("JPEG", header.Frame.Width, header.Frame.Height, maxPixels);
            marker = header.ReadSegments(ref source, source.NextMarker(), untilFrame: false);
        }
        if (header.Frame.Width == 0) throw source.Error("no frame header before the first scan");
        ReadScans(ref source, marker);
        orientation = header.Orientation;
        var image = Assemble();
        entropy.Trim();
        rows.Trim();
        GC.KeepAlive(this);
        return image;
    }

    void ReadScans(ref JpegSource source, byte marker)
    {
        var frame = header.Frame;
        for (var scans = 0; marker == JpegMarker.StartOfScan; scans++)
        {
            if (scans == MostScans) throw source.Error($"more than {MostScans} scans");
            if (scans == 0) PrepareFrame(ref source);
            ReadScan(ref source);
            marker = header.ReadSegments(ref source, entropy.Marker, untilFrame: false);
        }
        foreach (var component in frame.Components)
        {
            if (!component.Scanned) throw source.Error($"the picture ends without data for component {component.Id}");
        }
    }

    // Every block takes a bit for its DC coefficient and, where all is in one scan, another for the end of the block.
    void PrepareFrame(ref JpegSource source)
    {
        var frame = header.Frame;
        var bits = 0L;
        foreach (var component in frame.Components) bits += (long)component.BlocksAcross * component.BlocksDown * (frame.Progressive ? 1 : 2);
        if (bits > source.Remaining * 8L)
            throw source.Error($"{source.Remaining} bytes cannot hold a picture of {frame.Width}x{frame.Height} pixels");
        if (!frame.Progressive) header.Tables.AssumeStandardHuffman();
        foreach (var component in frame.Components)
        {
            component.AllocatePlane();
            if (frame.Progressive) component.AllocateCoefficients();
        }
    }

    void ReadScan(ref JpegSource source)
    {
        var offset = source.Position;
        var segment = source.ReadSegment();
        var count = segment.Length == 0 ? 0 : segment[0];
        if (count is < 1 or > JpegFrame.MostComponents || segment.Length != 4 + 2 * count)
            throw JpegError.At($"the scan header's length does not fit {count} components", offset);
        var selected = new JpegComponent[count];
        for (var i = 0; i < count; i++) selected[i] = Select(segment[1 + 2 * i], segment[2 + 2 * i], selected.AsSpan(0, i), offset);
        var end = segment[(1 + 2 * count)..];
        var band = new ScanBand(end[0], end[1], end[2] >> 4, end[2] & 15);
        foreach (var component in selected)
        {
            if (!component.Scanned) LatchQuantisation(component, offset);
            component.Scanned = true;
        }
        JpegScan scan = header.Frame.Progressive ? progressive : sequential;
        scan.Run(ref source, header.Frame, selected, band, header.RestartInterval);
    }

    JpegComponent Select(int id, int tables, ReadOnlySpan<JpegComponent> before, long offset)
    {
        foreach (var component in header.Frame.Components)
        {
            if (component.Id != id || before.Contains(component)) continue;
            var (dc, ac) = (tables >> 4, tables & 15);
            if (dc >= JpegTables.Count || ac >= JpegTables.Count) throw JpegError.At($"the scan names Huffman tables {dc}/{ac}", offset);
            component.DcTable = header.Tables.Dc[dc];
            component.AcTable = header.Tables.Ac[ac];
            return component;
        }
        throw JpegError.At($"the scan names component {id}, which the frame does not have", offset);
    }

    void LatchQuantisation(JpegComponent component, long offset)
    {
        var steps = header.Tables.Quantisation(component.QuantisationIndex)
            ?? throw JpegError.At($"quantisation table {component.QuantisationIndex} is not defined", offset);
        component.LatchQuantisation(steps);
    }

    Image Assemble()
    {
        var frame = header.Frame;
        if (frame.Progressive)
        {
            foreach (var component in frame.Components) TransformCoefficients(component);
        }
        rows.Allocate(frame.Width);
        var pixels = GC.AllocateUninitializedArray<byte>(checked(frame.Width * frame.Height * 3));
        fixed (byte* first = pixels)
        {
            var colours = header.Colours();
            for (var y = 0; y < frame.Height; y++) ConvertRow(colours, y, first + (long)y * frame.Width * 3);
        }
        return new Image(frame.Width, frame.Height, pixels);
    }

    void TransformCoefficients(JpegComponent component)
    {
        for (var row = 0; row < component.BlocksDown; row++)
        {
            var coefficients = component.Coefficients + (long)row * component.StoredBlocksAcross * 64;
            var target = component.Plane + (long)row * 8 * component.Stride;
            for (var column = 0; column < component.BlocksAcross; column++)
            {
                var block = new Span<short>(coefficients + column * 64L, 64);
                block.CopyTo(new Span<short>(transformer.NextBlock, 64));
                transformer.Add(block[1..].ContainsAnyExcept((short)0) ? 1 : 0, component.Quantisation, target + column * 8, component.Stride);
            }
        }
        transformer.Flush();
    }

    void ConvertRow(JpegColours colours, int y, byte* target)
    {
        var width = header.Frame.Width;
        switch (colours)
        {
            case JpegColours.Grey: ColourConversion.Grey(Row(0, y), width, target); break;
            case JpegColours.Rgb: ColourConversion.Rgb(Row(0, y), Row(1, y), Row(2, y), width, target); break;
            case JpegColours.YCbCr: ColourConversion.YCbCr(Row(0, y), Row(1, y), Row(2, y), width, target, vectorised); break;
            case JpegColours.Cmyk: ColourConversion.InvertedCmyk(Row(0, y), Row(1, y), Row(2, y), Row(3, y), width, target); break;
            default: ColourConversion.Ycck(Row(0, y), Row(1, y), Row(2, y), Row(3, y), width, target); break;
        }
    }

    byte* Row(int index, int y)
    {
        var frame = header.Frame;
        var component = frame.Components[index];
        var (horizontal, vertical) = (frame.Horizontal / component.Horizontal, frame.Vertical / component.Vertical);
        return Upsampling.Row(component, horizontal, vertical, y, rows.Sums, rows.Row(index), vectorised);
    }
}
