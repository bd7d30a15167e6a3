using ResNetSharp.Imaging.Png;

namespace ResNetSharp.Imaging;

public sealed partial class Image
{
    /// <summary>Writes the picture as a PNG file.</summary>
    /// <param name="path">The file, which is replaced if it exists.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void SavePng(string path)
    {
        using var stream = File.Create(path);
        SavePng(stream);
    }

    /// <summary>Writes the picture as PNG to a stream.</summary>
    /// <param name="stream">Takes the file's content.</param>
    public void SavePng(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        PngEncoder.Encode(this, stream);
    }
}
