using ResNetSharp.Models;
using ResNetSharp.Tests.Graph;

namespace ResNetSharp.Tests.Models;

public sealed class BlurPoolingTests
{
    [Theory]
    [InlineData(2, 2)]
    [InlineData(8, 6)]
    [InlineData(7, 5)]
    [InlineData(3, 8)]
    public void Every_second_pixel_is_the_weighted_mean_of_nine_with_mirrored_borders(int height, int width)
    {
        var images = Tensor.RandomNormal(2, height, width, 3);
        var made = new BlurPooling2D().Apply(images);
        Assert.Equal(new Shape(2, (height + 1) / 2, (width + 1) / 2, 3), made.Shape);
        var x = images.ToArray();
        var expected = new double[made.Shape.Size];
        double[] weights = [0.25, 0.5, 0.25];
        for (var i = 0; i < expected.Length; i++)
        {
            var (c, column, row, n) = (i % 3, i / 3 % made.Shape[2], i / 3 / made.Shape[2] % made.Shape[1], i / 3 / made.Shape[2] / made.Shape[1]);
            for (var a = 0; a < 3; a++)
                for (var b = 0; b < 3; b++)
                    expected[i] += weights[a] * weights[b] * x[((n * height + Mirrored(2 * row + a - 1, height)) * width + Mirrored(2 * column + b - 1, width)) * 3 + c];
        }
        Tolerance.Near(expected, made.ToArray(), 1e-6, $"{height}x{width}");
    }

    [Fact]
    public void Images_that_cannot_be_mirrored_are_refused() =>
        Assert.Contains("two rows", Assert.Throws<ShapeException>(() => new BlurPooling2D().Apply(Tensor.RandomNormal(1, 1, 4, 2))).Message, StringComparison.Ordinal);

    [Fact]
    public void The_blurred_network_has_the_names_of_timm()
    {
        var names = Architectures.Create("densenetblur121d").Parameters.Select(p => p.Name).ToList();
        Assert.Equal(
            ["features.conv0.weight", "features.norm0.weight", "features.norm0.bias", "features.norm0.running_mean", "features.norm0.running_var", "features.conv1.weight"],
            names.Take(6));
        Assert.Contains("features.norm2.running_var", names);
        Assert.Contains("features.transition3.conv.weight", names);
        Assert.Equal(["features.norm5.running_var", "classifier.weight", "classifier.bias"], names.TakeLast(3));
    }

    static int Mirrored(int index, int size) => index < 0 ? -index : index >= size ? 2 * (size - 1) - index : index;
}
