using ResNetSharp.Cpu;

namespace ResNetSharp.Tests.Cpu;

public sealed unsafe class UnaryKernelTests
{
    public static TheoryData<string> Functions => [.. Enum.GetNames<UnaryFunction>()];

    [Theory]
    [MemberData(nameof(Functions))]
    public void Values_are_right_to_a_few_roundings(string name)
    {
        var f = Enum.Parse<UnaryFunction>(name);
        var (x, parameter) = (Arguments(f, 20_003), Parameter(f));
        var y = new Numbers(x.Span.Length);
        KernelTesting.Run(new UnaryKernel<float>(f, parameter, x, y, x.Span.Length));
        var expected = x.Doubles.Select(v => Value(f, v, parameter)).ToArray();
        // The tail of GeluTanh is the exponential of a rounded polynomial far from 0.
        var (absolute, relative) = f is UnaryFunction.GeluTanh ? (1e-12, 2e-6) : (1e-37, 6e-7);
        KernelTesting.Near(expected, y.ToArray(), absolute, relative);
    }

    [Theory]
    [MemberData(nameof(Functions))]
    public void Gradients_agree_with_differences(string name)
    {
        var f = Enum.Parse<UnaryFunction>(name);
        var parameter = Parameter(f);
        var x = Arguments(f, 1003, 4);
        foreach (ref var v in x.Span)
            foreach (var kink in new[] { -3f, 0, 3, 6 })
                if (Math.Abs(v - kink) < 0.01) v += 0.05f;
        var n = x.Span.Length;
        Numbers y = new(n), dy = Numbers.Normal(n, 2), dx = new(n);
        KernelTesting.Run(new UnaryKernel<float>(f, parameter, x, y, n));
        KernelTesting.Run(new UnaryGradientKernel<float>(f, parameter, x, y, dy, dx, n));
        const double Step = 1e-5;
        var expected = x.Doubles.Zip(dy.Doubles, (v, g) => g * (Value(f, v + Step, parameter) - Value(f, v - Step, parameter)) / (2 * Step));
        KernelTesting.Near(expected.ToArray(), dx.ToArray(), 2e-6, 2e-5);
    }

    [Theory]
    [MemberData(nameof(Functions))]
    public void Works_in_place_and_needs_only_the_tensor_it_names(string name)
    {
        var f = Enum.Parse<UnaryFunction>(name);
        foreach (var n in new[] { 1, 3, 7, 8, 33, 1000 })
        {
            var x = Arguments(f, n);
            Numbers y = new(n), dy = Numbers.Normal(n, 3), dx = new(n);
            var x2 = new Numbers(x.ToArray());
            KernelTesting.Run(new UnaryKernel<float>(f, 0.5f, x, y, n));
            KernelTesting.Run(new UnaryKernel<float>(f, 0.5f, x2, x2, n));
            Assert.Equal(y.ToArray(), x2.ToArray());
            KernelTesting.Run(new UnaryGradientKernel<float>(f, 0.5f, x, y, dy, dx, n));
            var input = UnaryGradientKernel<float>.NeedsInput(f);
            KernelTesting.Run(new UnaryGradientKernel<float>(f, 0.5f, input ? x : null, input ? null : y, dy, dy, n));
            Assert.Equal(dx.ToArray(), dy.ToArray());
        }
    }

    [Fact]
    public void Results_do_not_depend_on_threads_and_nothing_is_allocated()
    {
        const int N = 200_001;
        Numbers x = Numbers.Normal(N, 4), y = new(N);
        var kernel = new UnaryKernel<float>(UnaryFunction.Silu, 0, x, y, N);
        KernelTesting.SameOnAnyNumberOfThreads(kernel, () => y.Span.Clear(), y);
        KernelTesting.AllocatesNothing(kernel);
    }

    [Theory]
    [InlineData(UnaryFunction.Relu, float.NaN, float.NaN)]
    [InlineData(UnaryFunction.Exp, float.NaN, float.NaN)]
    [InlineData(UnaryFunction.Exp, float.PositiveInfinity, float.PositiveInfinity)]
    [InlineData(UnaryFunction.Exp, float.NegativeInfinity, 0)]
    [InlineData(UnaryFunction.Exp, 88.8f, float.PositiveInfinity)]
    [InlineData(UnaryFunction.Log, 0, float.NegativeInfinity)]
    [InlineData(UnaryFunction.Log, -1, float.NaN)]
    [InlineData(UnaryFunction.Log, float.NaN, float.NaN)]
    [InlineData(UnaryFunction.Log, float.PositiveInfinity, float.PositiveInfinity)]
    [InlineData(UnaryFunction.Log, 1e-45f, -103.278930f)]
    [InlineData(UnaryFunction.Sigmoid, float.NegativeInfinity, 0)]
    [InlineData(UnaryFunction.Sigmoid, float.PositiveInfinity, 1)]
    [InlineData(UnaryFunction.Tanh, float.NegativeInfinity, -1)]
    [InlineData(UnaryFunction.Tanh, float.NaN, float.NaN)]
    [InlineData(UnaryFunction.Softplus, float.PositiveInfinity, float.PositiveInfinity)]
    [InlineData(UnaryFunction.Elu, float.NegativeInfinity, -0.5f)]
    [InlineData(UnaryFunction.Erf, float.NegativeInfinity, -1)]
    [InlineData(UnaryFunction.Erf, float.NaN, float.NaN)]
    [InlineData(UnaryFunction.Erf, 1e-20f, 1.12837917e-20f)]
    [InlineData(UnaryFunction.Gelu, 1000, 1000)]
    [InlineData(UnaryFunction.Gelu, -1000, 0)]
    internal void Limits_and_NaN_come_out_as_they_should(UnaryFunction f, float x, float expected)
    {
        Numbers input = new(x, x, x), output = new(3);
        KernelTesting.Run(new UnaryKernel<float>(f, 0.5f, input, output, 3));
        Assert.All(output.ToArray(), y => Assert.Equal(expected, y, Math.Abs(expected) > 1 && float.IsFinite(expected) ? 1e-5f : 1e-30f));
    }

    static float Parameter(UnaryFunction f) => f == UnaryFunction.LeakyRelu ? 0.1f : 0.8f;

    static Numbers Arguments(UnaryFunction f, int n, double range = 12)
    {
        var random = new RandomSource(1);
        var x = new Numbers(n);
        foreach (ref var v in x.Span) v = (float)((2 * random.NextDouble() - 1) * range);
        if (f is UnaryFunction.Exp && range > 10)
            foreach (ref var v in x.Span) v *= 7;
        if (f is UnaryFunction.Log or UnaryFunction.Sqrt)
            foreach (ref var v in x.Span) v = MathF.Exp(v / 2);
        if (f is UnaryFunction.Reciprocal)
            foreach (ref var v in x.Span) v = MathF.CopySign(MathF.Exp(v / 4), v);
        return x;
    }

    static double Value(UnaryFunction f, double x, double parameter) => f switch
    {
        UnaryFunction.Relu => Math.Max(x, 0),
        UnaryFunction.Relu6 => Math.Clamp(x, 0, 6),
        UnaryFunction.LeakyRelu => x > 0 ? x : (float)parameter * x,
        UnaryFunction.Elu => x > 0 ? x : (float)parameter * ExpM1(x),
        UnaryFunction.Selu => 1.0507009873554805 * (x > 0 ? x : 1.6732632423543772 * ExpM1(x)),
        UnaryFunction.Gelu => x * Normal(x),
        UnaryFunction.GeluTanh => x / (1 + Math.Exp(-2 * Math.Sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x))),
        UnaryFunction.Erf => 2 * Normal(Math.Sqrt(2) * x) - 1,
        UnaryFunction.Sigmoid => 1 / (1 + Math.Exp(-x)),
        UnaryFunction.Tanh => Math.Tanh(x),
        UnaryFunction.Silu => x / (1 + Math.Exp(-x)),
        UnaryFunction.Softplus => Math.Log(1 + Math.Exp(x)),
        UnaryFunction.HardSigmoid => Math.Clamp(x + 3, 0, 6) / 6,
        UnaryFunction.HardSwish => x * Math.Clamp(x + 3, 0, 6) / 6,
        UnaryFunction.Exp => Math.Exp(x),
        UnaryFunction.Log => Math.Log(x),
        UnaryFunction.Sqrt => Math.Sqrt(x),
        UnaryFunction.Square => x * x,
        UnaryFunction.Abs => Math.Abs(x),
        UnaryFunction.Negate => -x,
        UnaryFunction.Reciprocal => 1 / x,
        _ => throw new ArgumentOutOfRangeException(nameof(f)),
    };

    static double ExpM1(double x) => Math.Abs(x) < 1e-3 ? x * (1 + x / 2 * (1 + x / 3 * (1 + x / 4))) : Math.Exp(x) - 1;

    /// <summary>The normal distribution function: a Taylor series near 0, a continued fraction in the tails.</summary>
    static double Normal(double x)
    {
        if (x > 0) return 1 - Normal(-x);
        var z = -x / Math.Sqrt(2);
        if (z < 2.5)
        {
            double sum = 0, term = z;
            for (var k = 0; k < 200; term *= -z * z / ++k) sum += term / (2 * k + 1);
            return 0.5 - sum / Math.Sqrt(Math.PI);
        }
        double fraction = 0;
        for (var k = 200; k >= 1; k--) fraction = k / 2.0 / (z + fraction);
        return Math.Exp(-z * z) / Math.Sqrt(Math.PI) / (z + fraction) / 2;
    }
}
