namespace ResNetSharp.Imaging.Jpeg;

/// <summary>Makes the errors of damaged JPEG files.</summary>
internal static class JpegError
{
    /// <summary>The error of a file that is wrong at an offset.</summary>
    public static InvalidDataException At(string what, long offset) => new($"JPEG: {what} (at byte {offset})");
}
