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
