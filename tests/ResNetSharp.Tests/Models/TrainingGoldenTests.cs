using System.Text.Json;
using ResNetSharp.Layers;
using ResNetSharp.Training;

namespace ResNetSharp.Tests.Models;

public sealed class TrainingGoldenTests
{
    // At this learning rate ResNet-18's losses jump, and from the fourth step on they show how single sums were rounded: 0.0971 in double
    // precision, and 0.0985 in PyTorch. RESNETSHARP_ISA=portable, avx2 and avx512 with RESNETSHARP_WINOGRAD=off gave 0.1012, 0.0968 and 0.1097 when
    // convolutions did not yet sum statistics, and 0.0970, 0.1093 and 0.1098 since.
    [SharedTheory("goldens.json")]
    [InlineData("cifar/resnet20", 5e-3, 5)]
    [InlineData("seed/keras_resnet", 1e-5, 5)]
    [InlineData("torchvision/resnet18_10_classes", 5e-3, 3)]
    public void Gradient_descent_follows_the_reference(string entry, double later, int steps)
    {
        var model = CheckLosses(entry, "sgd", new Sgd(0.05f, momentum: 0.9f, weightDecay: 1e-4f), later, steps);
        if (entry.StartsWith("seed", StringComparison.Ordinal)) CheckStatistics(model, Record(entry).GetProperty("sgd").GetProperty("after_float64").GetProperty("running"));
    }

    [SharedTheory("goldens.json")]
    [InlineData("cifar/resnet20")]
    [InlineData("seed/keras_resnet")]
    [InlineData("torchvision/resnet18_10_classes")]
    public void Adam_follows_the_reference(string entry) => CheckLosses(entry, "adam", new Adam(), 5e-3, 5);

    [SharedTheory("goldens.json")]
    [InlineData("cifar/resnet20")]
    [InlineData("seed/keras_resnet")]
    [InlineData("torchvision/resnet18_10_classes")]
    public void The_first_gradients_are_those_of_the_reference(string entry)
    {
        var record = Record(entry);
        var model = GoldenModel.Create(entry, record);
        var plan = new GradientPlan(model, GoldenModel.Input(record), record.GetProperty("labels").Ints());
        plan.Run();
        var norms = plan.Parameters.ToDictionary(p => p.Name, p => GradientPlan.Norm(plan.Gradient(p)));
        var zero = record.GetProperty("grad_is_zero_by_symmetry").EnumerateArray().Select(e => e.GetString()).ToHashSet();
        var family = entry.Split('/')[0];
        Assert.Equal(record.GetProperty("grad_l2_step1_float64").EnumerateObject().Count(), norms.Count);
        foreach (var (name, norm) in norms)
        {
            var reference = GoldenModel.ReferenceName(family, name);
            var expected = record.GetProperty("grad_l2_step1_float64").Double(reference);
            if (zero.Contains(reference)) Assert.True(norm < 1e-4, $"{name}: {norm}");
            else Assert.True(Math.Abs(norm - expected) <= 1e-3 * expected, $"{name}: expected {expected}, got {norm}");
        }
    }

    static JsonElement Record(string entry) => Goldens.Root.GetProperty("train").GetProperty(entry);

    static Model CheckLosses(string entry, string optimizerName, Optimizer optimizer, double later, int count)
    {
        var record = Record(entry);
        var model = GoldenModel.Create(entry, record);
        var input = GoldenModel.Input(record);
        var images = input.ToArray();
        var labels = record.GetProperty("labels").Ints();
        var steps = new TrainedSteps(model, optimizer);
        var expected = record.GetProperty(optimizerName).GetProperty("float64_losses").Doubles();
        for (var step = 0; step < count; step++)
        {
            var loss = steps.Step(input.Shape, images, labels);
            var tolerance = step < 2 ? Math.Min(later, 1e-4) : later;
            Assert.True(Math.Abs(loss - expected[step]) <= tolerance, $"loss of step {step + 1}: expected {expected[step]}, got {loss}");
        }
        return model;
    }

    static void CheckStatistics(Model model, JsonElement running)
    {
        foreach (var statistic in running.EnumerateObject())
        {
            var parameter = model.Parameters.Single(p => GoldenModel.ReferenceName("seed", p.Name) == statistic.Name);
            var l2 = 0.0;
            foreach (var value in parameter.Values) l2 += (double)value * value;
            Assert.Equal(statistic.Value.Double("l2"), Math.Sqrt(l2), 1e-4);
        }
    }
}
