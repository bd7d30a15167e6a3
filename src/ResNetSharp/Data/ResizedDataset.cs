using System.Buffers;
using ResNetSharp.Imaging;

namespace ResNetSharp.Data;

/// <summary>Pictures brought to another size, in bytes, by the arithmetic of <see cref="Image"/>.</summary>
sealed class ResizedDataset : DatasetView
{
    readonly PictureGeometry geometry;

    public ResizedDataset(Dataset inner, PictureGeometry geometry) : base(inner)
    {
        var shape = inner.ElementShape;
        if (shape[2] is not (1 or 3)) throw new InvalidOperationException($"only pictures with 1 or 3 channels can be resized, not {shape}");
        var (height, width) = geometry.OutputSize(shape[1], shape[0]);
        this.geometry = geometry;
        ElementShape = (height, width, shape[2]);
    }

    public override Shape ElementShape { get; }

    internal override bool IsBytes => true;

    internal override float White => 255;

    public override void Read(int index, ref RandomSource random, Span<float> destination)
    {
        CheckRead(index, destination.Length);
        var bytes = ArrayPool<byte>.Shared.Rent(destination.Length);
        ReadBytes(index, bytes.AsSpan(0, destination.Length));
        PixelConversion.ToFloats(bytes.AsSpan(0, destination.Length), destination);
        ArrayPool<byte>.Shared.Return(bytes);
    }

    internal override void ReadBytes(int index, Span<byte> destination)
    {
        var (height, width, channels) = (Inner.ElementShape[0], Inner.ElementShape[1], Inner.ElementShape[2]);
        var pixels = new byte[height * width * 3];
        var given = pixels.AsSpan(pixels.Length - Inner.ElementSize);
        Inner.ReadBytes(index, given);
        // Grey pictures travel as three equal channels; filling from the front never overtakes what is read at the back.
        if (channels == 1) for (var i = 0; i < given.Length; i++) pixels.AsSpan(3 * i, 3).Fill(given[i]);
        var resized = geometry.Apply(new Image(width, height, pixels)).Pixels;
        if (channels == 3) resized.CopyTo(destination);
        else for (var i = 0; i < destination.Length; i++) destination[i] = resized[3 * i];
    }
}
