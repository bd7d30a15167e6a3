using ResNetSharp.Data;

namespace ResNetSharp.Tests.Data;

public sealed class DatasetTests
{
    static readonly Dataset Data = TestPictures.Bytes(20);

    [Fact]
    public void Scaling_by_a_reciprocal_rounds_as_division_does()
    {
        var all = Dataset.FromArrays([.. Enumerable.Range(0, 256).Select(i => (byte)i)], (16, 16, 1), [0]).Scale(1 / 255f);
        Assert.Equal(Enumerable.Range(0, 256).Select(i => i / 255f), TestPictures.Read(all, 0));
    }

    [Fact]
    public void Scaling_multiplies() =>
        Assert.Equal(TestPictures.Read(Data, 3).Select(x => x * 1.7f), TestPictures.Read(Data.Scale(1.7f), 3));

    [Fact]
    public void Normalizing_works_on_pixels_from_0_to_1_whether_scaled_before_or_not()
    {
        float[] mean = [0.485f, 0.456f, 0.406f], std = [0.229f, 0.224f, 0.225f];
        var expected = TestPictures.Read(Data, 7).Select((x, i) => (x / 255f - mean[i % 3]) / std[i % 3]).ToArray();
        Assert.Equal(expected, TestPictures.Read(Data.Normalize(mean, std), 7));
        Assert.Equal(expected, TestPictures.Read(Data.Scale(1 / 255f).Normalize(mean, std), 7));
        Assert.Equal(expected, TestPictures.Read(Data.Augment().Normalize(mean, std), 7));
    }

    [Fact]
    public void Normalizing_needs_one_number_a_channel()
    {
        var e = Assert.Throws<ArgumentException>(() => Data.Normalize([0.5f], [0.5f]));
        Assert.Contains("(6, 5, 3) need 3 means", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Taking_skipping_and_selecting_keep_labels_and_names_with_their_pictures()
    {
        var chosen = Data.Skip(4).Take(9).Select(8, 0, 3);
        Assert.Equal(3, chosen.Count);
        int[] original = [12, 4, 7];
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(TestPictures.Read(Data, original[i]), TestPictures.Read(chosen, i));
            Assert.Equal(Data.GetLabel(original[i]), chosen.GetLabel(i));
            Assert.Equal($"index {original[i]}", chosen.GetName(i));
        }
    }

    [Fact]
    public void A_picture_that_does_not_exist_is_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Data.GetLabel(20));
        Assert.Throws<ArgumentOutOfRangeException>(() => TestPictures.Read(Data.Take(5), 5));
        Assert.Throws<ArgumentOutOfRangeException>(() => Data.Select(3, -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Data.Skip(20));
    }

    [Fact]
    public void A_shuffled_set_is_a_permutation_that_follows_from_the_seed()
    {
        var names = Names(Data.Shuffle(4));
        Assert.Equal(names, Names(Data.Shuffle(4)));
        Assert.NotEqual(names, Names(Data.Shuffle(5)));
        Assert.Equal(Names(Data).Order(), names.Order());
    }

    [Fact]
    public void Splitting_gives_two_parts_that_make_the_whole()
    {
        var (first, second) = Data.Split(0.8);
        Assert.Equal(16, first.Count);
        Assert.Equal(Names(Data), Names(first).Concat(Names(second)));
        var (shuffled, rest) = Data.Split(0.8, shuffleSeed: 2);
        Assert.NotEqual(Names(first), Names(shuffled));
        Assert.Equal(Names(Data).Order(), Names(shuffled).Concat(Names(rest)).Order());
    }

    [Fact]
    public void A_stratified_split_cuts_every_class_alike()
    {
        var labels = Enumerable.Repeat(0, 60).Concat(Enumerable.Repeat(1, 30)).Concat(Enumerable.Repeat(2, 10)).ToArray();
        var data = Dataset.FromArrays(new byte[100], (1, 1, 1), labels);
        var (first, second) = data.Split(0.7, shuffleSeed: 1, stratify: true);
        Assert.Equal([42, 21, 7], Counts(first));
        Assert.Equal([18, 9, 3], Counts(second));
        Assert.Equal(Names(data).Order(), Names(first).Concat(Names(second)).Order());
    }

    [Fact]
    public void Labels_without_a_class_are_refused()
    {
        var e = Assert.Throws<ArgumentException>(() => Dataset.FromArrays(new byte[2], (1, 1, 1), [0, 2], ["a", "b"]));
        Assert.Contains("label 2 of picture 1 is not one of the 2 classes", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_wrong_number_of_values_is_refused()
    {
        var e = Assert.Throws<ArgumentException>(() => Dataset.FromArrays(new float[10], (2, 2, 1), [0, 1]));
        Assert.Contains("2 pictures of shape (2, 2, 1) have 8 values, not 10", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Caching_changes_no_pixel()
    {
        var chosen = Data.Shuffle(3);
        var cached = chosen.CacheDecoded();
        for (var pass = 0; pass < 2; pass++)
            for (var i = 0; i < Data.Count; i++) Assert.Equal(TestPictures.Read(chosen, i), TestPictures.Read(cached, i));
    }

    [Fact]
    public void Caching_refuses_pixels_that_are_no_bytes() =>
        Assert.Throws<InvalidOperationException>(() => Data.Scale(2).CacheDecoded());

    static string[] Names(Dataset data) => [.. Enumerable.Range(0, data.Count).Select(data.GetName)];

    static int[] Counts(Dataset data) =>
        [.. Enumerable.Range(0, data.ClassNames.Count).Select(c => Enumerable.Range(0, data.Count).Count(i => data.GetLabel(i) == c))];
}
