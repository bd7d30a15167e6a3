using ResNetSharp.Imaging;

namespace ResNetSharp.Data;

/// <summary>A way to bring pictures to a size.</summary>
/// <param name="Apply">Does it.</param>
/// <param name="OutputSize">The size that comes of a width and a height.</param>
sealed record PictureGeometry(Func<Image, Image> Apply, Func<int, int, (int Height, int Width)> OutputSize)
{
    /// <summary>Leaves pictures as they are.</summary>
    public static PictureGeometry None { get; } = new(image => image, (width, height) => (height, width));

    /// <summary>The resizing and cropping of a preset.</summary>
    public static PictureGeometry Of(Preprocessing preset) =>
        preset is { ExactSize: null, ShorterSide: null, CropSize: null } ? None : new(preset.Transform, preset.OutputSize);

    /// <summary>Resizes to a size without regard to proportions.</summary>
    public static PictureGeometry Stretch(int height, int width, Resampling filter) =>
        new(image => image.Resize(width, height, filter), (_, _) => (height, width));

    /// <summary>Resizes in proportion until a size is covered, and cuts off evenly what hangs over.</summary>
    public static PictureGeometry Cover(int height, int width, Resampling filter) => new(image =>
    {
        // The side that has less to spare gets its extent exactly; the other is cut to a whole number, as torchvision does.
        var byHeight = (long)image.Width * height >= (long)image.Height * width;
        var scaledWidth = byHeight ? (int)((long)image.Width * height / image.Height) : width;
        var scaledHeight = byHeight ? height : (int)((long)image.Height * width / image.Width);
        return image.Resize(scaledWidth, scaledHeight, filter).CenterCrop(width, height);
    }, (_, _) => (height, width));

    /// <summary>This one, then another.</summary>
    public PictureGeometry Then(PictureGeometry next)
    {
        if (this == None) return next;
        if (next == None) return this;
        return new(image => next.Apply(Apply(image)), (width, height) =>
        {
            var (middleHeight, middleWidth) = OutputSize(width, height);
            return next.OutputSize(middleWidth, middleHeight);
        });
    }
}
