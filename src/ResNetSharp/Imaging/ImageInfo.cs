namespace ResNetSharp.Imaging;

/// <summary>What the head of a picture file says, without its pixels.</summary>
/// <param name="Format">The kind of file.</param>
/// <param name="Width">Pixels in a row, as stored.</param>
/// <param name="Height">Rows, as stored.</param>
/// <param name="Orientation">The Exif orientation, 1 (upright) to 8; 1 where the file says none before its pixels.</param>
public readonly record struct ImageInfo(ImageFormat Format, int Width, int Height, int Orientation);
