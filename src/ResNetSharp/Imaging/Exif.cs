using System.Buffers.Binary;

namespace ResNetSharp.Imaging;

/// <summary>Finds the orientation in Exif data, which is a small TIFF file.</summary>
internal static class Exif
{
    /// <summary>The orientation of a picture that need not be turned.</summary>
    public const int Upright = 1;

    const int OrientationTag = 0x0112;
    const int ShortType = 3;
    const int EntryBytes = 12;

    /// <summary>The orientation, 1 to 8; 1 where the data has none or makes no sense.</summary>
    public static int Orientation(ReadOnlySpan<byte> tiff)
    {
        if (tiff.Length < 8) return Upright;
        var little = tiff.StartsWith("II*\0"u8);
        if (!little && !tiff.StartsWith("MM\0*"u8)) return Upright;
        var directory = little ? BinaryPrimitives.ReadUInt32LittleEndian(tiff[4..]) : BinaryPrimitives.ReadUInt32BigEndian(tiff[4..]);
        if (directory > tiff.Length - 2) return Upright;
        var entries = tiff[(int)directory..];
        var count = Short(entries, little);
        entries = entries[2..];
        for (; count > 0 && entries.Length >= EntryBytes; count--, entries = entries[EntryBytes..])
        {
            if (Short(entries, little) != OrientationTag) continue;
            var value = Short(entries[8..], little);
            return Short(entries[2..], little) == ShortType && value is >= 1 and <= 8 ? value : Upright;
        }
        return Upright;
    }

    static int Short(ReadOnlySpan<byte> bytes, bool little) =>
        little ? BinaryPrimitives.ReadUInt16LittleEndian(bytes) : BinaryPrimitives.ReadUInt16BigEndian(bytes);
}
