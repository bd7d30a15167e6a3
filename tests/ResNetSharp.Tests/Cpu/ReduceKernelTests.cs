using ResNetSharp.Cpu;

namespace ResNetSharp.Tests.Cpu;

public sealed unsafe class ReduceKernelTests
{
    public static TheoryData<int[], int[]> Cases => new()
    {
        { [2, 3, 5, 7], [1, 2] },
        { [2, 3, 5, 7], [0, 1, 2] },
        { [2, 3, 5, 7], [0, 2] },
        { [2, 3, 5, 7], [1, -1] },
        { [2, 3, 5, 7], [] },
        { [2, 3, 5, 7], [0, 1, 2, 3] },
        { [64, 1000], [1] },
        { [200_003], [0] },
        { [1], [0] },
        { [700, 5, 33], [0] },
        { [3, 40_000, 2], [1] },
        { [3, 7, 1001], [1] },
        { [2, 60, 3, 200, 4], [1, 3] },
        { [5000, 3], [1] },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Reduces_any_axes(int[] extents, int[] axes)
    {
        var shape = new Shape(extents);
        var x = Numbers.Normal((int)shape.Size, 1, 0.5);
        var kept = Enumerable.Range(0, extents.Length).Where(a => !axes.Contains(a) && !axes.Contains(a - extents.Length)).ToArray();
        var n = kept.Aggregate(1, (a, axis) => a * extents[axis]);
        foreach (var f in Enum.GetValues<ReduceFunction>())
        {
            var expected = new double[n];
            if (f == ReduceFunction.Max) Array.Fill(expected, double.NegativeInfinity);
            var count = x.Span.Length / n;
            for (var i = 0; i < x.Span.Length; i++)
            {
                ref var e = ref expected[Target(i, extents, kept)];
                double v = x.Span[i];
                e = f switch
                {
                    ReduceFunction.Sum => e + v,
                    ReduceFunction.Mean => e + v / count,
                    ReduceFunction.Max => Math.Max(e, v),
                    ReduceFunction.SumOfSquares => e + v * v,
                    _ => 0,
                };
            }
            var y = new Numbers(n);
            var kernel = new ReduceKernel(f, shape, axes, x, y);
            KernelTesting.Run(kernel);
            KernelTesting.Near(expected, y.ToArray(), f == ReduceFunction.Sum ? 2e-7 * Math.Sqrt(count) : 2e-7, 2e-6);
            KernelTesting.SameOnAnyNumberOfThreads(kernel, () => y.Span.Clear(), y);
            KernelTesting.AllocatesNothing(kernel);
        }
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void One_number_that_is_not_finite_is_found(float odd)
    {
        Numbers x = Numbers.Normal(100_001, 1), y = new(1);
        var kernel = new ReduceKernel(ReduceFunction.FiniteProbe, new Shape(100_001), [0], x, y);
        KernelTesting.Run(kernel);
        Assert.Equal(0, y.Span[0]);
        foreach (var place in new[] { 0, 50_000, 100_000 })
        {
            var kept = x.Span[place];
            x.Span[place] = odd;
            KernelTesting.Run(kernel);
            Assert.True(float.IsNaN(y.Span[0]));
            x.Span[place] = kept;
        }
    }

    [Fact]
    public void The_maximum_of_a_NaN_is_NaN()
    {
        Numbers x = Numbers.Normal(1000, 1), y = new(10);
        x.Span[537] = float.NaN;
        KernelTesting.Run(new ReduceKernel(ReduceFunction.Max, (10, 100), [1], x, y));
        Assert.Equal(Enumerable.Range(0, 10).Select(i => i == 5), y.ToArray().Select(float.IsNaN));
    }

    [Fact]
    public void A_mean_of_many_equal_numbers_is_that_number()
    {
        const int N = 3_000_000;
        Numbers x = new(N), y = new(1);
        x.Span.Fill(0.1f);
        KernelTesting.Run(new ReduceKernel(ReduceFunction.Mean, new Shape(N), [0], x, y));
        Assert.Equal(0.1f, y.Span[0], 1e-7f);
    }

    [Theory]
    [InlineData(1000, 0)]
    [InlineData(0.5f, 0)]
    [InlineData(0.5f, 1e-6f)]
    [InlineData(float.PositiveInfinity, 0)]
    public void The_norm_of_several_gradients_and_its_clipping_factor_are_right(float maximum, float epsilon)
    {
        Numbers a = Numbers.Normal(70_001, 1, 0, 0.01), b = Numbers.Normal(5, 2, 0, 0.01), norm = new(1), factor = new(1);
        var kernel = new GlobalNormKernel([new FloatBlock(a, 70_001), new FloatBlock(b, 5)], maximum, epsilon, norm, factor);
        var expected = Math.Sqrt(a.Doubles.Concat(b.Doubles).Sum(v => v * v));
        KernelTesting.SameOnAnyNumberOfThreads(kernel, () => { }, norm, factor);
        Assert.Equal(expected, norm.Span[0], 1e-5);
        Assert.Equal(Math.Min(1, maximum / (expected + epsilon)), factor.Span[0], 1e-6);
        KernelTesting.AllocatesNothing(kernel);
    }

    static int Target(int index, int[] extents, int[] kept)
    {
        int target = 0, stride = 1;
        for (var axis = extents.Length - 1; axis >= 0; index /= extents[axis], axis--)
            if (kept.Contains(axis))
            {
                target += index % extents[axis] * stride;
                stride *= extents[axis];
            }
        return target;
    }
}
