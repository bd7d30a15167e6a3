using ResNetSharp.Data;
using ResNetSharp.Imaging;

namespace ResNetSharp.Tests.Data;

public sealed class ResizingTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    static string[] Photos(int count) =>
        [.. Directory.GetFiles(SharedData.Find("data/photos")!).Where(p => Path.GetExtension(p) is ".jpg" or ".png").Order().Take(count)];

    static Image Picture(Dataset data, int index)
    {
        var pixels = new byte[data.ElementShape.Size];
        data.ReadBytes(index, pixels);
        return new Image(data.ElementShape[1], data.ElementShape[0], pixels);
    }

    [Fact]
    public void Pictures_in_memory_are_resized_as_images_are()
    {
        var data = TestPictures.Bytes(4, 9, 7);
        var resized = data.Resize(12, 20, Resampling.Bicubic);
        Assert.Equal((12, 20, 3), resized.ElementShape);
        for (var i = 0; i < 4; i++)
        {
            var expected = Picture(data, i).Resize(20, 12, Resampling.Bicubic).Pixels;
            Assert.Equal(expected, Picture(resized, i).Pixels);
            Assert.Equal(expected.Select(p => (float)p), TestPictures.Read(resized, i));
        }
    }

    [Fact]
    public void Grey_pictures_stay_grey()
    {
        var data = TestPictures.Bytes(3, 8, 6, channels: 1);
        var resized = data.Resize(5, 9);
        var pixels = new byte[48];
        data.ReadBytes(2, pixels);
        var expected = new Image(6, 8, [.. pixels.SelectMany(p => new[] { p, p, p })]).Resize(9, 5).Pixels.Where((_, i) => i % 3 == 0);
        Assert.Equal((5, 9, 1), resized.ElementShape);
        Assert.Equal(expected.Select(p => (float)p), TestPictures.Read(resized, 2));
    }

    [Fact]
    public void Resizing_numbers_that_are_no_pixels_is_refused()
    {
        var e = Assert.Throws<InvalidOperationException>(() => TestPictures.Bytes(2).Scale(1 / 255f).Resize(3, 3));
        Assert.Contains("call it before Scale", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(40, 20, 10, 10)]
    [InlineData(20, 40, 10, 10)]
    [InlineData(41, 23, 8, 30)]
    [InlineData(5, 9, 32, 32)]
    [InlineData(33, 32, 32, 32)]
    public void Covering_leaves_no_black_and_keeps_the_middle(int width, int height, int newHeight, int newWidth)
    {
        var white = new Image(width, height, [.. Enumerable.Repeat((byte)255, width * height * 3)]);
        var covered = PictureGeometry.Cover(newHeight, newWidth, Resampling.Bilinear).Apply(white);
        Assert.Equal((newWidth, newHeight), (covered.Width, covered.Height));
        Assert.All(covered.Pixels, p => Assert.Equal(255, p));
    }

    [SharedFact("data/photos")]
    public void A_preset_sees_the_pictures_of_a_folder_in_their_own_sizes()
    {
        var photos = Photos(4);
        Assert.Equal(4, photos.Length);
        for (var i = 0; i < 4; i++) folder.Write($"class{i % 2}/{i}{Path.GetExtension(photos[i])}", File.ReadAllBytes(photos[i]));
        var (data, _) = ImageFolder.Load(folder.Path);
        int[] order = [0, 2, 1, 3];
        foreach (var preset in new[] { Preprocessing.Torchvision, Preprocessing.KerasCaffe })
        {
            var expected = new float[224 * 224 * 3];
            foreach (var view in new[] { data.Preprocess(preset), data.CacheDecoded().Preprocess(preset), data.Select(0, 1, 2, 3).Preprocess(preset) })
            {
                Assert.Equal((224, 224, 3), view.ElementShape);
                for (var i = 0; i < 4; i++)
                {
                    preset.Apply(Image.Load(photos[order[i]]), expected);
                    Assert.Equal(expected, TestPictures.Read(view, i));
                }
            }
        }
    }

    [SharedFact("data/photos")]
    public void A_given_size_is_covered_from_the_middle()
    {
        var photos = Photos(2);
        for (var i = 0; i < 2; i++) folder.Write($"class{i}/{i}{Path.GetExtension(photos[i])}", File.ReadAllBytes(photos[i]));
        var data = Datasets.Resolve(folder.Path, new ResolveOptions { Size = (64, 64) }).Train;
        Assert.Equal((64, 64, 3), data.ElementShape);
        for (var i = 0; i < 2; i++)
            Assert.Equal(Image.Load(photos[i]).ResizeShorterSide(64).CenterCrop(64, 64).Pixels, Picture(data, i).Pixels);
    }

    [SharedFact("data/fashion-mnist")]
    public void Fashion_mnist_can_be_loaded_larger()
    {
        var (train, test) = FashionMnist.Load(SharedData.Find("data"), resize: (96, 96));
        Assert.Equal((96, 96, 1), train.ElementShape);
        Assert.Equal((96, 96, 1), test.ElementShape);
        Assert.Equal(96 * 96, TestPictures.Read(test, 5).Length);
    }
}
