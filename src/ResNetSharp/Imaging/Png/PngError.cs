namespace ResNetSharp.Imaging.Png;

/// <summary>Makes the errors of damaged PNG files.</summary>
internal static class PngError
{
    /// <summary>The error of a file that is wrong at an offset.</summary>
    public static InvalidDataException At(string what, long offset) => new($"PNG: {what} (at byte {offset})");
}
