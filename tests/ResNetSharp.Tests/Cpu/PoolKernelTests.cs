using ResNetSharp.Cpu;

namespace ResNetSharp.Tests.Cpu;

public sealed unsafe class PoolKernelTests
{
    internal static readonly PoolGeometry[] Geometries =
    [
        new(2, 7, 9, 3, 3, 3, 2, 2, 1, 1, 1, 1),
        new(2, 8, 8, 16, 3, 3, 2, 2, 0, 1, 0, 1),
        new(1, 6, 5, 17, 2, 2, 2, 2, 0, 0, 0, 0),
        new(3, 5, 5, 33, 3, 3, 1, 1, 1, 1, 1, 1, CountIncludePad: true),
        new(1, 7, 7, 5, 2, 3, 3, 2, 0, 0, 1, 1) { ExcessBottom = 2, ExcessRight = 1 },
        new(1, 5, 5, 8, 3, 3, 2, 2, 1, 1, 1, 1, CountIncludePad: true) { ExcessBottom = 1, ExcessRight = 1 },
        new(2, 4, 4, 1, 1, 1, 2, 2, 0, 0, 0, 0),
        new(1, 2, 3, 4, 5, 5, 1, 1, 2, 2, 2, 2),
        new(1, 40, 40, 130, 3, 3, 1, 1, 1, 1, 1, 1),
        new(1, 3, 3, 2, 2, 2, 2, 2, 3, 3, 3, 3),
    ];

    public static TheoryData<int> Indices => [.. Enumerable.Range(0, Geometries.Length)];

    [Theory]
    [MemberData(nameof(Indices))]
    public void Maximum_and_its_gradient_agree_with_the_definition(int index)
    {
        var g = Geometries[index];
        // Coarse values, so that there are ties.
        Numbers x = Coarse(InSize(g)), y = new(OutSize(g)), dy = Numbers.Normal(OutSize(g), 2), dx = Numbers.Normal(InSize(g), 3);
        KernelTesting.Run(new MaxPoolKernel<float>(g, x, y));
        KernelTesting.Run(new MaxPoolGradientKernel<float>(g, x, y, dy, dx));
        var gradient = new double[InSize(g)];
        var expected = new double[OutSize(g)];
        for (var o = 0; o < expected.Length; o++)
        {
            expected[o] = double.NegativeInfinity;
            var best = -1;
            foreach (var i in Window(g, o))
                if (x.Span[i] > expected[o])
                {
                    expected[o] = x.Span[i];
                    best = i;
                }
            if (best >= 0) gradient[best] += dy.Span[o];
        }
        KernelTesting.Near(expected, y.ToArray(), 0);
        KernelTesting.Near(gradient, dx.ToArray(), 1e-6, 5e-7);
    }

    [Theory]
    [MemberData(nameof(Indices))]
    public void Average_and_its_gradient_agree_with_the_definition(int index)
    {
        var g = Geometries[index];
        Numbers x = Numbers.Normal(InSize(g), 1), y = new(OutSize(g)), dy = Numbers.Normal(OutSize(g), 2), dx = Numbers.Normal(InSize(g), 3);
        KernelTesting.Run(new AveragePoolKernel<float, float>(g, x, y));
        KernelTesting.Run(new AveragePoolGradientKernel<float>(g, dy, dx));
        var gradient = new double[InSize(g)];
        var expected = new double[OutSize(g)];
        for (var o = 0; o < expected.Length; o++)
        {
            var pixels = Window(g, o).ToList();
            var count = g.CountIncludePad ? PaddedCount(g, o) : pixels.Count;
            foreach (var i in pixels)
            {
                expected[o] += (double)x.Span[i] / count;
                gradient[i] += (double)dy.Span[o] / count;
            }
        }
        KernelTesting.Near(expected, y.ToArray(), 1e-6);
        KernelTesting.Near(gradient, dx.ToArray(), 1e-6, 5e-7);
    }

    [Theory]
    [MemberData(nameof(Indices))]
    public void Pixels_normalized_on_the_way_give_the_bits_of_a_normalization_before(int index)
    {
        var g = Geometries[index];
        var pixels = g.Batch * g.InHeight * g.InWidth;
        foreach (var pitch in new[] { g.Channels, g.Channels + 5 })
        {
            Numbers x = Numbers.Normal(pixels * pitch, 1), parameters = Numbers.Normal(3 * g.Channels, 4), variance = Numbers.Normal(g.Channels, 5, 4);
            foreach (ref var v in variance.Span) v = MathF.Abs(v);
            float* p = parameters;
            var norm = new NormalizedRows<float>(new BatchNormForward<float>(pixels, g.Channels, 1e-3f)
            {
                Relu = true,
                Gamma = p,
                Beta = p + g.Channels,
                RunningMean = p + 2 * g.Channels,
                RunningVariance = variance,
            });
            KernelTesting.Run(norm);
            Numbers normalized = new(pixels * g.Channels), expected = new(OutSize(g)), actual = new(OutSize(g));
            KernelTesting.Run(new NormalizedRowsKernel<float>(norm, pixels, g.Channels, x, pitch, normalized));
            KernelTesting.Run(new AveragePoolKernel<float, float>(g, normalized, expected));
            var kernel = new AveragePoolKernel<float, float>(g with { InputPitch = pitch }, x, actual) { Normalization = norm };
            KernelTesting.SameOnAnyNumberOfThreads(kernel, () => { }, actual);
            KernelTesting.AllocatesNothing(kernel);
            Assert.Equal(expected.ToArray(), actual.ToArray());
        }
    }

    [Fact]
    public void A_NaN_is_the_maximum_of_its_windows_and_takes_their_gradient()
    {
        var g = new PoolGeometry(1, 4, 4, 1, 2, 2, 2, 2, 0, 0, 0, 0);
        Numbers x = Coarse(16), y = new(4), dy = new(1, 2, 3, 4), dx = new(16);
        x.Span[5] = float.NaN;
        KernelTesting.Run(new MaxPoolKernel<float>(g, x, y));
        KernelTesting.Run(new MaxPoolGradientKernel<float>(g, x, y, dy, dx));
        Assert.Equal([true, false, false, false], y.ToArray().Select(float.IsNaN));
        Assert.Equal(1, dx.Span[5]);
        Assert.Equal(10, dx.ToArray().Sum());
    }

    [Fact]
    public void Results_do_not_depend_on_threads_and_nothing_is_allocated()
    {
        var g = Geometries[8];
        Numbers x = Coarse(InSize(g)), y = new(OutSize(g)), dy = Numbers.Normal(OutSize(g), 2), dx = new(InSize(g));
        Kernel[] kernels = [new MaxPoolKernel<float>(g, x, y), new MaxPoolGradientKernel<float>(g, x, y, dy, dx),
            new AveragePoolKernel<float, float>(g, x, y), new AveragePoolGradientKernel<float>(g, dy, dx)];
        foreach (var kernel in kernels)
        {
            KernelTesting.SameOnAnyNumberOfThreads(kernel, () => { }, y, dx);
            KernelTesting.AllocatesNothing(kernel);
        }
    }

    [Theory]
    [InlineData(3, 49, 17)]
    [InlineData(1, 1, 1)]
    [InlineData(2, 5000, 24)]
    [InlineData(33, 49, 512)]
    public void Global_average_and_its_gradient_agree_with_the_definition(int batch, int positions, int channels)
    {
        Numbers x = Numbers.Normal(batch * positions * channels, 1, 1), y = new(batch * channels), dx = new(batch * positions * channels);
        KernelTesting.Run(new ReduceMiddleKernel(ReduceFunction.Mean, batch, positions, channels, x, y));
        var expected = new double[batch * channels];
        for (var i = 0; i < batch * positions * channels; i++) expected[i / (positions * channels) * channels + i % channels] += x.Span[i] / (double)positions;
        KernelTesting.Near(expected, y.ToArray(), 1e-6);
        KernelTesting.Run(new GlobalAveragePoolGradientKernel<float, float>(batch, positions, channels, y, dx));
        var gradient = Enumerable.Range(0, dx.Span.Length).Select(i => y.Span[i / (positions * channels) * channels + i % channels] / (double)positions);
        KernelTesting.Near(gradient.ToArray(), dx.ToArray(), 1e-9, 1e-6);
    }

    static int InSize(PoolGeometry g) => g.Batch * g.InHeight * g.InWidth * g.Channels;

    static int OutSize(PoolGeometry g) => g.Batch * g.OutHeight * g.OutWidth * g.Channels;

    static Numbers Coarse(int count)
    {
        var numbers = Numbers.Normal(count, 1);
        foreach (ref var v in numbers.Span) v = MathF.Round(v * 2) - 3;
        return numbers;
    }

    static (int N, int H, int W, int C) Place(PoolGeometry g, int o) => (o / (g.OutHeight * g.OutWidth * g.Channels),
        o / (g.OutWidth * g.Channels) % g.OutHeight * g.StrideHeight - g.PadTop, o / g.Channels % g.OutWidth * g.StrideWidth - g.PadLeft, o % g.Channels);

    static IEnumerable<int> Window(PoolGeometry g, int o)
    {
        var (n, h, w, c) = Place(g, o);
        for (var i = h; i < h + g.PoolHeight; i++)
            for (var j = w; j < w + g.PoolWidth; j++)
                if (i >= 0 && i < g.InHeight && j >= 0 && j < g.InWidth) yield return ((n * g.InHeight + i) * g.InWidth + j) * g.Channels + c;
    }

    static int PaddedCount(PoolGeometry g, int o)
    {
        var (_, h, w, _) = Place(g, o);
        var count = 0;
        for (var i = h; i < h + g.PoolHeight; i++)
            for (var j = w; j < w + g.PoolWidth; j++)
                if (i < g.InHeight + g.PadBottom && j < g.InWidth + g.PadRight) count++;
        return count;
    }
}
