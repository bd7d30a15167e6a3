using ResNetSharp.Imaging;

namespace ResNetSharp.Tests.Imaging;

public sealed class GeometryTests
{
    // a b c
    // d e f
    static readonly Image Letters = Make(3, "abcdef");

    [Fact]
    public void Crop_takes_a_part() => Assert.Equal("bcef", Read(Letters.Crop(1, 0, 2, 2)));

    [Fact]
    public void Crop_is_black_outside() => Assert.Equal("\0\0\0\0\0a\0\0d", Read(Letters.Crop(-2, -1, 3, 3)));

    [Fact]
    public void Crop_of_nothing_is_black() => Assert.Equal("\0\0", Read(Letters.Crop(3, 0, 2, 1)));

    [Fact]
    public void Flip_mirrors_rows() => Assert.Equal("cbafed", Read(Letters.FlipHorizontal()));

    [Fact]
    public void Flip_of_long_rows_mirrors_every_pixel()
    {
        for (var width = 1; width < 40; width++)
        {
            var image = GoldenImages.Make("noise", 3, width);
            Assert.Equal(image.Pixels, image.FlipHorizontal().FlipHorizontal().Pixels);
            Assert.Equal(image.Crop(width - 1, 0, 1, 3).Pixels, image.FlipHorizontal().Crop(0, 0, 1, 3).Pixels);
        }
    }

    [Theory]
    [InlineData(1, 3, "abcdef")]
    [InlineData(2, 3, "cbafed")]
    [InlineData(3, 3, "fedcba")]
    [InlineData(4, 3, "defabc")]
    [InlineData(5, 2, "adbecf")]
    [InlineData(6, 2, "daebfc")]
    [InlineData(7, 2, "fcebda")]
    [InlineData(8, 2, "cfbead")]
    public void Orientations_are_turned_upright(int orientation, int width, string expected)
    {
        var upright = Letters.ApplyOrientation(orientation);
        Assert.Equal((width, expected), (upright.Width, Read(upright)));
    }

    [Theory]
    [InlineData(341, 224, 58)]
    [InlineData(343, 224, 60)]
    [InlineData(224, 224, 0)]
    [InlineData(5, 8, -1)]
    [InlineData(5, 9, -2)]
    public void Centre_crops_round_half_to_even(int extent, int cropped, int start) => Assert.Equal(start, Image.CropStart(extent, cropped));

    [Theory]
    [InlineData(400, 300, 256, 341, 256)]
    [InlineData(300, 403, 256, 256, 343)]
    [InlineData(100, 100, 7, 7, 7)]
    public void The_longer_side_is_cut_to_a_whole_number(int width, int height, int size, int newWidth, int newHeight) =>
        Assert.Equal((newWidth, newHeight), Image.ShorterSideSize(width, height, size));

    [Fact]
    public void Pixels_must_fit_the_size() =>
        Assert.Contains("2x2", Assert.Throws<ArgumentException>(() => new Image(2, 2, new byte[11])).Message, StringComparison.Ordinal);

    static Image Make(int width, string letters) => new(width, letters.Length / width, [.. letters.SelectMany(c => new[] { (byte)c, (byte)c, (byte)c })]);

    static string Read(Image image) => string.Concat(image.Pixels.Chunk(3).Select(p => (char)p[0]));
}
