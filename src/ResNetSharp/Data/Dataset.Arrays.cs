namespace ResNetSharp.Data;

public abstract partial class Dataset
{
    /// <summary>A data set of numbers in memory, taken as they are.</summary>
    /// <param name="images">The pictures one after the other, each with rows from the top and the channels of a pixel together; kept, not copied.</param>
    /// <param name="elementShape">The extents of one picture: (height, width, channels).</param>
    /// <param name="labels">The class of each picture, from 0; kept, not copied.</param>
    /// <param name="classNames">The names of the classes in the order of their labels; by default the labels as text.</param>
    /// <exception cref="ArgumentException">The lengths do not fit the shape, or a label has no name.</exception>
    public static Dataset FromArrays(float[] images, Shape elementShape, int[] labels, IReadOnlyList<string>? classNames = null)
    {
        ArgumentNullException.ThrowIfNull(images);
        return new FloatDataset(images, elementShape, labels, classNames);
    }

    /// <summary>A data set of pixels from 0 to 255 in memory.</summary>
    /// <param name="images">The pictures one after the other, each with rows from the top and the channels of a pixel together; kept, not copied.</param>
    /// <param name="elementShape">The extents of one picture: (height, width, channels).</param>
    /// <param name="labels">The class of each picture, from 0; kept, not copied.</param>
    /// <param name="classNames">The names of the classes in the order of their labels; by default the labels as text.</param>
    /// <exception cref="ArgumentException">The lengths do not fit the shape, or a label has no name.</exception>
    public static Dataset FromArrays(byte[] images, Shape elementShape, int[] labels, IReadOnlyList<string>? classNames = null)
    {
        ArgumentNullException.ThrowIfNull(images);
        return new ByteDataset(images, elementShape, labels, classNames);
    }
}
