using System.Buffers;
using ResNetSharp.Data.Archives;
using ResNetSharp.Imaging;

namespace ResNetSharp.Data;

/// <summary>Turns files of a tree into pixels of one size.</summary>
sealed class PictureReader
{
    readonly FileTree tree;
    readonly ImageFolderOptions options;
    readonly IImageDecoder decoder;

    public PictureReader(FileTree tree, ImageFolderOptions options)
    {
        if (options.Channels is not (1 or 3)) throw new ArgumentException($"pictures have 1 or 3 channels, not {options.Channels}", nameof(options));
        if (options.Size is { } size && (size.Height < 1 || size.Width < 1)) throw new ArgumentException($"a picture cannot be {options.Size}", nameof(options));
        this.tree = tree;
        this.options = options;
        decoder = options.Decoder ?? ImageDecoder.Default;
    }

    /// <summary>The extents of one picture: the size that was asked for, or that of one picture.</summary>
    public Shape GetShape(int file)
    {
        if (options.Size is var (height, width)) return (height, width, options.Channels);
        var image = Decode(file);
        return (image.Height, image.Width, options.Channels);
    }

    /// <summary>Reads a picture.</summary>
    /// <exception cref="InvalidDataException">It cannot be read, or has another size; the message names it.</exception>
    public void Read(int file, Shape shape, Span<byte> destination)
    {
        var image = Fit(Decode(file), file, shape);
        if (options.Channels == 3) image.Pixels.CopyTo(destination);
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

    Image Fit(Image image, int file, Shape shape)
    {
        var (height, width) = (shape[0], shape[1]);
        if (image.Height == height && image.Width == width) return image;
        throw new InvalidDataException(
            $"{tree.FullName(file)} is {image.Width}x{image.Height}, the first picture is {width}x{height}; give a size to bring all pictures to");
    }
}
