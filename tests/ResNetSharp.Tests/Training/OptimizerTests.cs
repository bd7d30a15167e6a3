using ResNetSharp.Graph.Operations;
using ResNetSharp.Planning;
using ResNetSharp.Tests.Graph;
using ResNetSharp.Training;

namespace ResNetSharp.Tests.Training;

/// <summary>Optimizers over several steps against the frameworks' formulas in double precision.</summary>
public sealed class OptimizerTests
{
    const int Count = 21, Steps = 6;

    [Theory]
    [InlineData(0, false, 0)]
    [InlineData(0, false, 0.1)]
    [InlineData(0.9, false, 0)]
    [InlineData(0.9, true, 0)]
    [InlineData(0.9, false, 0.1)]
    [InlineData(0.9, true, 0.1)]
    public void Gradient_descent(double momentum, bool nesterov, double decay)
    {
        var schedule = new CosineDecay(0.1f, 10, 0.1f, 2);
        Check(new Sgd(schedule, (float)momentum, nesterov, (float)decay), (t, w, g, slots) =>
        {
            // torch.optim.SGD
            double rate = schedule.At(t - 1), d = g + decay * w;
            slots[0] = momentum * slots[0] + d;
            return w - rate * (nesterov ? d + momentum * slots[0] : slots[0]);
        });
        Check(new Sgd(schedule, (float)momentum, nesterov, (float)decay, UpdateRule.Keras), (t, w, g, slots) =>
        {
            // keras.optimizers.SGD; weight decay comes before the step.
            double rate = schedule.At(t - 1);
            w -= w * decay * rate;
            slots[0] = momentum * slots[0] - rate * g;
            return w + (nesterov ? momentum * slots[0] - rate * g : slots[0]);
        });
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.1)]
    public void Adam_by_both_rules(double decay)
    {
        Check(new Adam(0.01f, weightDecay: (float)decay), (t, w, g, slots) => w - Torch(t, g + decay * w, slots));
        Check(new Adam(0.01f, weightDecay: (float)decay, rule: UpdateRule.Keras), (t, w, g, slots) => w - w * decay * 0.01 - Keras(t, g, slots));
    }

    [Fact]
    public void AdamW_by_both_rules()
    {
        Check(new AdamW(0.01f, 0.2f), (t, w, g, slots) => w * (1 - 0.01 * 0.2) - Torch(t, g, slots));
        Check(new AdamW(0.01f, 0.2f, rule: UpdateRule.Keras), (t, w, g, slots) => w * (1 - 0.01 * 0.2) - Keras(t, g, slots));
    }

    [Fact]
    public void Schedules()
    {
        LearningRateSchedule constant = 0.3f;
        Assert.Equal(0.3f, constant.At(1_000_000));
        Assert.Throws<ArgumentOutOfRangeException>(() => (LearningRateSchedule)(-1f));
        Assert.Throws<ArgumentOutOfRangeException>(() => (LearningRateSchedule)float.NaN);
        var cosine = new CosineDecay(0.4f, 100, alpha: 0.1f, warmupSteps: 4);
        Assert.Equal([0.1f, 0.2f, 0.3f, 0.4f], Enumerable.Range(0, 4).Select(s => cosine.At(s)));
        Assert.Equal(0.4, cosine.At(4), 1e-6);
        Assert.Equal(0.4 * (0.1 + 0.9 * 0.5), cosine.At(54), 1e-6);
        Assert.Equal(0.04, cosine.At(104), 1e-6);
        Assert.Equal(0.04, cosine.At(10_000), 1e-6);
        var steps = new StepDecay(0.1f, [10, 20]);
        foreach (var (step, rate) in new[] { (0, 0.1), (9, 0.1), (10, 0.01), (19, 0.01), (20, 0.001), (500, 0.001) }) Assert.Equal(rate, steps.At(step), 1e-7);
    }

    // The constants are floats in the library, so the reference starts from the same numbers.
    static double Torch(int t, double g, double[] slots)
    {
        Moments(g, slots);
        return 0.01f / (1 - Math.Pow(0.9f, t)) * slots[0] / (Math.Sqrt(slots[1] / (1 - Math.Pow(0.999f, t))) + 1e-8);
    }

    static double Keras(int t, double g, double[] slots)
    {
        Moments(g, slots);
        return 0.01f * Math.Sqrt(1 - Math.Pow(0.999f, t)) / (1 - Math.Pow(0.9f, t)) * slots[0] / (Math.Sqrt(slots[1]) + 1e-7);
    }

    static void Moments(double g, double[] slots)
    {
        slots[0] = 0.9f * slots[0] + (1 - (double)0.9f) * g;
        slots[1] = 0.999f * slots[1] + (1 - (double)0.999f) * g * g;
    }

    static void Check(Optimizer optimizer, Func<int, double, double, double[], double> reference)
    {
        var parameter = new Parameter("w", new Shape(Count), Initializer.NormalWith(1));
        var state = new OptimizerState(optimizer, [parameter]);
        var gradient = Tensor.Input(new Shape(Count));
        var plan = new Plan([], [new ParameterUpdate(parameter, state).Apply(gradient)], new ArenaPool());
        double[] weights = [.. parameter.Values.ToArray().Select(v => (double)v)];
        var slots = Enumerable.Range(0, Count).Select(_ => new double[2]).ToArray();
        for (var t = 1; t <= Steps; t++)
        {
            var gradients = Tensor.RandomNormal(new Shape(Count), (ulong)t).ToArray();
            gradients.CopyTo(plan.Floats(gradient));
            Assert.Equal(t, state.Advance());
            plan.Run();
            for (var i = 0; i < Count; i++) weights[i] = reference(t, weights[i], gradients[i], slots[i]);
            Tolerance.Near(weights, parameter.Values, Tolerance.Rounding, $"weights after step {t}");
        }
    }
}
