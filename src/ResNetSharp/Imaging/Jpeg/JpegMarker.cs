namespace ResNetSharp.Imaging.Jpeg;

/// <summary>The second bytes of JPEG markers (ITU-T T.81, table B.1).</summary>
internal static class JpegMarker
{
    public const byte Temporary = 0x01;
    public const byte BaselineFrame = 0xC0;
    public const byte ExtendedFrame = 0xC1;
    public const byte ProgressiveFrame = 0xC2;
    public const byte HuffmanTables = 0xC4;
    public const byte ReservedFrame = 0xC8;
    public const byte ArithmeticConditioning = 0xCC;
    public const byte LastFrame = 0xCF;
    public const byte FirstRestart = 0xD0;
    public const byte LastRestart = 0xD7;
    public const byte StartOfImage = 0xD8;
    public const byte EndOfImage = 0xD9;
    public const byte StartOfScan = 0xDA;
    public const byte QuantisationTables = 0xDB;
    public const byte RestartInterval = 0xDD;
    public const byte FirstApplication = 0xE0;
    public const byte ExifApplication = 0xE1;
    public const byte AdobeApplication = 0xEE;

    /// <summary>Whether the marker announces a frame, of whatever coding.</summary>
    public static bool IsFrame(byte marker) => marker is >= BaselineFrame and <= LastFrame
        and not (HuffmanTables or ReservedFrame or ArithmeticConditioning);

    /// <summary>Whether the marker separates restart intervals.</summary>
    public static bool IsRestart(byte marker) => marker is >= FirstRestart and <= LastRestart;
}
