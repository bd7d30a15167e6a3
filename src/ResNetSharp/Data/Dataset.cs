namespace ResNetSharp.Data;

/// <summary>
/// Labelled pictures, all of one size. A data set never changes, and any number of threads may read it at once; the methods that alter
/// pixels or choose pictures return another data set that reads through this one.
/// </summary>
public abstract partial class Dataset
{
    /// <summary>The number of pictures.</summary>
    public abstract int Count { get; }

    /// <summary>The extents of one picture: (height, width, channels).</summary>
    public abstract Shape ElementShape { get; }

    /// <summary>The names of the classes, in the order of their labels.</summary>
    public abstract IReadOnlyList<string> ClassNames { get; }

    /// <summary>The class of a picture, from 0.</summary>
    /// <param name="index">Which picture, from 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such picture.</exception>
    public abstract int GetLabel(int index);

    /// <summary>Reads the pixels of one picture: rows from the top, the channels of a pixel together, 0 to 255 unless transformed.</summary>
    /// <param name="index">Which picture, from 0.</param>
    /// <param name="random">Where augmentations draw their choices from; the others leave it alone.</param>
    /// <param name="destination">Takes the pixels: as many numbers as <see cref="ElementShape"/> has elements.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such picture.</exception>
    /// <exception cref="ArgumentException">The destination has another length.</exception>
    /// <exception cref="InvalidDataException">The picture cannot be read; the message names its file.</exception>
    public abstract void Read(int index, ref RandomSource random, Span<float> destination);

    /// <summary>What a picture is called in messages: its file where it has one, otherwise <c>index N</c>.</summary>
    /// <param name="index">Which picture, from 0.</param>
    public virtual string GetName(int index) => $"index {index}";

    /// <summary>Whether every pixel is a whole number from 0 to 255 that does not depend on chance, so that <see cref="ReadBytes"/> works.</summary>
    internal virtual bool IsBytes => false;

    /// <summary>The value of white: 255 for pixels as they are stored; 1 after scaling, and where it is not known.</summary>
    internal virtual float White => 1;

    /// <summary>Reads the pixels of one picture as bytes; only where <see cref="IsBytes"/>.</summary>
    internal virtual void ReadBytes(int index, Span<byte> destination) =>
        throw new NotSupportedException($"{GetType().Name} has no bytes");

    /// <summary>The pictures brought to another size; only where <see cref="IsBytes"/>.</summary>
    internal virtual Dataset WithGeometry(PictureGeometry geometry) => new ResizedDataset(this, geometry);

    /// <summary>The number of values in a picture.</summary>
    internal int ElementSize => checked((int)ElementShape.Size);

    /// <summary>Refuses an index or a destination that does not fit.</summary>
    internal void CheckRead(int index, int length)
    {
        CheckIndex(index);
        if (length != ElementShape.Size)
            throw new ArgumentException($"a picture of shape {ElementShape} has {ElementShape.Size} values, the destination {length}");
    }

    /// <summary>Refuses an index that does not exist.</summary>
    internal void CheckIndex(int index)
    {
        if ((uint)index >= (uint)Count)
            throw new ArgumentOutOfRangeException(nameof(index), $"there is no picture {index}: the data set has {Count}");
    }
}
