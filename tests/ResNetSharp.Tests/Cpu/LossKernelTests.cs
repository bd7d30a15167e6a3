using System.Runtime.InteropServices;
using ResNetSharp.Cpu;

namespace ResNetSharp.Tests.Cpu;

public sealed unsafe class LossKernelTests
{
    public static TheoryData<int, int> Sizes => new() { { 1, 1 }, { 3, 2 }, { 5, 10 }, { 7, 17 }, { 40, 33 }, { 70, 1000 } };

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Softmax_and_its_logarithm_and_their_gradients_are_right(int rows, int columns)
    {
        var n = rows * columns;
        Numbers x = Numbers.Normal(n, 1, 50, 5), y = new(n), dy = Numbers.Normal(n, 2), dx = new(n);
        var p = ByRow(x.Doubles, columns, Softmax);
        KernelTesting.Run(new SoftmaxKernel(rows, columns, x, y));
        // x - max is rounded at a size of about 40, which the exponential passes on.
        KernelTesting.Near(p, y.ToArray(), 1e-30, 5e-6);
        KernelTesting.Run(new SoftmaxGradientKernel(rows, columns, y, dy, dx));
        var g = dy.Doubles;
        KernelTesting.Near(p.Select((v, i) => v * (g[i] - Row(p, i, columns).Zip(Row(g, i, columns), (a, b) => a * b).Sum())).ToArray(), dx.ToArray(), 1e-6);
        KernelTesting.Run(new LogSoftmaxKernel(rows, columns, x, y));
        KernelTesting.Near(p.Select(v => Math.Log(v)).ToArray(), y.ToArray(), 1e-5);
        KernelTesting.Run(new LogSoftmaxGradientKernel(rows, columns, y, dy, dx));
        KernelTesting.Near(p.Select((v, i) => g[i] - v * Row(g, i, columns).Sum()).ToArray(), dx.ToArray(), 1e-5, 5e-6);
        KernelTesting.Run(new SoftmaxKernel(rows, columns, x, x));
        KernelTesting.Near(p, x.ToArray(), 1e-30, 5e-6);
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Cross_entropy_and_its_gradient_agree_with_differences(int rows, int columns)
    {
        var n = rows * columns;
        Numbers x = Numbers.Normal(n, 1, 3, 2), targets = Numbers.Normal(n, 2), loss = new(rows), dx = new(n);
        foreach (ref var v in targets.Span) v = MathF.Abs(v);
        var labels = RandomLabels(rows, columns);
        var oneHot = new double[n];
        for (var r = 0; r < rows; r++) oneHot[r * columns + labels[r]] = 1;
        foreach (var smoothing in new[] { 0f, 0.1f })
        {
            var kernel = new SoftmaxCrossEntropyKernel(rows, columns, x, Address(labels), smoothing, 1f / rows, loss, dx);
            KernelTesting.Run(kernel);
            CheckCrossEntropy(x.Doubles, oneHot, columns, smoothing, loss, dx);
            KernelTesting.AllocatesNothing(kernel);
            var only = loss.ToArray();
            KernelTesting.Run(new SoftmaxCrossEntropyKernel(rows, columns, x, Address(labels), smoothing, 1, loss, null));
            Assert.Equal(only, loss.ToArray());
            KernelTesting.Run(new SoftmaxCrossEntropyDenseKernel(rows, columns, x, targets, smoothing, 1f / rows, loss, dx));
            CheckCrossEntropy(x.Doubles, targets.Doubles, columns, smoothing, loss, dx);
        }
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Cross_entropy_of_probabilities_and_its_gradient_agree_with_differences(int rows, int columns)
    {
        var n = rows * columns;
        Numbers x = new(n), targets = new(n), loss = new(rows), dx = new(n);
        var random = new RandomSource(1);
        foreach (ref var v in x.Span) v = 0.1f + random.NextSingle();
        foreach (ref var v in targets.Span) v = random.NextSingle();
        var labels = RandomLabels(rows, columns);
        double Loss(double[] row, double[] target)
        {
            var sum = row.Sum();
            return -row.Zip(target, (v, t) => t * Math.Log(Math.Clamp(v / sum, 1e-7, 1 - 1e-7))).Sum();
        }
        foreach (var dense in new[] { false, true })
        {
            KernelTesting.Run(new ProbabilityCrossEntropyKernel(rows, columns, x, dense ? null : Address(labels), dense ? targets : null, 0.1f, 1, loss, dx));
            for (var r = 0; r < rows; r++)
            {
                var t = Enumerable.Range(0, columns).Select(c => 0.9 * (dense ? targets.Span[r * columns + c] : c == labels[r] ? 1 : 0) + 0.1 / columns).ToArray();
                var row = x.Doubles[(r * columns)..((r + 1) * columns)];
                Assert.Equal(Loss(row, t), loss.Span[r], 1e-5 * (1 + loss.Span[r]));
                if (columns > 100 && r > 3) continue;
                KernelTesting.Near(KernelTesting.NumericGradient(v => [Loss(v, t)], row, [1]), dx.Span.Slice(r * columns, columns), 1e-5, 1e-5);
            }
        }
    }

    [Fact]
    public void A_probability_of_zero_costs_the_clipped_logarithm()
    {
        Numbers x = new(0, 1), loss = new(1), dx = new(2);
        var labels = RandomLabels(1, 1);
        KernelTesting.Run(new ProbabilityCrossEntropyKernel(1, 2, x, Address(labels), null, 0, 1, loss, dx));
        Assert.Equal(-Math.Log(1e-7), loss.Span[0], 1e-4);
        Assert.Equal([0, 0], dx.ToArray());
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Mean_squared_error_and_its_gradient_are_right(int rows, int columns)
    {
        var n = rows * columns;
        Numbers x = Numbers.Normal(n, 1), target = Numbers.Normal(n, 2), loss = new(rows), dx = new(n);
        KernelTesting.Run(new MeanSquaredErrorKernel(rows, columns, x, target, 0.5f, loss, dx));
        var difference = x.Doubles.Zip(target.Doubles, (a, b) => a - b).ToArray();
        KernelTesting.Near(Enumerable.Range(0, rows).Select(r => Row(difference, r * columns, columns).Average(v => v * v)).ToArray(), loss.ToArray(), 1e-6, 1e-6);
        KernelTesting.Near(difference.Select(v => v / columns).ToArray(), dx.ToArray(), 1e-6);
    }

    [Fact]
    public void Extreme_logits_neither_overflow_nor_lose_the_loss()
    {
        Numbers x = new(1e30f, 0, -1e30f, 500, 0, -500), loss = new(2), dx = new(6);
        int[] labels = [0, 2];
        fixed (int* p = labels) KernelTesting.Run(new SoftmaxCrossEntropyKernel(2, 3, x, p, 0, 1, loss, dx));
        Assert.Equal([0, 1000], loss.ToArray());
        Assert.Equal([0, 0, 0, 1, 0, -1], dx.ToArray());
    }

    [Fact]
    public void A_label_out_of_range_is_named()
    {
        Numbers x = new(4), loss = new(2);
        int[] labels = [0, 2];
        fixed (int* p = labels)
        {
            var kernel = new SoftmaxCrossEntropyKernel(2, 2, x, p, 0, 1, loss, null);
            Assert.Contains("label 2", Assert.Throws<InvalidDataException>(() => KernelTesting.Run(kernel)).Message);
        }
    }

    [Fact]
    public void Results_do_not_depend_on_threads()
    {
        const int Rows = 300, Columns = 1000;
        Numbers x = Numbers.Normal(Rows * Columns, 1), loss = new(Rows), dx = new(Rows * Columns);
        var labels = RandomLabels(Rows, Columns);
        KernelTesting.SameOnAnyNumberOfThreads(new SoftmaxCrossEntropyKernel(Rows, Columns, x, Address(labels), 0.1f, 1, loss, dx), () => { }, loss, dx);
    }

    static void CheckCrossEntropy(double[] x, double[] target, int columns, float smoothing, Numbers loss, Numbers dx)
    {
        var rows = x.Length / columns;
        var smooth = target.Select(t => (1 - (double)smoothing) * t + (double)smoothing / columns).ToArray();
        var p = ByRow(x, columns, Softmax);
        var losses = Enumerable.Range(0, rows).Select(r => -Row(p, r * columns, columns).Zip(Row(smooth, r * columns, columns), (a, t) => t * Math.Log(a)).Sum()).ToArray();
        KernelTesting.Near(losses, loss.ToArray(), 5e-6 * Math.Sqrt(columns), 2e-6);
        // By differences for some elements of the first row, by the formula for all.
        double Total(double[] v) => -Softmax(v).Zip(smooth, (a, t) => t * Math.Log(a)).Sum();
        var numeric = KernelTesting.NumericGradient(v => [Total(v)], x[..columns], [1.0 / rows], 1e-4);
        KernelTesting.Near(numeric, dx.Span[..columns], 2e-6 * Math.Sqrt(columns));
        KernelTesting.Near(p.Select((v, i) => (v * Row(smooth, i, columns).Sum() - smooth[i]) / rows).ToArray(), dx.ToArray(), 1e-6 * Math.Sqrt(columns) / rows, 1e-6);
    }

    static int[] RandomLabels(int rows, int columns)
    {
        var random = new RandomSource(9);
        var labels = GC.AllocateArray<int>(rows, pinned: true);
        foreach (ref var label in labels.AsSpan()) label = random.NextInt(columns);
        return labels;
    }

    /// <summary>The address of an array that is pinned.</summary>
    static int* Address(int[] labels) => (int*)Marshal.UnsafeAddrOfPinnedArrayElement(labels, 0);

    static double[] Softmax(double[] row)
    {
        var largest = row.Max();
        var sum = row.Sum(v => Math.Exp(v - largest));
        return [.. row.Select(v => Math.Exp(v - largest) / sum)];
    }

    static double[] ByRow(double[] x, int columns, Func<double[], double[]> f) => [.. x.Chunk(columns).SelectMany(f)];

    static double[] Row(double[] x, int index, int columns) => x[(index / columns * columns)..((index / columns + 1) * columns)];
}
