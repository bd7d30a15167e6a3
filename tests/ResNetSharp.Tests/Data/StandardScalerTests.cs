using ResNetSharp.Data;

namespace ResNetSharp.Tests.Data;

public sealed class StandardScalerTests
{
    [Fact]
    public void Every_value_gets_mean_0_and_deviation_1()
    {
        var data = TestPictures.Bytes(50);
        var standardized = data.Standardize(StandardScaler.Fit(data));
        var pictures = Enumerable.Range(0, 50).Select(i => TestPictures.Read(standardized, i)).ToArray();
        for (var p = 0; p < pictures[0].Length; p++)
        {
            Assert.Equal(0, pictures.Average(x => (double)x[p]), 1e-5);
            Assert.Equal(1, pictures.Average(x => (double)x[p] * x[p]), 1e-5);
        }
    }

    [Fact]
    public void Known_numbers_give_the_known_mean_and_deviation()
    {
        // By hand: the variance of 1, 2, 6 is 14/3; a feature that never varies keeps the deviation 1.
        var scaler = StandardScaler.Fit(Dataset.FromArrays([1, 5, 0.1f, 2, 5, 0.1f, 6, 5, 0.1f], (1, 3, 1), [0, 0, 0]));
        Assert.Equal([3, 5, 0.1f], scaler.Mean);
        Assert.Equal([2.1602469f, 1, 1], scaler.Std);
    }

    [SharedFact("data/fashion-mnist")]
    public void The_mean_over_all_pixels_of_fashion_mnist_is_the_published_one()
    {
        var (train, _) = FashionMnist.Load(SharedData.Find("data"));
        Assert.Equal(0.2860405969887955, StandardScaler.Fit(train.Scale(1 / 255f)).Mean.Average(m => (double)m), 1e-7);
    }

    [Fact]
    public void Another_shape_is_refused()
    {
        var scaler = StandardScaler.Fit(TestPictures.Bytes(3, 2, 2));
        var e = Assert.Throws<ArgumentException>(() => TestPictures.Bytes(3, 2, 3).Standardize(scaler));
        Assert.Contains("fitted on pictures of shape (2, 2, 3), these have (2, 3, 3)", e.Message, StringComparison.Ordinal);
    }
}
