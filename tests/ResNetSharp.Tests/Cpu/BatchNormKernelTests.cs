using ResNetSharp.Cpu;

namespace ResNetSharp.Tests.Cpu;

public sealed unsafe class BatchNormKernelTests
{
    public static TheoryData<int, int> Sizes => new()
    {
        { 1, 3 }, { 7, 1 }, { 200, 1 }, { 9, 3 }, { 131, 5 }, { 513, 16 }, { 65, 17 }, { 70, 33 }, { 2049, 64 }, { 5, 1000 }, { 37, 1001 }, { 130, 2048 },
    };

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Forward_agrees_with_the_definition(int rows, int channels)
    {
        foreach (var (relu, residual, learned, unbiased) in new[] { (false, false, true, true), (true, true, true, false), (true, false, false, true), (false, true, true, false) })
        {
            var c = new BatchNormProblem(rows, channels, relu, residual, learned) { Unbiased = unbiased };
            double[] runningMean = c.RunningMean.Doubles, runningVariance = c.RunningVariance.Doubles;
            KernelTesting.Run(new BatchNormForwardKernel<float>(c.Forward));
            c.CheckForward(runningMean, runningVariance);
        }
    }

    [Theory]
    [InlineData(1e4)]
    [InlineData(-1e6)]
    public void A_mean_far_from_zero_does_not_spoil_the_variance(double mean)
    {
        var c = new BatchNormProblem(5000, 24, relu: false, residual: false, learned: true) { X = Numbers.Normal(5000 * 24, 5, mean) };
        double[] runningMean = c.RunningMean.Doubles, runningVariance = c.RunningVariance.Doubles;
        KernelTesting.Run(new BatchNormForwardKernel<float>(c.Forward));
        c.CheckForward(runningMean, runningVariance, 2e-6 + Math.Abs(mean) * 1e-7);
        Assert.All(c.InverseStd.ToArray(), v => Assert.InRange(v, 0.9f, 1.1f));
    }

    /// <summary>With an offset of 100 standard deviations the sums that came with the numbers are of no use, and it reads the numbers itself.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    public void Forward_takes_the_sums_of_a_convolution_where_they_are_exact_enough(float offset)
    {
        const int Rows = 1500, Channels = 70;
        var c = new BatchNormProblem(Rows, Channels, relu: true, residual: true, learned: true);
        foreach (ref var mean in c.RunningMean.Span) mean += offset;
        double[] runningMean = c.RunningMean.Doubles, runningVariance = c.RunningVariance.Doubles, x = c.X.Doubles;
        var moments = new ResultMoments(Channels, c.RunningMean);
        moments.Reserve(2);
        float* expected = null, sums = null;
        moments.Start(ref expected, ref sums);
        var differences = x.Select((v, i) => v - expected[i % Channels]).ToArray();
        for (var block = 0; block < 2; block++)
        {
            var (first, end) = (block * 1000 * Channels, block == 0 ? 1000 * Channels : x.Length);
            var (sum, squares) = (BatchNormProblem.ColumnSums(differences[first..end], Channels), BatchNormProblem.ColumnSums([.. differences[first..end].Select(d => d * d)], Channels));
            for (var i = 0; i < Channels; i++) (sums[2 * block * Channels + i], sums[(2 * block + 1) * Channels + i]) = ((float)sum[i], (float)squares[i]);
        }
        KernelTesting.Run(new BatchNormForwardKernel<float>(c.Forward with { Moments = moments }));
        c.CheckForward(runningMean, runningVariance);
        // It really takes them: sums of nothing say that all numbers are as expected.
        new Span<float>(sums, 4 * Channels).Clear();
        KernelTesting.Run(new BatchNormForwardKernel<float>(c.Forward with { Moments = moments }));
        Assert.Equal(new Span<float>(expected, Channels).ToArray(), c.Mean.ToArray());
    }

    [Fact]
    public void Forward_works_in_place_on_any_number_of_threads()
    {
        var c = new BatchNormProblem(3001, 48, relu: true, residual: true, learned: true);
        float[] x = c.X.ToArray(), mean = c.RunningMean.ToArray(), variance = c.RunningVariance.ToArray();
        KernelTesting.Run(new BatchNormForwardKernel<float>(c.Forward));
        var expected = c.Y.ToArray();
        c.Y = c.X;
        var kernel = new BatchNormForwardKernel<float>(c.Forward);
        KernelTesting.SameOnAnyNumberOfThreads(kernel, () => { c.X.Set(x); c.RunningMean.Set(mean); c.RunningVariance.Set(variance); },
            c.X, c.RunningMean, c.RunningVariance, c.Mean, c.InverseStd);
        Assert.Equal(expected, c.X.ToArray());
        KernelTesting.AllocatesNothing(kernel);
    }

    [Theory]
    [InlineData(6, 3)]
    [InlineData(19, 5)]
    [InlineData(4, 17)]
    public void Gradients_agree_with_differences(int rows, int channels)
    {
        foreach (var (relu, residual) in new[] { (false, false), (true, false), (true, true), (false, true) })
        {
            var c = new BatchNormProblem(rows, channels, relu, residual, learned: true);
            KernelTesting.Run(new BatchNormForwardKernel<float>(c.Forward));
            KernelTesting.Run(new BatchNormBackwardKernel<float>(c.Backward));
            var dy = c.DY.Doubles;
            double[] x = c.X.Doubles, gamma = c.Gamma!.Doubles, beta = c.Beta!.Doubles, added = c.ResidualDoubles;
            KernelTesting.Near(KernelTesting.NumericGradient(v => c.Reference(v, gamma, beta, added), x, dy, 1e-6), c.DX.ToArray(), 1e-5, 1e-4);
            KernelTesting.Near(KernelTesting.NumericGradient(v => c.Reference(x, v, beta, added), gamma, dy, 1e-6), c.DGamma.ToArray(), 1e-5, 1e-4);
            KernelTesting.Near(KernelTesting.NumericGradient(v => c.Reference(x, gamma, v, added), beta, dy, 1e-6), c.DBeta.ToArray(), 1e-5, 1e-4);
            if (residual) KernelTesting.Near(KernelTesting.NumericGradient(v => c.Reference(x, gamma, beta, v), added, dy, 1e-6), c.DResidual!.ToArray(), 1e-5);
        }
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Gradients_agree_with_the_formula_in_double_precision(int rows, int channels)
    {
        foreach (var (relu, residual) in new[] { (true, false), (true, true), (false, true) })
        {
            var c = new BatchNormProblem(rows, channels, relu, residual, learned: true);
            KernelTesting.Run(new BatchNormForwardKernel<float>(c.Forward));
            KernelTesting.Run(new BatchNormBackwardKernel<float>(c.Backward));
            c.CheckBackward();
            if (residual) continue;
            // Without the forward output, where the ReLU was open is computed again, to the same bits.
            var expected = c.DX.ToArray();
            var withoutOutput = c.Backward;
            withoutOutput.Y = null;
            withoutOutput.DX = c.DY;
            KernelTesting.Run(new BatchNormBackwardKernel<float>(withoutOutput));
            Assert.Equal(expected, c.DY.ToArray());
        }
    }

    [Fact]
    public void Backward_does_not_depend_on_threads_and_allocates_nothing()
    {
        var c = new BatchNormProblem(3001, 48, relu: true, residual: true, learned: true);
        KernelTesting.Run(new BatchNormForwardKernel<float>(c.Forward));
        var kernel = new BatchNormBackwardKernel<float>(c.Backward);
        KernelTesting.SameOnAnyNumberOfThreads(kernel, () => { }, c.DX, c.DGamma, c.DBeta, c.DResidual!);
        KernelTesting.AllocatesNothing(kernel);
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Frozen_statistics_are_used_and_are_constants_for_the_gradient(int rows, int channels)
    {
        var c = new BatchNormProblem(rows, channels, relu: true, residual: false, learned: true);
        KernelTesting.Run(new FrozenBatchNormForwardKernel<float>(c.Forward));
        double[] x = c.X.Doubles, gamma = c.Gamma!.Doubles, beta = c.Beta!.Doubles, mean = c.RunningMean.Doubles, variance = c.RunningVariance.Doubles;
        var normal = x.Select((v, i) => (v - mean[i % channels]) / Math.Sqrt(variance[i % channels] + BatchNormProblem.Epsilon)).ToArray();
        KernelTesting.Near(normal.Select((v, i) => Math.Max(0, v * gamma[i % channels] + beta[i % channels])).ToArray(), c.Y.ToArray(), 2e-6, 1e-6);
        var backward = c.Backward;
        backward.Frozen = true;
        KernelTesting.Run(new BatchNormBackwardKernel<float>(backward));
        var g = c.DY.Doubles.Select((v, i) => c.Y.Span[i] > 0 ? v : 0).ToArray();
        KernelTesting.Near(g.Select((v, i) => v * gamma[i % channels] / Math.Sqrt(variance[i % channels] + BatchNormProblem.Epsilon)).ToArray(), c.DX.ToArray(), 1e-6, 1e-6);
        KernelTesting.Near(BatchNormProblem.ColumnSums(g, channels), c.DBeta.ToArray(), 1e-4, 1e-5);
        KernelTesting.Near(BatchNormProblem.ColumnSums([.. g.Zip(normal, (a, b) => a * b)], channels), c.DGamma.ToArray(), 1e-4, 1e-5);
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void A_plain_scale_and_shift_is_applied_and_differentiated(int rows, int channels)
    {
        var c = new BatchNormProblem(rows, channels, relu: true, residual: true, learned: true);
        KernelTesting.Run(new ChannelAffineKernel(rows, channels, c.X, c.Gamma, c.Beta, c.Residual, true, c.Y));
        double[] gamma = c.Gamma!.Doubles, beta = c.Beta!.Doubles, added = c.ResidualDoubles;
        var expected = c.X.Doubles.Select((v, i) => Math.Max(0, v * gamma[i % channels] + beta[i % channels] + added[i])).ToArray();
        KernelTesting.Near(expected, c.Y.ToArray(), 1e-6, 1e-6);
        KernelTesting.Run(new ChannelAffineKernel(rows, channels, c.X, null, c.Beta, null, false, c.Y));
        KernelTesting.Near(c.X.Doubles.Select((v, i) => v + beta[i % channels]).ToArray(), c.Y.ToArray(), 1e-6, 1e-6);
    }
}
