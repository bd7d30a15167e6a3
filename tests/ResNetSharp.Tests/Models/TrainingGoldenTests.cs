using System.Text.Json;
using ResNetSharp.Graph;
using ResNetSharp.Graph.Operations;
using ResNetSharp.Layers;
using ResNetSharp.Planning;
using ResNetSharp.Training;

namespace ResNetSharp.Tests.Models;

public sealed class TrainingGoldenTests
{
    [SharedTheory("goldens.json")]
    [InlineData("cifar/resnet20", 5e-3)]
    [InlineData("seed/keras_resnet", 1e-5)]
    [InlineData("torchvision/resnet18_10_classes", 5e-3)]
    public void Gradient_descent_follows_the_reference(string entry, double later)
    {
        var model = CheckLosses(entry, "sgd", new Sgd(0.05f, momentum: 0.9f, weightDecay: 1e-4f), later);
        if (entry.StartsWith("seed", StringComparison.Ordinal)) CheckStatistics(model, Record(entry).GetProperty("sgd").GetProperty("after_float64").GetProperty("running"));
    }

    [SharedTheory("goldens.json")]
    [InlineData("cifar/resnet20")]
    [InlineData("seed/keras_resnet")]
    [InlineData("torchvision/resnet18_10_classes")]
    public void Adam_follows_the_reference(string entry) => CheckLosses(entry, "adam", new Adam(), 5e-3);

    [SharedTheory("goldens.json")]
    [InlineData("cifar/resnet20")]
    [InlineData("seed/keras_resnet")]
    [InlineData("torchvision/resnet18_10_classes")]
    public void The_first_gradients_are_those_of_the_reference(string entry)
    {
        var record = Record(entry);
        var model = GoldenModel.Create(entry, record);
        var norms = GradientNorms(model, record);
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

    static Model CheckLosses(string entry, string optimizerName, Optimizer optimizer, double later)
    {
        var record = Record(entry);
        var model = GoldenModel.Create(entry, record);
        var input = GoldenModel.Input(record);
        var images = input.ToArray();
        var labels = record.GetProperty("labels").Ints();
        var steps = new TrainedSteps(model, optimizer);
        var expected = record.GetProperty(optimizerName).GetProperty("float64_losses").Doubles();
        for (var step = 0; step < expected.Length; step++)
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

    static Dictionary<string, double> GradientNorms(Model model, JsonElement record)
    {
        var input = GoldenModel.Input(record);
        var images = Tensor.Input(input.Shape);
        var labels = new Input(new Shape(input.Shape[0]), ElementType.Int32).Apply();
        var loss = new SparseCategoricalCrossentropy(fromLogits: true).Apply(model.Describe(images), labels);
        var forward = Passes.ForTraining([loss]);
        var reads = Node.Reachable(forward).Select(n => n.Outputs[0])
            .Where(t => ParameterRead.Of(t) is { Trainable: true }).DistinctBy(t => ParameterRead.Of(t)).ToList();
        var gradients = Autodiff.Gradients(forward[0], reads);
        var roots = new BackwardFusion().Rewrite([forward[0], .. gradients.Select(g => g!)]);
        var plan = new Plan(roots, [], new ArenaPool());
        input.ToArray().CopyTo(plan.Floats(images));
        record.GetProperty("labels").Ints().CopyTo(plan.Labels(labels));
        plan.Run();
        var norms = new Dictionary<string, double>();
        for (var i = 0; i < reads.Count; i++)
        {
            var sum = 0.0;
            foreach (var value in plan.Floats(roots[i + 1])) sum += (double)value * value;
            norms[ParameterRead.Of(reads[i])!.Name] = Math.Sqrt(sum);
        }
        return norms;
    }
}
