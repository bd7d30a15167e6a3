using ResNetSharp.Cpu;

namespace ResNetSharp.Tests.Cpu;

/// <summary>A batch normalisation problem and its solution in double precision.</summary>
sealed unsafe class BatchNormProblem
{
    public const float Epsilon = 1e-3f;
    const float Momentum = 0.9f;

    readonly int rows;
    readonly int channels;
    readonly bool relu;

    public BatchNormProblem(int rows, int channels, bool relu, bool residual, bool learned)
    {
        (this.rows, this.channels, this.relu) = (rows, channels, relu);
        X = Numbers.Normal(rows * channels, 1, 0.5, 2);
        Y = new Numbers(rows * channels);
        DY = Numbers.Normal(rows * channels, 2);
        DX = new Numbers(rows * channels);
        Residual = residual ? Numbers.Normal(rows * channels, 3) : null;
        DResidual = residual ? new Numbers(rows * channels) : null;
        Gamma = learned ? Numbers.Normal(channels, 4, 1, 0.3) : null;
        Beta = learned ? Numbers.Normal(channels, 5, 0, 0.3) : null;
        RunningMean = Numbers.Normal(channels, 6);
        RunningVariance = Numbers.Normal(channels, 7, 2, 0.1);
        (Mean, InverseStd, DGamma, DBeta) = (new Numbers(channels), new Numbers(channels), new Numbers(channels), new Numbers(channels));
    }

    public Numbers X { get; set; }
    public Numbers Y { get; set; }
    public Numbers DY { get; }
    public Numbers DX { get; }
    public Numbers? Residual { get; }
    public Numbers? DResidual { get; }
    public Numbers? Gamma { get; }
    public Numbers? Beta { get; }
    public Numbers RunningMean { get; }
    public Numbers RunningVariance { get; }
    public Numbers Mean { get; }
    public Numbers InverseStd { get; }
    public Numbers DGamma { get; }
    public Numbers DBeta { get; }
    public bool Unbiased { get; set; }

    public BatchNormForward<float> Forward => new(rows, channels, Epsilon)
    {
        Momentum = Momentum,
        UnbiasedRunningVariance = Unbiased,
        Relu = relu,
        X = X,
        Y = Y,
        Residual = Residual,
        Gamma = Gamma,
        Beta = Beta,
        SavedMean = Mean,
        SavedInverseStd = InverseStd,
        RunningMean = RunningMean,
        RunningVariance = RunningVariance,
    };

    public BatchNormBackward<float> Backward => new(rows, channels)
    {
        Relu = relu,
        X = X,
        Y = Y,
        DY = DY,
        DX = DX,
        DResidual = DResidual,
        Gamma = Gamma,
        Beta = Beta,
        Mean = Mean,
        InverseStd = InverseStd,
        DGamma = DGamma,
        DBeta = DBeta,
    };

    public double[] ResidualDoubles => Residual?.Doubles ?? new double[rows * channels];

    public static double[] ColumnSums(double[] values, int channels)
    {
        var sums = new double[channels];
        for (var i = 0; i < values.Length; i++) sums[i % channels] += values[i];
        return sums;
    }

    public double[] Reference(double[] x, double[] gamma, double[] beta, double[] residual)
    {
        var (mean, variance) = Statistics(x);
        return [.. x.Select((v, i) =>
        {
            var c = i % channels;
            var y = (v - mean[c]) / Math.Sqrt(variance[c] + Epsilon) * gamma[c] + beta[c] + residual[i];
            return relu ? Math.Max(0, y) : y;
        })];
    }

    public void CheckForward(double[] runningMean, double[] runningVariance, double tolerance = 4e-6)
    {
        var x = X.Doubles;
        var (mean, variance) = Statistics(x);
        double[] gamma = Gamma?.Doubles ?? Ones(), beta = Beta?.Doubles ?? new double[channels];
        KernelTesting.Near(Reference(x, gamma, beta, ResidualDoubles), Y.ToArray(), tolerance, 1e-6);
        KernelTesting.Near(mean, Mean.ToArray(), 5e-7, 1e-6);
        KernelTesting.Near(variance.Select(v => 1 / Math.Sqrt(v + Epsilon)).ToArray(), InverseStd.ToArray(), 0, 2e-6);
        KernelTesting.Near(mean.Select((v, c) => 0.9 * runningMean[c] + 0.1 * v).ToArray(), RunningMean.ToArray(), 1e-6, 1e-6);
        var correction = Unbiased && rows > 1 ? rows / (rows - 1.0) : 1;
        KernelTesting.Near(variance.Select((v, c) => 0.9 * runningVariance[c] + 0.1 * v * correction).ToArray(), RunningVariance.ToArray(), 1e-6, 2e-6);
    }

    public void CheckBackward()
    {
        double[] x = X.Doubles, gamma = Gamma!.Doubles;
        var (mean, variance) = Statistics(x);
        var g = DY.Doubles.Select((v, i) => !relu || Y.Span[i] > 0 ? v : 0).ToArray();
        var normal = x.Select((v, i) => (v - mean[i % channels]) / Math.Sqrt(variance[i % channels] + Epsilon)).ToArray();
        var dbeta = ColumnSums(g, channels);
        var dgamma = ColumnSums([.. g.Zip(normal, (a, b) => a * b)], channels);
        var dx = g.Select((v, i) =>
        {
            var c = i % channels;
            return gamma[c] / Math.Sqrt(variance[c] + Epsilon) * (v - dbeta[c] / rows - normal[i] * dgamma[c] / rows);
        }).ToArray();
        var scale = Math.Sqrt(rows);
        KernelTesting.Near(dx, DX.ToArray(), 1e-5 / Math.Sqrt(Epsilon), 1e-5);
        KernelTesting.Near(dbeta, DBeta.ToArray(), 1e-6 * scale, 1e-5);
        KernelTesting.Near(dgamma, DGamma.ToArray(), 2e-6 * scale, 1e-5);
        if (DResidual is not null) KernelTesting.Near(g, DResidual.ToArray(), 0);
    }

    double[] Ones() => [.. Enumerable.Repeat(1.0, channels)];

    (double[] Mean, double[] Variance) Statistics(double[] x)
    {
        var mean = ColumnSums(x, channels).Select(s => s / rows).ToArray();
        var variance = ColumnSums([.. x.Select((v, i) => (v - mean[i % channels]) * (v - mean[i % channels]))], channels).Select(s => s / rows).ToArray();
        return (mean, variance);
    }
}
