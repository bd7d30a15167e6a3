using ResNetSharp.Cpu;

namespace ResNetSharp.Tests.Cpu;

public sealed unsafe class GroupNormKernelTests
{
    const float Epsilon = 1e-3f;

    [Theory]
    [InlineData(2, 6, 4, 2, false)]
    [InlineData(3, 5, 6, 3, true)]
    [InlineData(1, 9, 5, 1, true)]
    [InlineData(2, 4, 3, 3, false)]
    [InlineData(2, 1, 34, 17, true)]
    public void Agrees_with_the_definition_and_with_differences(int batch, int positions, int channels, int groups, bool relu)
    {
        var n = batch * positions * channels;
        Numbers x = Numbers.Normal(n, 1, 1, 2), y = new(n), dy = Numbers.Normal(n, 2), dx = new(n), mean = new(batch * groups), inverse = new(batch * groups);
        Numbers gamma = Numbers.Normal(channels, 3, 1, 0.3), beta = Numbers.Normal(channels, 4), dgamma = new(channels), dbeta = new(channels);
        var o = new GroupNorm<float>(batch, positions, channels, groups, Epsilon)
        {
            Relu = relu,
            X = x,
            Y = y,
            Gamma = gamma,
            Beta = beta,
            Mean = mean,
            InverseStd = inverse,
            DY = dy,
            DX = dx,
            DGamma = dgamma,
            DBeta = dbeta,
        };
        KernelTesting.Run(new GroupNormForwardKernel<float>(o));
        double[] Reference(double[] v, double[] g, double[] b)
        {
            var result = new double[n];
            for (var image = 0; image < batch; image++)
                for (var group = 0; group < groups; group++)
                {
                    var members = Enumerable.Range(image * positions * channels, positions * channels).Where(i => i % channels / (channels / groups) == group).ToArray();
                    var m = members.Average(i => v[i]);
                    var variance = members.Average(i => (v[i] - m) * (v[i] - m));
                    foreach (var i in members) result[i] = (v[i] - m) / Math.Sqrt(variance + Epsilon) * g[i % channels] + b[i % channels];
                }
            return relu ? [.. result.Select(r => Math.Max(0, r))] : result;
        }
        KernelTesting.Near(Reference(x.Doubles, gamma.Doubles, beta.Doubles), y.ToArray(), 4e-6);
        foreach (var withOutput in new[] { true, false })
        {
            if (!withOutput) o.Y = null;
            KernelTesting.Run(new GroupNormBackwardKernel<float>(o));
            KernelTesting.Near(KernelTesting.NumericGradient(v => Reference(v, gamma.Doubles, beta.Doubles), x.Doubles, dy.Doubles), dx.ToArray(), 2e-5, 1e-4);
            KernelTesting.Near(KernelTesting.NumericGradient(v => Reference(x.Doubles, v, beta.Doubles), gamma.Doubles, dy.Doubles), dgamma.ToArray(), 1e-5, 1e-4);
            KernelTesting.Near(KernelTesting.NumericGradient(v => Reference(x.Doubles, gamma.Doubles, v), beta.Doubles, dy.Doubles), dbeta.ToArray(), 1e-5, 1e-4);
        }
    }

    [Fact]
    public void Results_do_not_depend_on_threads_and_nothing_is_allocated()
    {
        const int N = 3 * 900 * 64;
        Numbers x = Numbers.Normal(N, 1), y = new(N), dy = Numbers.Normal(N, 2), dx = new(N), mean = new(3 * 32), inverse = new(3 * 32), dgamma = new(64), dbeta = new(64);
        var o = new GroupNorm<float>(3, 900, 64, 32, Epsilon)
        {
            Relu = true,
            X = x,
            Y = y,
            Mean = mean,
            InverseStd = inverse,
            DY = dy,
            DX = dx,
            DGamma = dgamma,
            DBeta = dbeta,
        };
        var forward = new GroupNormForwardKernel<float>(o);
        var backward = new GroupNormBackwardKernel<float>(o);
        KernelTesting.SameOnAnyNumberOfThreads(forward, () => { }, y, mean, inverse);
        KernelTesting.SameOnAnyNumberOfThreads(backward, () => { }, dx, dgamma, dbeta);
        KernelTesting.AllocatesNothing(forward);
        KernelTesting.AllocatesNothing(backward);
    }
}
