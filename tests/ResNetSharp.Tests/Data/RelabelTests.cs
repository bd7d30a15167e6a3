using ResNetSharp.Data;
using ResNetSharp.Imaging;

namespace ResNetSharp.Tests.Data;

public sealed class RelabelTests
{
    [Fact]
    public void Classes_get_the_numbers_of_a_model_that_knows_more_of_them()
    {
        var data = Dataset.FromArrays(new byte[2], (1, 1, 1), [0, 1], ["cat", "dog"]).Relabel(["bird", "dog", "cat"]);
        Assert.Equal(2, data.GetLabel(0));
        Assert.Equal(1, data.GetLabel(1));
    }

    [Fact]
    public void A_class_that_a_model_does_not_know_is_named() =>
        Assert.Contains("'dog'", Assert.Throws<ArgumentException>(() => Dataset.FromArrays(new byte[2], (1, 1, 1), [0, 1], ["cat", "dog"]).Relabel(["cat"])).Message, StringComparison.Ordinal);

    [Fact]
    public void Grey_pictures_become_what_the_same_picture_file_becomes()
    {
        var gray = Dataset.FromArrays([10, 200, 30, 255], (2, 2, 1), [0], ["only"]);
        var image = new Image(2, 2, [10, 10, 10, 200, 200, 200, 30, 30, 30, 255, 255, 255]);
        foreach (var preset in new[] { Preprocessing.Cifar, new Preprocessing { Mean = [0.3f], Deviation = [0.2f] }, Preprocessing.KerasCaffe with { ExactSize = null } })
        {
            var expected = new float[4 * preset.Channels];
            preset.Apply(image, expected);
            Assert.Equal(expected, TestPictures.Read(gray.Preprocess(preset), 0));
        }
    }

    [Fact]
    public void Augmented_pictures_are_scaled_with_the_same_roundings()
    {
        var data = TestPictures.Bytes(3);
        var preset = Preprocessing.Cifar with { BlueFirst = true };
        Assert.Equal(TestPictures.Read(data.Preprocess(preset), 1), TestPictures.Read(data.Augment().Preprocess(preset), 1));
    }

    [Fact]
    public void Channels_are_measured_one_by_one()
    {
        var statistics = ChannelStatistics.Measure(Dataset.FromArrays([0, 255, 102, 102], (1, 2, 2), [0], ["only"]));
        Assert.Equal([0.2f, 0.7f], statistics.Mean);
        Assert.Equal([0.2f, 0.3f], statistics.Deviation);
    }
}
