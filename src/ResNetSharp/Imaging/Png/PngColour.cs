namespace ResNetSharp.Imaging.Png;

/// <summary>The colour types of PNG, by their numbers in a file.</summary>
internal enum PngColour
{
    Grey = 0,
    Rgb = 2,
    Palette = 3,
    GreyAlpha = 4,
    Rgba = 6,
}
