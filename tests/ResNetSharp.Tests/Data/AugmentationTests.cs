using ResNetSharp.Data;

namespace ResNetSharp.Tests.Data;

public sealed class AugmentationTests
{
    static readonly Dataset Data = TestPictures.Bytes(200, 7, 5);

    [Fact]
    public void A_flip_mirrors_about_half_of_the_pictures_and_leaves_the_others()
    {
        var flipped = Data.Augment(new RandomHorizontalFlip());
        var count = 0;
        for (var i = 0; i < Data.Count; i++)
        {
            var (before, after) = (TestPictures.Read(Data, i), TestPictures.Read(flipped, i));
            if (before.SequenceEqual(after)) continue;
            count++;
            for (var y = 0; y < 7; y++)
                for (var x = 0; x < 5; x++)
                    for (var c = 0; c < 3; c++)
                        Assert.Equal(before[(y * 5 + x) * 3 + c], after[(y * 5 + 4 - x) * 3 + c]);
        }
        Assert.InRange(count, 70, 130);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(9)]
    public void A_crop_moves_the_picture_within_the_border(int padding)
    {
        var cropped = Data.Augment(new RandomCrop(padding, fill: -1));
        var places = new HashSet<(int, int)>();
        for (var i = 0; i < Data.Count; i++)
        {
            var (before, after) = (TestPictures.Read(Data, i), TestPictures.Read(cropped, i));
            var place = Enumerable.Range(-padding, 2 * padding + 1)
                .SelectMany(dy => Enumerable.Range(-padding, 2 * padding + 1).Select(dx => (dy, dx)))
                .Where(d => Moved(before, d.dy, d.dx).SequenceEqual(after)).ToArray();
            Assert.NotEmpty(place);
            if (place.Length == 1) places.Add(place[0]);
        }
        if (padding == 2) Assert.Equal(25, places.Count);
    }

    [Fact]
    public void Augmentations_follow_from_the_stream_and_differ_between_epochs()
    {
        var data = Data.Augment(new RandomHorizontalFlip(), new RandomCrop(2), new RandomHorizontalFlip());
        Assert.Equal(TestPictures.Read(data, 5, 1, 2), TestPictures.Read(data, 5, 1, 2));
        Assert.Contains(Enumerable.Range(0, 10), i => !TestPictures.Read(data, i, 1, 2).SequenceEqual(TestPictures.Read(data, i, 1, 3)));
    }

    [Fact]
    public void A_resized_crop_of_a_ramp_is_a_gentler_ramp_within_it()
    {
        // The value of a pixel is its column plus 100 times its row: both can be read off anywhere.
        var ramp = Dataset.FromArrays([.. Enumerable.Range(0, 400).Select(i => i % 20 + 100f * (i / 20))], (20, 20, 1), [0]);
        var cropped = ramp.Augment(new RandomResizedCrop(0.1f));
        var areas = new List<double>();
        for (var epoch = 0ul; epoch < 100; epoch++)
        {
            var pixels = TestPictures.Read(cropped, 0, epoch: epoch);
            var perColumn = (pixels[10] - pixels[9]) % 100;
            var perRow = (pixels[200] - pixels[180]) / 100;
            areas.Add(perColumn * perRow);
            Assert.InRange(perColumn / perRow, 0.6, 1.7);
            Assert.Equal(pixels[0] % 100 + 9 * perColumn, pixels[10] % 100, perColumn);
            Assert.All(pixels, p => Assert.InRange(p, 0, 1919));
        }
        Assert.InRange(areas.Min(), 0.08, 0.2);
        Assert.InRange(areas.Max(), 0.8, 1.001);
    }

    [Fact]
    public void Erasing_paints_one_window()
    {
        var erased = TestPictures.Bytes(200, 16, 16).Augment(new RandomErasing(fill: -1));
        var count = 0;
        for (var i = 0; i < 200; i++)
        {
            var pixels = TestPictures.Read(erased, i);
            var places = Enumerable.Range(0, 256).Where(p => pixels[3 * p] == -1).ToArray();
            if (places.Length == 0) continue;
            count++;
            var (top, bottom) = (places.Min(p => p / 16), places.Max(p => p / 16));
            var (left, right) = (places.Min(p => p % 16), places.Max(p => p % 16));
            Assert.Equal((bottom - top + 1) * (right - left + 1), places.Length);
            Assert.InRange(places.Length / 256.0, 0.01, 0.4);
        }
        Assert.InRange(count, 70, 130);
    }

    [Fact]
    public void Jitter_of_one_kind_changes_only_that()
    {
        for (var i = 0; i < 20; i++)
        {
            var before = TestPictures.Read(Data, i).ToArray();
            var brighter = TestPictures.Read(Data.Augment(new ColorJitter(0.4f, 0, 0)), i);
            var factor = brighter.Sum() / before.Sum();
            Assert.InRange(factor, 0.6, 1.4);
            Assert.All(before.Zip(brighter), p => Assert.Equal(p.First * factor, p.Second, 1e-2));
            var paler = TestPictures.Read(Data.Augment(new ColorJitter(0, 0, 0.4f)), i);
            var contrast = TestPictures.Read(Data.Augment(new ColorJitter(0, 0.4f, 0)), i);
            for (var p = 0; p < before.Length; p += 3) Assert.Equal(Brightness(before, p), Brightness(paler, p), 1e-2);
            Assert.Equal(MeanBrightness(before), MeanBrightness(contrast), 1e-2);
            Assert.NotEqual(before, paler);
            Assert.NotEqual(before, contrast);
        }
    }

    static double MeanBrightness(float[] pixels) => Enumerable.Range(0, pixels.Length / 3).Average(p => Brightness(pixels, 3 * p));

    static double Brightness(float[] pixels, int p) => 0.299 * pixels[p] + 0.587 * pixels[p + 1] + 0.114 * pixels[p + 2];

    static float[] Moved(float[] picture, int dy, int dx)
    {
        var moved = new float[picture.Length];
        for (var y = 0; y < 7; y++)
            for (var x = 0; x < 5; x++)
                for (var c = 0; c < 3; c++)
                {
                    var inside = y + dy is >= 0 and < 7 && x + dx is >= 0 and < 5;
                    moved[(y * 5 + x) * 3 + c] = inside ? picture[((y + dy) * 5 + x + dx) * 3 + c] : -1;
                }
        return moved;
    }
}
