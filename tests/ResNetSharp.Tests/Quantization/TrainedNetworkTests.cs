using ResNetSharp.Data;
using ResNetSharp.Imaging;
using ResNetSharp.Models;
using ResNetSharp.Quantization;

namespace ResNetSharp.Tests.Quantization;

/// <summary>A trained ResNet-20 on real pictures, in floating point and in 8 bits.</summary>
public sealed class TrainedNetworkTests
{
    const string Weights = "data/weights/pytorch-legacy/resnet20-12fca82f.th", Pictures = "data/cifar10-jpeg/test.tar";

    /// <summary>Every so many pictures of the test set is looked at.</summary>
    const int Every = 25;

    [SharedTheory(Weights, Pictures)]
    [InlineData(CalibrationMethod.MinMax)]
    [InlineData(CalibrationMethod.Percentile)]
    [InlineData(CalibrationMethod.Entropy)]
    public void Classes_are_nearly_always_the_same_and_logits_are_close(CalibrationMethod method)
    {
        var model = Architectures.Create("cifar-resnet20");
        model.LoadWeights(SharedData.Find(Weights)!);
        var all = Datasets.Resolve(SharedData.Find(Pictures)!).Train;
        // Half of the pictures to calibrate with, the others to compare on.
        var calibration = Prepared(all, 0);
        var compared = Prepared(all, Every / 2);
        var expected = model.Predict(compared).ToArray();
        model.Quantize(calibration, new QuantizationOptions { Method = method });
        var actual = model.Predict(compared).ToArray();
        var (same, distance) = (0, 0d);
        for (var i = 0; i < compared.Count; i++)
        {
            var (e, a) = (expected.AsSpan(i * 10, 10).ToArray(), actual.AsSpan(i * 10, 10).ToArray());
            if (Array.IndexOf(e, e.Max()) == Array.IndexOf(a, a.Max())) same++;
            distance += e.Zip(a, (x, y) => (double)(x - y) * (x - y)).Sum() / e.Sum(x => (double)x * x);
        }
        Assert.InRange(same / (double)compared.Count, 0.95, 1);
        Assert.InRange(Math.Sqrt(distance / compared.Count), 0, 0.15);
    }

    static Dataset Prepared(Dataset all, int first) =>
        all.Select([.. Enumerable.Range(0, all.Count / Every).Select(i => first + i * Every)]).Preprocess(Preprocessing.FromName("cifar"));
}
