using ResNetSharp.Imaging;

namespace ResNetSharp.Tests.Imaging;

public sealed class PngRoundTripTests
{
    [Theory]
    [InlineData("noise", 1, 1)]
    [InlineData("noise", 5, 3)]
    [InlineData("pattern", 33, 70)]
    [InlineData("noise", 64, 257)]
    public void What_is_saved_is_loaded(string kind, int height, int width)
    {
        var image = GoldenImages.Make(kind, height, width);
        var loaded = Image.Load(Save(image));
        Assert.Equal((width, height), (loaded.Width, loaded.Height));
        Assert.Equal(image.Pixels, loaded.Pixels);
    }

    [Fact]
    public void Flat_pictures_are_small() =>
        Assert.InRange(Save(new Image(200, 200, new byte[200 * 200 * 3])).Length, 50, 500);

    [Fact]
    public void A_stream_loads_like_memory()
    {
        var image = GoldenImages.Make("noise", 6, 9);
        Assert.Equal(image.Pixels, Image.Load(new MemoryStream(Save(image))).Pixels);
    }

    [Fact]
    public void Pictures_without_transparency_are_opaque()
    {
        var image = GoldenImages.Make("noise", 6, 9);
        var rgba = RgbaImage.Load(Save(image)).Pixels;
        for (var i = 0; i < 6 * 9; i++)
        {
            Assert.Equal(image.Pixels.AsSpan(3 * i, 3), rgba.AsSpan(4 * i, 3));
            Assert.Equal(255, rgba[4 * i + 3]);
        }
    }

    [Fact]
    public void Every_changed_byte_is_refused_or_harmless()
    {
        var image = GoldenImages.Make("pattern", 8, 8);
        var saved = Save(image);
        for (var i = 0; i < saved.Length; i++)
        {
            var damaged = saved.ToArray();
            damaged[i] ^= 0x10;
            Assert.Throws<InvalidDataException>(() => Image.Load(damaged));
        }
    }

    [Fact]
    public void A_picture_above_the_limit_is_refused()
    {
        var options = new ImageLoadOptions { MaxPixels = 63 };
        var error = Assert.Throws<InvalidDataException>(() => Image.Load(Save(GoldenImages.Make("noise", 8, 8)), options));
        Assert.Contains("8x8", error.Message, StringComparison.Ordinal);
    }

    static byte[] Save(Image image)
    {
        using var stream = new MemoryStream();
        image.SavePng(stream);
        return stream.ToArray();
    }
}
