using ResNetSharp.Reports;

namespace ResNetSharp.Tests.Reports;

public sealed class ConfusionMatrixTests
{
    [Fact]
    public void Recall_goes_by_what_pictures_are_and_precision_by_what_they_were_taken_for()
    {
        var matrix = new ConfusionMatrix(["cat", "dog"]);
        matrix.Add(0, 0);
        matrix.Add(0, 1);
        matrix.Add(1, 1);
        matrix.Add(1, 1);
        Assert.Equal(0.75, matrix.Accuracy);
        Assert.Equal(0.5, matrix.Recall(0));
        Assert.Equal(2 / 3.0, matrix.Precision(1));
        Assert.Equal([(0, 1, 1L)], matrix.WorstPairs(5));
        Assert.Contains("cat", matrix.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_class_that_does_not_exist_is_refused() => Assert.Throws<ArgumentOutOfRangeException>(() => new ConfusionMatrix(["cat", "dog"]).Add(2, 0));
}
