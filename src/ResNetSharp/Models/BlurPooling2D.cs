using ResNetSharp.Layers;

namespace ResNetSharp.Models;

/// <summary>
/// Takes every second pixel of an image that was blurred with the weights 1, 2, 1 along rows and columns, so that the result hardly changes when
/// the image moves by a pixel (Zhang, "Making convolutional networks shift-invariant again", 2019). What is beyond a border is mirrored,
/// as in timm. Input (batch, height, width, channels), at least 2x2 pixels; output (batch, ceil(height / 2), ceil(width / 2), channels).
/// </summary>
internal sealed class BlurPooling2D : Layer
{
    /// <inheritdoc/>
    protected override Tensor Call(Tensor inputs)
    {
        if (inputs.Shape.Rank != 4) throw new ShapeException($"{TypeName} needs images of shape (batch, height, width, channels), but got {inputs.Shape}");
        // The mean of two neighbouring means is (a + 2 b + c) / 4.
        return Mirrored(Mirrored(inputs, 1), 2).AveragePooling2D(2, 1).AveragePooling2D(2, 2);
    }

    /// <summary>Images with one more row or column before and behind.</summary>
    /// <param name="images">The images.</param>
    /// <param name="axis">1 for rows, 2 for columns.</param>
    static Tensor Mirrored(Tensor images, int axis)
    {
        var size = images.Shape[axis];
        if (size == Shape.Unknown) throw new ShapeException($"blurring needs images of a fixed size, but got {images.Shape}");
        if (size < 2) throw new ShapeException($"blurring needs at least two rows and columns, but got {images.Shape}");
        return Tensor.Concatenate([Line(images, axis, 1), images, Line(images, axis, size - 2)], axis);
    }

    static Tensor Line(Tensor images, int axis, int at)
    {
        int[] starts = [0, 0, 0, 0], ends = [int.MaxValue, int.MaxValue, int.MaxValue, int.MaxValue];
        (starts[axis], ends[axis]) = (at, at + 1);
        return images.Slice(starts, ends);
    }

    /// <inheritdoc/>
    protected override string Describe() => "3, stride=2";
}
