using System.Text.Json;
using ResNetSharp.Imaging;
using ResNetSharp.Imaging.Resamplers;

namespace ResNetSharp.Tests.Imaging;

public sealed class ResizeTests
{
    [SharedFact("goldens.json")]
    public void Every_filter_gives_the_golden_pixels()
    {
        using var goldens = JsonDocument.Parse(File.ReadAllText(SharedData.Find("goldens.json")!));
        foreach (var golden in goldens.RootElement.GetProperty("preprocess").GetProperty("pillow_resize").EnumerateArray())
        {
            var (from, to) = (golden.GetProperty("from_hw"), golden.GetProperty("to_hw"));
            var image = GoldenImages.Make(golden.GetProperty("image").GetString()!, from[0].GetInt32(), from[1].GetInt32());
            var filter = Enum.Parse<Resampling>(golden.GetProperty("filter").GetString()!, ignoreCase: true);
            var resized = image.Resize(to[1].GetInt32(), to[0].GetInt32(), filter);
            Assert.Equal($"{golden.GetProperty("sha256_rgb").GetString()} {from} {filter}", $"{ImageCorpus.Hash(resized.Pixels)} {from} {filter}");
        }
    }

    [SharedFact(ImageCorpus.ResizeExpected)]
    public void Photographs_resize_to_the_reference_pixels()
    {
        foreach (var (name, expected) in ImageCorpus.Entries(ImageCorpus.ResizeExpected))
        {
            var image = Image.Load(SharedData.Find("data/" + expected.GetProperty("source").GetString())!);
            Assert.Equal(expected.GetProperty("source_rgb_sha256").GetString(), ImageCorpus.Hash(image.Pixels));
            var part = image.Crop(0, 0, 50, 40);
            foreach (var property in expected.EnumerateObject())
            {
                var words = property.Name.Split('_');
                if (words is ["resize224x224", var filter, "rgb", "sha256"])
                    Check(name, property, image.Resize(224, 224, Enum.Parse<Resampling>(filter, true)));
                else if (words is ["crop50x40", "upscale", "123x97", var partFilter, "rgb", "sha256"])
                    Check(name, property, part.Resize(123, 97, Enum.Parse<Resampling>(partFilter, true)));
            }
        }
    }

    [Fact]
    public void Vector_and_portable_paths_agree()
    {
        var sizes = new[] { (1, 1), (3, 2), (7, 5), (64, 48), (61, 97), (300, 5) };
        foreach (var (width, height) in sizes)
        {
            var image = GoldenImages.Make("noise", height, width);
            foreach (var (newWidth, newHeight) in sizes)
            {
                foreach (var filter in Enum.GetValues<Resampling>().Where(f => f != Resampling.Nearest))
                {
                    var fast = Resampler.Resize(image, newWidth, newHeight, filter, allowVectors: true);
                    var slow = Resampler.Resize(image, newWidth, newHeight, filter, allowVectors: false);
                    Assert.True(fast.Pixels.AsSpan().SequenceEqual(slow.Pixels), $"{width}x{height} to {newWidth}x{newHeight}, {filter}");
                }
            }
        }
    }

    [Fact]
    public void Flat_pictures_stay_flat()
    {
        var image = new Image(37, 11, [.. Enumerable.Repeat((byte)200, 37 * 11 * 3)]);
        foreach (var filter in Enum.GetValues<Resampling>())
            Assert.All(image.Resize(16, 29, filter).Pixels, sample => Assert.Equal(200, sample));
    }

    [Fact]
    public void The_same_size_is_the_same_picture()
    {
        var image = GoldenImages.Make("pattern", 4, 6);
        Assert.Same(image, image.Resize(6, 4, Resampling.Lanczos));
    }

    static void Check(string name, JsonProperty expected, Image resized) =>
        Assert.Equal($"{name} {expected.Name} {expected.Value.GetString()}", $"{name} {expected.Name} {ImageCorpus.Hash(resized.Pixels)}");
}
