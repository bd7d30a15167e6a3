using System.Runtime.InteropServices;
using System.Text.Json;
using ResNetSharp.Imaging;

namespace ResNetSharp.Tests.Imaging;

public sealed class PreprocessingTests
{
    [SharedFact(ImageCorpus.ResizeExpected)]
    public void Torchvision_gives_the_reference_numbers_bit_for_bit()
    {
        foreach (var (name, expected) in ImageCorpus.Entries(ImageCorpus.ResizeExpected))
        {
            var image = Image.Load(SharedData.Find("data/" + expected.GetProperty("source").GetString())!);
            var resized = image.ResizeShorterSide(256);
            Assert.Equal((name, expected.GetProperty("resize256_rgb_sha256").GetString()), (name, ImageCorpus.Hash(resized.Pixels)));
            Assert.Equal(expected.GetProperty("resize256_size")[0].GetInt32(), resized.Width);
            var cropped = Preprocessing.Torchvision.Transform(image);
            Assert.Equal((name, expected.GetProperty("crop224_rgb_sha256").GetString()), (name, ImageCorpus.Hash(cropped.Pixels)));
            var numbers = Apply(Preprocessing.Torchvision, image);
            Assert.Equal((name, expected.GetProperty("normalized_sha256_f32le_chw").GetString()), (name, HashChannelsFirst(numbers)));
        }
    }

    [SharedFact("goldens.json")]
    public void Torchvision_variants_give_the_golden_crops_and_numbers()
    {
        foreach (var golden in Goldens("torchvision_image_classification"))
        {
            var image = GoldenImages.Make(golden.GetProperty("image").GetString()!, golden.GetProperty("hw")[0].GetInt32(), golden.GetProperty("hw")[1].GetInt32());
            var preset = Preprocessing.Torchvision with
            {
                ShorterSide = golden.GetProperty("resize").GetInt32(),
                Filter = Enum.Parse<Resampling>(golden.GetProperty("filter").GetString()!, ignoreCase: true),
            };
            Assert.Equal(golden.GetProperty("sha256_cropped_rgb").GetString(), ImageCorpus.Hash(preset.Transform(image).Pixels));
            var numbers = Apply(preset, image);
            for (var i = 0; i < 15; i++)
                Assert.Equal(golden.GetProperty("first5_per_channel")[i % 3][i / 3].GetSingle(), numbers[i]);
            AssertSum(golden, numbers);
        }
    }

    [SharedFact("goldens.json")]
    public void Keras_presets_give_the_golden_numbers()
    {
        foreach (var golden in Goldens("keras_preprocess_input"))
        {
            var image = GoldenImages.Make(golden.GetProperty("image").GetString()!, golden.GetProperty("hw")[0].GetInt32(), golden.GetProperty("hw")[1].GetInt32());
            var preset = Preprocessing.FromName("keras-" + golden.GetProperty("mode").GetString());
            Assert.Equal(golden.GetProperty("sha256_rgb").GetString(), ImageCorpus.Hash(preset.Transform(image).Pixels));
            var numbers = Apply(preset, image);
            for (var i = 0; i < 6; i++) Assert.Equal(golden.GetProperty("first6")[i].GetSingle(), numbers[i]);
            AssertSum(golden, numbers);
        }
    }

    [Fact]
    public void Timm_resizes_to_the_floor_of_size_by_share()
    {
        Assert.Equal(235, Preprocessing.Timm().ShorterSide);
        Assert.Equal(256, Preprocessing.Timm(224, 0.875).ShorterSide);
    }

    [Fact]
    public void Output_size_is_known_before_the_output()
    {
        Assert.Equal((224, 224), Preprocessing.Torchvision.OutputSize(640, 427));
        Assert.Equal((31, 77), Preprocessing.None.OutputSize(77, 31));
        Assert.Equal((256, 341), (Preprocessing.None with { ShorterSide = 256 }).OutputSize(400, 300));
    }

    [Fact]
    public void A_wrong_destination_is_named_with_both_lengths()
    {
        var error = Assert.Throws<ArgumentException>(() => Preprocessing.None.Apply(GoldenImages.Make("noise", 2, 2), new float[5]));
        Assert.Contains("12", error.Message, StringComparison.Ordinal);
        Assert.Contains("5", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_name_is_a_preset() => Assert.All(Preprocessing.Names, name => Assert.NotNull(Preprocessing.FromName(name)));

    [Fact]
    public void An_unknown_name_lists_the_known_ones() =>
        Assert.Contains("keras-caffe", Assert.Throws<ArgumentException>(() => Preprocessing.FromName("imagenet")).Message, StringComparison.Ordinal);

    static float[] Apply(Preprocessing preset, Image image)
    {
        var (height, width) = preset.OutputSize(image.Width, image.Height);
        var numbers = new float[height * width * 3];
        Assert.Equal((height, width), preset.Apply(image, numbers));
        return numbers;
    }

    static string HashChannelsFirst(float[] numbers)
    {
        var planes = new float[numbers.Length];
        var pixels = numbers.Length / 3;
        for (var i = 0; i < numbers.Length; i++) planes[i % 3 * pixels + i / 3] = numbers[i];
        return ImageCorpus.Hash(MemoryMarshal.AsBytes(planes.AsSpan()));
    }

    static void AssertSum(JsonElement golden, float[] numbers)
    {
        Assert.Equal(golden.GetProperty("sum_float64").GetDouble(), numbers.Sum(x => (double)x), 1e-6);
        Assert.Equal(golden.GetProperty("l2_float64").GetDouble(), Math.Sqrt(numbers.Sum(x => (double)x * x)), 1e-6);
    }

    static List<JsonElement> Goldens(string section)
    {
        using var goldens = JsonDocument.Parse(File.ReadAllText(SharedData.Find("goldens.json")!));
        return [.. goldens.RootElement.GetProperty("preprocess").GetProperty(section).EnumerateArray().Select(g => g.Clone())];
    }
}
