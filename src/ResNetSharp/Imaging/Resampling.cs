namespace ResNetSharp.Imaging;

/// <summary>How the pixels of a resized picture are computed. All but <see cref="Nearest"/> widen with the reduction, so none aliases.</summary>
public enum Resampling
{
    /// <summary>The nearest pixel.</summary>
    Nearest,

    /// <summary>The mean of the pixels that fall into the new one.</summary>
    Box,

    /// <summary>A triangle over two pixels.</summary>
    Bilinear,

    /// <summary>A windowed sine over two pixels, sharper than <see cref="Bilinear"/>.</summary>
    Hamming,

    /// <summary>Keys' cubic with a = -1/2, over four pixels.</summary>
    Bicubic,

    /// <summary>A windowed sine over six pixels.</summary>
    Lanczos,
}
