namespace ResNetSharp.Imaging;

public sealed partial class Image
{
    // Room for an Exif segment with a preview, and the tables.
    const int HeadBytes = 1 << 17;

    /// <summary>Loads a picture file: JPEG, PNG or BMP, whatever its name.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">How, or null for the defaults.</param>
    /// <exception cref="InvalidDataException">The file is no picture, or a damaged one; the message names it.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static Image Load(string path, ImageLoadOptions? options = null)
    {
        var encoded = File.ReadAllBytes(path);
        try
        {
            return Load(encoded, options);
        }
        catch (InvalidDataException exception)
        {
            throw new InvalidDataException($"{path}: {exception.Message}", exception);
        }
    }

    /// <summary>Loads a picture from a stream, which is read to its end.</summary>
    /// <param name="stream">The file's content.</param>
    /// <param name="options">How, or null for the defaults.</param>
    /// <exception cref="InvalidDataException">The content is no picture, or a damaged one.</exception>
    public static Image Load(Stream stream, ImageLoadOptions? options = null) => Load(ReadAll(stream), options);

    /// <summary>Loads a picture from memory.</summary>
    /// <param name="encoded">The file's content.</param>
    /// <param name="options">How, or null for the defaults.</param>
    /// <exception cref="InvalidDataException">The content is no picture, or a damaged one; the message says what and where.</exception>
    public static Image Load(ReadOnlySpan<byte> encoded, ImageLoadOptions? options = null) =>
        (options is null ? ImageDecoder.Default : new ImageDecoder(options)).Decode(encoded);

    /// <summary>Reads a picture's size and orientation without decoding it.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InvalidDataException">The file is no picture, or its head is damaged; the message names it.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static ImageInfo Identify(string path)
    {
        try
        {
            return IdentifyHead(path) ?? Identify(File.ReadAllBytes(path));
        }
        catch (InvalidDataException exception)
        {
            throw new InvalidDataException($"{path}: {exception.Message}", exception);
        }
    }

    /// <inheritdoc cref="ImageDecoder.Identify"/>
    public static ImageInfo Identify(ReadOnlySpan<byte> encoded) => ImageDecoder.Identify(encoded);

    // Null where the head does not tell: the file is damaged, or has long segments before the frame header.
    static ImageInfo? IdentifyHead(string path)
    {
        using var file = File.OpenRead(path);
        var head = new byte[(int)Math.Min(file.Length, HeadBytes)];
        file.ReadExactly(head);
        try
        {
            return Identify(head);
        }
        catch (InvalidDataException) when (file.Length > head.Length)
        {
            return null;
        }
    }

    static byte[] ReadAll(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        using var memory = new MemoryStream();
        stream.CopyTo(memory);
        return memory.ToArray();
    }
}
