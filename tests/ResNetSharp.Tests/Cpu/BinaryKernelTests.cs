using ResNetSharp.Cpu;

namespace ResNetSharp.Tests.Cpu;

public sealed unsafe class BinaryKernelTests
{
    public static TheoryData<int[], int[]> Shapes => new()
    {
        { [2, 3, 5, 7], [2, 3, 5, 7] },
        { [100_003], [100_003] },
        { [2, 3, 5, 17], [17] },
        { [2, 3, 5, 33], [2, 1, 1, 33] },
        { [2, 1, 1, 33], [2, 3, 5, 33] },
        { [2, 3, 5, 7], [] },
        { [], [2, 3] },
        { [], [] },
        { [4, 1], [1, 5] },
        { [2, 1, 3, 1, 4], [1, 5, 1, 6, 1] },
        { [40, 1000], [40, 1] },
        { [3, 40_000], [3, 1] },
        { [0, 4], [4] },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Broadcasts_like_NumPy(int[] aShape, int[] bShape)
    {
        Shape sa = new(aShape), sb = new(bShape);
        Numbers a = Numbers.Normal((int)sa.Size, 1), b = Numbers.Normal((int)sb.Size, 2);
        var shape = Broadcasting.Result(sa, sb);
        foreach (var f in Enum.GetValues<BinaryFunction>())
        {
            var y = new Numbers((int)shape.Size);
            var kernel = new BinaryKernel<float>(f, sa, sb, a, b, y);
            KernelTesting.Run(kernel);
            var expected = Enumerable.Range(0, (int)shape.Size).Select(i => Value(f, a.Span[Source(i, shape, sa)], b.Span[Source(i, shape, sb)]));
            KernelTesting.Near(expected.ToArray(), y.ToArray(), 1e-30, 1e-7);
            KernelTesting.SameOnAnyNumberOfThreads(kernel, () => { }, y);
            KernelTesting.AllocatesNothing(kernel);
        }
    }

    [Fact]
    public void Shapes_that_do_not_fit_are_refused_with_both_shapes()
    {
        var error = Assert.Throws<ArgumentException>(() => Broadcasting.Result((2, 3), (2, 4)));
        Assert.Contains("(2, 3)", error.Message);
        Assert.Contains("(2, 4)", error.Message);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(9)]
    [InlineData(100_001)]
    public void Sums_of_tensors_are_right_also_in_place(int n)
    {
        Numbers a = Numbers.Normal(n, 1), b = Numbers.Normal(n, 2), c = Numbers.Normal(n, 3), y = new(n);
        var sum = new SumKernel([a.Pointer, b.Pointer, c.Pointer], y, n);
        KernelTesting.Run(sum);
        KernelTesting.AllocatesNothing(sum);
        KernelTesting.Near(a.Doubles.Zip(b.Doubles, (p, q) => p + q).Zip(c.Doubles, (p, q) => p + q).ToArray(), y.ToArray(), 1e-6);
        KernelTesting.Run(new AddReluKernel(a, b, y, n));
        var expected = a.Doubles.Zip(b.Doubles, (p, q) => Math.Max(0, p + q)).ToArray();
        KernelTesting.Near(expected, y.ToArray(), 1e-6);
        var before = a.Doubles;
        KernelTesting.Run(new AccumulateKernel(b, a, n));
        KernelTesting.Near(before.Zip(b.Doubles, (p, q) => p + q).ToArray(), a.ToArray(), 1e-6);
    }

    [Fact]
    public void Fill_scale_and_clamp_do_what_they_say()
    {
        const int N = 40_003;
        Numbers x = Numbers.Normal(N, 1), y = new(N), factor = new(0.25f);
        KernelTesting.Run(new FillKernel<float>(y, 3, N));
        Assert.All(y.ToArray(), v => Assert.Equal(3, v));
        KernelTesting.Run(new ScaleKernel(x, factor, y, N));
        KernelTesting.Near(x.Doubles.Select(v => v / 4).ToArray(), y.ToArray(), 0);
        x.Span[N - 1] = x.Span[0] = float.NaN;
        KernelTesting.Run(new ClampKernel(-0.5f, 1, x, y, N));
        KernelTesting.Near(x.Doubles.Select(v => Math.Clamp(v, -0.5, 1)).ToArray(), y.ToArray(), 0);
        Assert.True(float.IsNaN(y.Span[0]) && float.IsNaN(y.Span[N - 1]));
    }

    static int Source(int index, Shape shape, Shape source)
    {
        int offset = 0, stride = 1;
        for (var i = 1; i <= shape.Rank; index /= shape[-i], i++)
        {
            if (i > source.Rank) break;
            if (source[-i] != 1) offset += index % shape[-i] * stride;
            stride *= source[-i];
        }
        return offset;
    }

    static double Value(BinaryFunction f, double a, double b) => f switch
    {
        BinaryFunction.Add => a + b,
        BinaryFunction.Subtract => a - b,
        BinaryFunction.Multiply => a * b,
        BinaryFunction.Divide => a / b,
        BinaryFunction.Maximum => Math.Max(a, b),
        BinaryFunction.Minimum => Math.Min(a, b),
        _ => throw new ArgumentOutOfRangeException(nameof(f)),
    };
}
