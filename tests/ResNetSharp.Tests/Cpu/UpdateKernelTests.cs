using ResNetSharp.Cpu;

namespace ResNetSharp.Tests.Cpu;

public sealed unsafe class UpdateKernelTests
{
    const int Steps = 5;

    public static TheoryData<string, double, bool, double, int> SgdCases
    {
        get
        {
            var data = new TheoryData<string, double, bool, double, int>();
            foreach (var rule in new[] { "Torch", "Keras" })
                foreach (var (momentum, nesterov) in new[] { (0.0, false), (0.9, false), (0.9, true) })
                    foreach (var decay in new[] { 0, 0.01 })
                        foreach (var n in new[] { 1, 7, 40_001 }) data.Add(rule, momentum, nesterov, decay, n);
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(SgdCases))]
    public void Sgd_follows_the_rule_while_the_learning_rate_changes(string name, double momentum, bool nesterov, double decay, int n)
    {
        var rule = Enum.Parse<OptimizerRule>(name);
        Numbers w = Numbers.Normal(n, 1), g = Numbers.Normal(n, 2), velocity = new(n);
        var settings = new SgdSettings { Momentum = (float)momentum, Nesterov = nesterov, WeightDecay = (float)decay, GradientScale = 0.5f };
        var kernel = new SgdUpdateKernel(rule, &settings, w, g, momentum == 0 ? null : velocity.Pointer, n);
        double[] weights = w.Doubles, v = new double[n];
        for (var step = 1; step <= Steps; step++)
        {
            var rate = settings.LearningRate = 0.1f / step;
            for (var i = 0; i < n; i++)
            {
                var gradient = 0.5 * g.Span[i];
                if (rule == OptimizerRule.Torch)
                {
                    gradient += decay * weights[i];
                    v[i] = momentum * v[i] + gradient;
                    weights[i] -= rate * (nesterov ? gradient + momentum * v[i] : v[i]);
                }
                else
                {
                    weights[i] -= weights[i] * decay * rate;
                    v[i] = momentum * v[i] - rate * gradient;
                    weights[i] += nesterov ? momentum * v[i] - rate * gradient : v[i];
                }
            }
            KernelTesting.Run(kernel);
        }
        KernelTesting.Near(weights, w.ToArray(), 2e-6, 1e-6);
        KernelTesting.AllocatesNothing(kernel);
    }

    [Theory]
    [InlineData("Torch", 0.01, 1)]
    [InlineData("Torch", 0.01, 40_001)]
    [InlineData("TorchDecoupled", 0.01, 7)]
    [InlineData("Keras", 0.01, 7)]
    [InlineData("Keras", 0, 40_001)]
    public void Adam_follows_the_rule(string name, double decay, int n)
    {
        var rule = Enum.Parse<OptimizerRule>(name);
        Numbers w = Numbers.Normal(n, 1), g = Numbers.Normal(n, 2, 0, 1e-3), mean = new(n), variance = new(n);
        var epsilon = rule == OptimizerRule.Keras ? 1e-7f : 1e-8f;
        var settings = new AdamSettings { LearningRate = 0.01f, WeightDecay = (float)decay, Epsilon = epsilon };
        var kernel = new AdamUpdateKernel(rule, &settings, w, g, mean, variance, n);
        double[] weights = w.Doubles, m = new double[n], v = new double[n];
        for (var t = 1; t <= Steps; t++)
        {
            settings.Step = t;
            foreach (ref var value in g.Span) value *= -0.9f;
            for (var i = 0; i < n; i++)
            {
                double gradient = g.Span[i];
                if (rule == OptimizerRule.Torch) gradient += decay * weights[i];
                else weights[i] -= 0.01 * decay * weights[i];
                m[i] = 0.9 * m[i] + 0.1 * gradient;
                v[i] = 0.999 * v[i] + 0.001 * gradient * gradient;
                var (first, second) = (1 - Math.Pow(0.9, t), 1 - Math.Pow(0.999, t));
                weights[i] -= rule == OptimizerRule.Keras
                    ? 0.01 * Math.Sqrt(second) / first * m[i] / (Math.Sqrt(v[i]) + epsilon)
                    : 0.01 * (m[i] / first) / (Math.Sqrt(v[i] / second) + epsilon);
            }
            KernelTesting.Run(kernel);
        }
        KernelTesting.Near(weights, w.ToArray(), 2e-6, 1e-6);
        KernelTesting.AllocatesNothing(kernel);
    }

    [Theory]
    [InlineData(0f)]
    [InlineData(0.2f)]
    [InlineData(0.5f)]
    [InlineData(1f)]
    public void Dropout_drops_its_share_keeps_the_sum_and_repeats_for_the_gradient(float rate)
    {
        const int N = 300_007;
        Numbers x = new(N), y = new(N), dx = new(N);
        x.Span.Fill(1);
        ulong seed = 42;
        var kernel = new DropoutKernel<float>(rate, &seed, x, y, N);
        KernelTesting.SameOnAnyNumberOfThreads(kernel, () => { }, y);
        KernelTesting.AllocatesNothing(kernel);
        var dropped = y.ToArray().Count(v => v == 0) / (double)N;
        Assert.Equal(rate, dropped, 0.005);
        Assert.All(y.ToArray().Where(v => v != 0), v => Assert.Equal(1 / (1 - rate), v, 1e-6f));
        KernelTesting.Run(new DropoutKernel<float>(rate, &seed, x, dx, N));
        Assert.Equal(y.ToArray(), dx.ToArray());
        if (rate is 0 or 1) return;
        // Neighbours, and the masks of two seeds, agree as often as independent draws do.
        var before = y.ToArray();
        seed = 43;
        KernelTesting.Run(kernel);
        var expected = rate * rate + (1 - rate) * (1 - rate);
        Assert.Equal(expected, before.Zip(y.ToArray(), (a, b) => (a == 0) == (b == 0)).Count(e => e) / (double)N, 0.006);
        foreach (var distance in new[] { 1, 8, 64, 32768 })
            Assert.Equal(expected, before.Zip(before.Skip(distance), (a, b) => (a == 0) == (b == 0)).Count(e => e) / (double)(N - distance), 0.006);
    }
}
