using System.Buffers;
using ResNetSharp.Data.Archives;
using ResNetSharp.Imaging;

namespace ResNetSharp.Data;

/// <summary>Turns files of a tree into pixels of one size.</summary>
/// <param name="tree">The files.</param>
/// <param name="decoder">What decodes them.</param>
/// <param name="channels">3, or 1 for brightness alone.</param>
/// <param name="geometry">How they are brought to their size.</param>
sealed class PictureReader(FileTree tree, IImageDecoder decoder, int channels, PictureGeometry geometry)
{
    /// <summary>The reader that the options of a folder ask for.</summary>
    public static PictureReader Create(FileTree tree, ImageFolderOptions options)
    {
        if (options.Channels is not (1 or 3)) throw new ArgumentException($"pictures have 1 or 3 channels, not {options.Channels}", nameof(options));
        if (options.Size is { } given && (given.Height < 1 || given.Width < 1))
            throw new ArgumentException($"a picture cannot have the size {given}", nameof(options));
        var geometry = options.Size is { } size ? PictureGeometry.Cover(size.Height, size.Width, options.Filter) : PictureGeometry.None;
        return new PictureReader(tree, options.Decoder ?? ImageDecoder.Default, options.Channels, geometry);
    }

    /// <summary>A reader that does something more to each picture.</summary>
    public PictureReader With(PictureGeometry next) => new(tree, decoder, channels, geometry.Then(next));

    /// <summary>The extents that one picture gets.</summary>
    public Shape GetShape(int file)
    {
        var image = Decode(file);
        var (height, width) = geometry.OutputSize(image.Width, image.Height);
        return (height, width, channels);
    }

    /// <summary>Reads a picture.</summary>
    /// <exception cref="InvalidDataException">It cannot be read, or gets another size; the message names it.</exception>
    public void Read(int file, Shape shape, Span<byte> destination)
    {
        var image = geometry.Apply(Decode(file));
        if (image.Height != shape[0] || image.Width != shape[1])
            throw new InvalidDataException(
                $"{tree.FullName(file)} is {image.Width}x{image.Height}, the first picture is {shape[1]}x{shape[0]}; give a size to bring all pictures to");
        if (channels == 3) image.Pixels.CopyTo(destination);
        else PixelConversion.ToGray(image.Pixels, destination);
    }

    /// <summary>Takes the pictures out of a list that cannot be read.</summary>
    /// <returns>What was wrong with each.</returns>
    public List<string> RemoveBroken(List<(int File, int Label)> pictures)
    {
        var problems = new string?[pictures.Count];
        Parallel.For(0, problems.Length, i =>
        {
            try
            {
                Decode(pictures[i].File);
            }
            catch (InvalidDataException e)
            {
                problems[i] = e.Message;
            }
        });
        var kept = pictures.Where((_, i) => problems[i] is null).ToArray();
        pictures.Clear();
        pictures.AddRange(kept);
        return [.. problems.OfType<string>()];
    }

    Image Decode(int file)
    {
        var length = tree.GetLength(file);
        var encoded = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            tree.Read(file, encoded.AsSpan(0, length));
            return decoder.Decode(encoded.AsSpan(0, length));
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException && !e.Message.Contains(tree.Location, StringComparison.Ordinal))
        {
            throw new InvalidDataException($"cannot read {tree.FullName(file)}: {e.Message}", e);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(encoded);
        }
    }
}
