using System.Buffers.Binary;

namespace ResNetSharp.Imaging.Jpeg;

/// <summary>What the segments before and between the scans have said so far.</summary>
internal sealed class JpegHeader
{
    bool hasJfif;
    bool hasAdobe;
    int adobeTransform;

    /// <summary>The tables.</summary>
    public JpegTables Tables { get; } = new();

    /// <summary>The picture's size and components.</summary>
    public JpegFrame Frame { get; } = new();

    /// <summary>MCUs between restart markers, or 0.</summary>
    public int RestartInterval { get; private set; }

    /// <summary>The Exif orientation, 1 to 8; 1 where the file says none.</summary>
    public int Orientation { get; private set; }

    /// <summary>Forgets everything, for the next file.</summary>
    public void Reset()
    {
        Tables.Reset();
        Frame.Reset();
        RestartInterval = 0;
        Orientation = 1;
        hasJfif = hasAdobe = false;
    }

    /// <summary>Reads segments until a scan begins or the picture ends, and gives the marker that stopped it.</summary>
    /// <param name="source">Stands behind <paramref name="marker"/>, and afterwards behind the result.</param>
    /// <param name="marker">The first marker.</param>
    /// <param name="untilFrame">Also stops behind a frame header.</param>
    public byte ReadSegments(ref JpegSource source, byte marker, bool untilFrame)
    {
        while (marker is not (JpegMarker.StartOfScan or JpegMarker.EndOfImage))
        {
            ReadSegment(ref source, marker);
            if (untilFrame && JpegMarker.IsFrame(marker)) return marker;
            marker = source.NextMarker();
        }
        return marker;
    }

    /// <summary>How the components make up the colours.</summary>
    public JpegColours Colours()
    {
        var components = Frame.Components;
        if (components.Length == 1) return JpegColours.Grey;
        if (components.Length == 4) return hasAdobe && adobeTransform != 0 ? JpegColours.Ycck : JpegColours.Cmyk;
        if (hasJfif) return JpegColours.YCbCr;
        if (hasAdobe) return adobeTransform == 0 ? JpegColours.Rgb : JpegColours.YCbCr;
        var named = components[0].Id == 'R' && components[1].Id == 'G' && components[2].Id == 'B';
        return named ? JpegColours.Rgb : JpegColours.YCbCr;
    }

    void ReadSegment(ref JpegSource source, byte marker)
    {
        if (marker == JpegMarker.Temporary || JpegMarker.IsRestart(marker)) return;
        if (marker == JpegMarker.StartOfImage) throw source.Error("a second start-of-image marker");
        var offset = source.Position;
        var segment = source.ReadSegment();
        if (JpegMarker.IsFrame(marker))
        {
            Frame.Read(marker, segment, offset);
            return;
        }
        switch (marker)
        {
            case JpegMarker.QuantisationTables: Tables.ReadQuantisation(segment, offset); break;
            case JpegMarker.HuffmanTables: Tables.ReadHuffman(segment, offset); break;
            case JpegMarker.RestartInterval: ReadRestartInterval(segment, offset); break;
            case JpegMarker.FirstApplication: hasJfif |= segment.Length >= 14 && segment.StartsWith("JFIF\0"u8); break;
            case JpegMarker.ExifApplication: ReadExif(segment); break;
            case JpegMarker.AdobeApplication: ReadAdobe(segment); break;
            default: break;
        }
    }

    void ReadRestartInterval(ReadOnlySpan<byte> segment, long offset)
    {
        if (segment.Length != 2) throw JpegError.At("the restart interval's segment has the wrong length", offset);
        RestartInterval = BinaryPrimitives.ReadUInt16BigEndian(segment);
    }

    void ReadExif(ReadOnlySpan<byte> segment)
    {
        if (segment.StartsWith("Exif\0\0"u8)) Orientation = Exif.Orientation(segment[6..]);
    }

    void ReadAdobe(ReadOnlySpan<byte> segment)
    {
        if (segment.Length < 12 || !segment.StartsWith("Adobe"u8)) return;
        hasAdobe = true;
        adobeTransform = segment[11];
    }
}
