namespace ResNetSharp.Imaging.Jpeg;

/// <summary>What the components of a JPEG picture mean.</summary>
internal enum JpegColours
{
    Grey,
    Rgb,
    YCbCr,
    Cmyk,
    Ycck,
}
