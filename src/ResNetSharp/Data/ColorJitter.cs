using System.Numerics.Tensors;

namespace ResNetSharp.Data;

/// <summary>
/// Changes brightness, contrast and saturation at random, in this order: each by a factor drawn from 1 - amount to 1 + amount. Values that
/// leave the range of pixels are kept.
/// </summary>
/// <param name="brightness">By how much all pixels are made brighter or darker; 0.4 by default.</param>
/// <param name="contrast">By how much pixels are drawn away from the picture's mean brightness, or towards it; 0.4 by default.</param>
/// <param name="saturation">By how much pixels are drawn away from their own brightness, or towards it; 0.4 by default.</param>
public sealed class ColorJitter(float brightness = 0.4f, float contrast = 0.4f, float saturation = 0.4f) : Augmentation
{
    // ITU-R BT.601.
    const float RedWeight = 0.299f;
    const float GreenWeight = 0.587f;
    const float BlueWeight = 0.114f;

    readonly float brightness = Amount(brightness, nameof(brightness));
    readonly float contrast = Amount(contrast, nameof(contrast));
    readonly float saturation = Amount(saturation, nameof(saturation));

    /// <inheritdoc/>
    public override void Apply(ReadOnlySpan<float> source, Span<float> destination, Shape shape, ref RandomSource random)
    {
        var factor = Factor(brightness, ref random);
        TensorPrimitives.Multiply(source, factor, destination);
        var spread = Factor(contrast, ref random);
        var mean = MeanBrightness(destination, shape[2]);
        TensorPrimitives.Multiply(destination, spread, destination);
        TensorPrimitives.Add(destination, mean * (1 - spread), destination);
        var colour = Factor(saturation, ref random);
        if (shape[2] != 3) return;
        for (var i = 0; i < destination.Length; i += 3)
        {
            var pixel = destination.Slice(i, 3);
            var grey = Brightness(pixel) * (1 - colour);
            for (var c = 0; c < 3; c++) pixel[c] = pixel[c] * colour + grey;
        }
    }

    static float MeanBrightness(ReadOnlySpan<float> picture, int channels)
    {
        if (channels != 3) return TensorPrimitives.Sum(picture) / picture.Length;
        var sum = 0.0;
        for (var i = 0; i < picture.Length; i += 3) sum += Brightness(picture.Slice(i, 3));
        return (float)(sum / (picture.Length / 3));
    }

    static float Brightness(ReadOnlySpan<float> pixel) => RedWeight * pixel[0] + GreenWeight * pixel[1] + BlueWeight * pixel[2];

    static float Factor(float amount, ref RandomSource random) => 1 + amount * (2 * random.NextSingle() - 1);

    static float Amount(float amount, string name) =>
        amount is >= 0 and <= 1 ? amount : throw new ArgumentOutOfRangeException(name, amount, "an amount is from 0 to 1");
}
