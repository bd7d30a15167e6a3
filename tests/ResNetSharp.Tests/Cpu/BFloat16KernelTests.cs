using ResNetSharp.Cpu;

namespace ResNetSharp.Tests.Cpu;

/// <summary>
/// Kernels on bfloat16 compute what their 32-bit twins, which are tested against definitions in double precision, compute from the same
/// numbers: sums and statistics to the bit, images rounded once at the end.
/// </summary>
public sealed unsafe class BFloat16KernelTests
{
    public static TheoryData<int, int> Sizes => BatchNormKernelTests.Sizes;

    public static TheoryData<int> Geometries => PoolKernelTests.Indices;

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Batch_normalization_in_training(int rows, int channels)
    {
        foreach (var (relu, residual) in new[] { (false, false), (true, false), (true, true), (false, true) })
        {
            var c = new BatchNormProblem(rows, channels, relu, residual, learned: true);
            Elements x = Elements.Rounded(c.X), dy = Elements.Rounded(c.DY), y = new(rows * channels), dx = new(rows * channels);
            var (added, addedGradient) = residual ? (Elements.Rounded(c.Residual!), new Elements(rows * channels)) : (null, null);
            var n = new BatchNormProblem(rows, channels, relu, residual, learned: true);
            KernelTesting.Run(new BatchNormForwardKernel<float>(c.Forward));
            KernelTesting.Run(new BatchNormForwardKernel<ushort>(Forward(n, c.Forward, x, added, y)));
            y.AreRounded(c.Y, "y");
            Same(c.Mean, n.Mean);
            Same(c.InverseStd, n.InverseStd);
            Same(c.RunningMean, n.RunningMean);
            Same(c.RunningVariance, n.RunningVariance);
            KernelTesting.Run(new BatchNormBackwardKernel<float>(c.Backward));
            KernelTesting.Run(new BatchNormBackwardKernel<ushort>(Backward(n, c.Backward, x, residual ? y : null, dy, dx, addedGradient)));
            dx.AreRounded(c.DX, "dx");
            Same(c.DGamma, n.DGamma);
            Same(c.DBeta, n.DBeta);
            addedGradient?.AreRounded(c.DResidual!, "gradient of the residual");
        }
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Batch_normalization_with_stored_statistics(int rows, int channels)
    {
        var c = new BatchNormProblem(rows, channels, relu: true, residual: false, learned: true);
        Elements x = Elements.Rounded(c.X), y = new(rows * channels);
        KernelTesting.Run(new FrozenBatchNormForwardKernel<float>(c.Forward));
        KernelTesting.Run(new FrozenBatchNormForwardKernel<ushort>(Forward(c, c.Forward, x, null, y)));
        y.AreRounded(c.Y, "y");
    }

    [Fact]
    public void Batch_normalization_in_place_does_not_depend_on_threads_and_allocates_nothing()
    {
        const int Count = 3001 * 48;
        var c = new BatchNormProblem(3001, 48, relu: true, residual: false, learned: true);
        Elements x = Elements.Rounded(c.X), y = new(Count), dy = Elements.Rounded(c.DY);
        var forward = new BatchNormForwardKernel<ushort>(Forward(c, c.Forward, x, null, y));
        KernelTesting.SameOnAnyNumberOfThreads(forward, () => c.RunningMean.Span.Clear(), c.Mean, c.InverseStd, c.RunningMean);
        KernelTesting.AllocatesNothing(forward);
        var gradient = dy.Span.ToArray();
        var backward = new BatchNormBackwardKernel<ushort>(Backward(c, c.Backward, x, null, dy, dy, null));
        KernelTesting.SameOnAnyNumberOfThreads(backward, () => gradient.CopyTo(dy.Span), c.DGamma, c.DBeta);
        KernelTesting.AllocatesNothing(backward);
    }

    [Fact]
    public void Group_normalization()
    {
        const int Batch = 3, Positions = 45, Channels = 24, Count = Batch * Positions * Channels;
        Numbers x = Numbers.Normal(Count, 1, 0.5, 2), y = new(Count), dy = Numbers.Normal(Count, 2), dx = new(Count);
        Numbers gamma = Numbers.Normal(Channels, 3, 1, 0.3), beta = Numbers.Normal(Channels, 4), mean = new(Batch * 4), inverse = new(Batch * 4);
        Elements x16 = Elements.Rounded(x), y16 = new(Count), dy16 = Elements.Rounded(dy), dx16 = new(Count);
        var wide = new GroupNorm<float>(Batch, Positions, Channels, 4, 1e-5f) { Relu = true, X = x, Y = y, Gamma = gamma, Beta = beta, Mean = mean, InverseStd = inverse };
        var narrow = new GroupNorm<ushort>(Batch, Positions, Channels, 4, 1e-5f) { Relu = true, X = x16, Y = y16, Gamma = gamma, Beta = beta, Mean = mean, InverseStd = inverse };
        KernelTesting.Run(new GroupNormForwardKernel<float>(wide));
        KernelTesting.Run(new GroupNormForwardKernel<ushort>(narrow));
        y16.AreRounded(y, "y");
        KernelTesting.Run(new GroupNormBackwardKernel<float>(wide with { Y = null, DY = dy, DX = dx }));
        KernelTesting.Run(new GroupNormBackwardKernel<ushort>(narrow with { Y = null, DY = dy16, DX = dx16 }));
        dx16.AreRounded(dx, "dx");
    }

    [Theory]
    [MemberData(nameof(Geometries))]
    public void Poolings(int index)
    {
        var g = PoolKernelTests.Geometries[index];
        var (inside, outside) = (g.Batch * g.InHeight * g.InWidth * g.Channels, g.Batch * g.OutHeight * g.OutWidth * g.Channels);
        Numbers x = Numbers.Normal(inside, 1), y = new(outside), dy = Numbers.Normal(outside, 2), dx = new(inside);
        Elements x16 = Elements.Rounded(x), y16 = new(outside), dy16 = Elements.Rounded(dy), dx16 = new(inside);
        KernelTesting.Run(new AveragePoolKernel<float, float>(g, x, y));
        KernelTesting.Run(new AveragePoolKernel<ushort, ushort>(g, x16, y16));
        y16.AreRounded(y, "average");
        KernelTesting.Run(new AveragePoolGradientKernel<float>(g, dy, dx));
        KernelTesting.Run(new AveragePoolGradientKernel<ushort>(g, dy16, dx16));
        dx16.AreRounded(dx, "gradient of the average");
        KernelTesting.Run(new MaxPoolKernel<float>(g, x, y));
        KernelTesting.Run(new MaxPoolKernel<ushort>(g, x16, y16));
        y16.AreRounded(y, "maximum");
        KernelTesting.Run(new MaxPoolGradientKernel<float>(g, x, y, dy, dx));
        KernelTesting.Run(new MaxPoolGradientKernel<ushort>(g, x16, y16, dy16, dx16));
        dx16.AreRounded(dx, "gradient of the maximum");
    }

    [Theory]
    [MemberData(nameof(Geometries))]
    public void The_largest_of_equal_and_special_elements(int index)
    {
        var g = PoolKernelTests.Geometries[index];
        var (inside, outside) = (g.Batch * g.InHeight * g.InWidth * g.Channels, g.Batch * g.OutHeight * g.OutWidth * g.Channels);
        float[] values = [float.NaN, -float.NaN, float.NegativeInfinity, float.PositiveInfinity, 0, -0f, 1, -1, 1e-40f, -1e-40f, -2, -2, -2, -2, -2, -2];
        var random = new Random(index);
        Numbers x = new(inside), y = new(outside), dy = Numbers.Normal(outside, 2), dx = new(inside);
        foreach (ref var value in x.Span) value = values[random.Next(values.Length)];
        Elements x16 = Elements.Rounded(x), y16 = new(outside), dy16 = Elements.Rounded(dy), dx16 = new(inside);
        KernelTesting.Run(new MaxPoolKernel<float>(g, x, y));
        KernelTesting.Run(new MaxPoolKernel<ushort>(g, x16, y16));
        Assert.Equal(y.ToArray(), y16.Span.ToArray().Select(BFloat16.ToFloat));
        KernelTesting.Run(new MaxPoolGradientKernel<float>(g, x, y, dy, dx));
        KernelTesting.Run(new MaxPoolGradientKernel<ushort>(g, x16, y16, dy16, dx16));
        dx16.AreRounded(dx, "gradient");
    }

    [Fact]
    public void Maximum_does_not_depend_on_threads_and_allocates_nothing()
    {
        var g = PoolKernelTests.Geometries[8];
        var (inside, outside) = (g.Batch * g.InHeight * g.InWidth * g.Channels, g.Batch * g.OutHeight * g.OutWidth * g.Channels);
        Elements x = Elements.Rounded(Numbers.Normal(inside, 1)), dy = Elements.Rounded(Numbers.Normal(outside, 2));
        Numbers y = new((outside + 1) / 2), dx = new((inside + 1) / 2);
        Kernel[] kernels = [new MaxPoolKernel<ushort>(g, x, (ushort*)y.Pointer), new MaxPoolGradientKernel<ushort>(g, x, (ushort*)y.Pointer, dy, (ushort*)dx.Pointer)];
        foreach (var kernel in kernels)
        {
            KernelTesting.SameOnAnyNumberOfThreads(kernel, () => { }, y, dx);
            KernelTesting.AllocatesNothing(kernel);
        }
    }

    [Fact]
    public void Global_average_reads_bfloat16_and_gives_32_bits()
    {
        const int Batch = 3, Positions = 49, Channels = 37;
        Numbers x = Numbers.Normal(Batch * Positions * Channels, 1), y = new(Batch * Channels), narrow = new(Batch * Channels), dx = new(Batch * Positions * Channels);
        var x16 = Elements.Rounded(x);
        var dx16 = new Elements(Batch * Positions * Channels);
        var g = new PoolGeometry(Batch, 7, 7, Channels, 7, 7, 1, 1, 0, 0, 0, 0);
        KernelTesting.Run(new AveragePoolKernel<float, float>(g, x, y));
        KernelTesting.Run(new AveragePoolKernel<ushort, float>(g, x16, narrow));
        Same(y, narrow);
        KernelTesting.Run(new GlobalAveragePoolGradientKernel<float, float>(Batch, Positions, Channels, y, dx));
        KernelTesting.Run(new GlobalAveragePoolGradientKernel<float, ushort>(Batch, Positions, Channels, y, dx16));
        dx16.AreRounded(dx, "gradient");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(31)]
    [InlineData(70_001)]
    public void Functions_of_one_and_two_elements(int n)
    {
        Numbers a = Numbers.Normal(n, 1), b = Numbers.Normal(n, 2), y = new(n);
        Elements a16 = Elements.Rounded(a), b16 = Elements.Rounded(b), y16 = new(n);
        foreach (var f in new[] { BinaryFunction.Add, BinaryFunction.Multiply, BinaryFunction.Subtract, BinaryFunction.Divide, BinaryFunction.Maximum })
        {
            KernelTesting.Run(new BinaryKernel<float>(f, new Shape(n), new Shape(n), a, b, y));
            KernelTesting.Run(new BinaryKernel<ushort>(f, new Shape(n), new Shape(n), a16, b16, y16));
            y16.AreRounded(y, f.ToString());
        }
        foreach (var f in new[] { UnaryFunction.Relu, UnaryFunction.Sigmoid, UnaryFunction.Silu, UnaryFunction.Negate })
        {
            KernelTesting.Run(new UnaryKernel<float>(f, 0, a, y, n));
            KernelTesting.Run(new UnaryKernel<ushort>(f, 0, a16, y16, n));
            y16.AreRounded(y, f.ToString());
            // The gradient reads what the forward pass wrote, so both get the same.
            y = Copy(y);
            var value = Elements.Rounded(y);
            Numbers dx = new(n);
            Elements dx16 = new(n);
            KernelTesting.Run(new UnaryGradientKernel<float>(f, 0, a, y, b, dx, n));
            KernelTesting.Run(new UnaryGradientKernel<ushort>(f, 0, a16, value, b16, dx16, n));
            dx16.AreRounded(dx, $"gradient of {f}");
        }
        var seed = 5UL;
        KernelTesting.Run(new DropoutKernel<float>(0.4f, &seed, a, y, n));
        KernelTesting.Run(new DropoutKernel<ushort>(0.4f, &seed, a16, y16, n));
        y16.AreRounded(y, "dropout");
    }

    [Fact]
    public void Channels_are_multiplied_by_a_number_each()
    {
        Shape images = new(2, 5, 5, 19), channels = new(2, 1, 1, 19);
        Numbers a = Numbers.Normal(2 * 25 * 19, 1), b = Numbers.Normal(2 * 19, 2), y = new(2 * 25 * 19);
        Elements a16 = Elements.Rounded(a), b16 = Elements.Rounded(b), y16 = new(2 * 25 * 19);
        KernelTesting.Run(new BinaryKernel<float>(BinaryFunction.Multiply, images, channels, a, b, y));
        KernelTesting.Run(new BinaryKernel<ushort>(BinaryFunction.Multiply, images, channels, a16, b16, y16));
        y16.AreRounded(y, "product");
    }

    [Fact]
    public void Padding_copying_and_filling()
    {
        int[] extents = [2, 5, 7, 3], before = [0, 1, 2, 0], after = [0, 2, 1, 1];
        Numbers x = Numbers.Normal(210, 1), y = new(2 * 8 * 10 * 4), turned = new(210);
        Elements x16 = Elements.Rounded(x), y16 = new(2 * 8 * 10 * 4), turned16 = new(210);
        KernelTesting.Run(new PadKernel<float>(extents, before, after, -1.5f, x, y));
        KernelTesting.Run(new PadKernel<ushort>(extents, before, after, -1.5f, x16, y16));
        y16.AreRounded(y, "padded");
        KernelTesting.Run(new StridedCopyKernel<float>([15, 14], x, [1, 15], turned, [14, 1]));
        KernelTesting.Run(new StridedCopyKernel<ushort>([15, 14], x16, [1, 15], turned16, [14, 1]));
        turned16.AreRounded(turned, "turned");
        KernelTesting.Run(new FillKernel<float>(turned, 3, 210));
        KernelTesting.Run(new FillKernel<ushort>(turned16, 3, 210));
        turned16.AreRounded(turned, "filled");
    }

    static BatchNormForward<ushort> Forward(BatchNormProblem statistics, in BatchNormForward<float> like, Elements x, Elements? residual, Elements y) =>
        new(like.Rows, like.Channels, like.Epsilon)
        {
            Momentum = like.Momentum,
            UnbiasedRunningVariance = like.UnbiasedRunningVariance,
            Relu = like.Relu,
            X = x,
            Y = y,
            Residual = residual,
            Gamma = statistics.Gamma,
            Beta = statistics.Beta,
            SavedMean = statistics.Mean,
            SavedInverseStd = statistics.InverseStd,
            RunningMean = statistics.RunningMean,
            RunningVariance = statistics.RunningVariance,
        };

    static BatchNormBackward<ushort> Backward(
        BatchNormProblem statistics, in BatchNormBackward<float> like, Elements x, Elements? y, Elements dy, Elements dx, Elements? residual) =>
        new(like.Rows, like.Channels)
        {
            Relu = like.Relu,
            X = x,
            Y = y,
            DY = dy,
            DX = dx,
            DResidual = residual,
            Gamma = statistics.Gamma,
            Beta = statistics.Beta,
            Mean = statistics.Mean,
            InverseStd = statistics.InverseStd,
            DGamma = statistics.DGamma,
            DBeta = statistics.DBeta,
        };

    static Numbers Copy(Numbers numbers) => new(numbers.ToArray());

    static void Same(Numbers expected, Numbers actual) =>
        Assert.Equal(expected.ToArray().Select(BitConverter.SingleToUInt32Bits), actual.ToArray().Select(BitConverter.SingleToUInt32Bits));
}
