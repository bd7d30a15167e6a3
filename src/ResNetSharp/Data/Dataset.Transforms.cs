using ResNetSharp.Imaging;

namespace ResNetSharp.Data;

public abstract partial class Dataset
{
    /// <summary>Multiplies every pixel by a factor, such as <c>1 / 255f</c>.</summary>
    /// <param name="factor">The factor. The reciprocal of a whole number divides by that number, which rounds as <c>x / 255f</c> does.</param>
    public Dataset Scale(float factor) => new ScaledDataset(this, factor);

    /// <summary>
    /// Subtracts a mean from each channel and divides by a deviation: (x - mean) / std, for pixels from 0 to 1. Pixels that still are
    /// 0 to 255 are divided by 255 first, so a call of <see cref="Scale"/> before this one may be made or left out.
    /// </summary>
    /// <param name="mean">The mean of each channel.</param>
    /// <param name="std">The standard deviation of each channel.</param>
    /// <exception cref="ArgumentException">Not one number a channel, or a deviation that is not positive.</exception>
    public Dataset Normalize(ReadOnlySpan<float> mean, ReadOnlySpan<float> std) =>
        new NormalizedDataset(White == 255 ? Scale(1 / 255f) : this, mean, std);

    /// <summary>
    /// Resizes, crops and scales as a preset says, so that a network with downloaded weights sees exactly what it was trained on. Pictures
    /// in files are resized from their own sizes. Augmented pictures can be scaled, but must have their size already.
    /// </summary>
    /// <param name="preset">The preset.</param>
    /// <exception cref="InvalidOperationException">The pixels are no longer from 0 to 255, or neither one nor three a pixel.</exception>
    public Dataset Preprocess(Preprocessing preset)
    {
        ArgumentNullException.ThrowIfNull(preset);
        var geometry = PictureGeometry.Of(preset);
        if (!IsBytes && White == 255 && geometry == PictureGeometry.None && ElementShape[2] == preset.Channels) return new PresetDataset(this, preset);
        RequireBytes("Preprocess");
        if (ElementShape[2] is not (1 or 3)) throw new InvalidOperationException($"a preset is for pictures with one or three channels, these are {ElementShape}");
        return new PresetDataset(geometry == PictureGeometry.None ? this : WithGeometry(geometry), preset);
    }

    /// <summary>Gives the classes other numbers, such as those that a trained model has for them.</summary>
    /// <param name="classNames">The names in the new order; more than this data set has are welcome.</param>
    /// <exception cref="ArgumentException">A class of this data set is not among them, or one is there twice.</exception>
    public Dataset Relabel(IReadOnlyList<string> classNames)
    {
        ArgumentNullException.ThrowIfNull(classNames);
        return new RelabelledDataset(this, classNames);
    }

    /// <summary>Resizes every picture without regard to its proportions, rounded to bytes as Pillow does.</summary>
    /// <param name="height">The new number of rows.</param>
    /// <param name="width">The new number of pixels in a row.</param>
    /// <param name="filter">The filter; bilinear by default.</param>
    /// <exception cref="InvalidOperationException">The pixels are no longer whole numbers from 0 to 255.</exception>
    public Dataset Resize(int height, int width, Resampling filter = Resampling.Bilinear)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        RequireBytes("Resize");
        return WithGeometry(PictureGeometry.Stretch(height, width, filter));
    }

    /// <summary>Shifts and scales every value by its own mean and deviation.</summary>
    /// <param name="scaler">What was measured on the training set.</param>
    /// <exception cref="ArgumentException">The scaler was fitted on pictures of another shape.</exception>
    public Dataset Standardize(StandardScaler scaler) => new StandardizedDataset(this, scaler);

    /// <summary>Alters each picture at random whenever it is read; for training only.</summary>
    /// <param name="augmentations">What to do, in this order.</param>
    public Dataset Augment(params Augmentation[] augmentations) => new AugmentedDataset(this, augmentations);

    /// <summary>
    /// Keeps the pixels in memory, one byte each, from the first time they are read; returns this data set where they would take more
    /// than half of the memory that is available.
    /// </summary>
    /// <exception cref="InvalidOperationException">The pixels are no longer bytes.</exception>
    public Dataset CacheDecoded()
    {
        if (this is ByteDataset or CachedDataset) return this;
        RequireBytes("CacheDecoded");
        var bytes = (long)Count * ElementSize;
        return bytes > GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 2 ? this : new CachedDataset(this);
    }

    void RequireBytes(string what)
    {
        if (!IsBytes)
            throw new InvalidOperationException(
                $"{what} works on pixels that are whole numbers from 0 to 255; call it before Scale, Normalize, Standardize and Augment");
    }
}
