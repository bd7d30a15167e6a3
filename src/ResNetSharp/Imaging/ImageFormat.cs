namespace ResNetSharp.Imaging;

/// <summary>A kind of picture file.</summary>
public enum ImageFormat
{
    /// <summary>JPEG, ITU-T T.81.</summary>
    Jpeg,

    /// <summary>Portable Network Graphics.</summary>
    Png,

    /// <summary>Windows bitmap.</summary>
    Bmp,
}
