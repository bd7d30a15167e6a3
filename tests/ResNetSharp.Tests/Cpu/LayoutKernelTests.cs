using ResNetSharp.Cpu;

namespace ResNetSharp.Tests.Cpu;

public sealed unsafe class LayoutKernelTests
{
    [Theory]
    [InlineData(new[] { 2, 3, 4, 5 }, new[] { 0, 3, 1, 2 })]
    [InlineData(new[] { 2, 3, 4, 5 }, new[] { 0, 2, 3, 1 })]
    [InlineData(new[] { 50, 70 }, new[] { 1, 0 })]
    [InlineData(new[] { 2, 3, 2, 3, 2, 3 }, new[] { 5, 1, 3, 0, 4, 2 })]
    [InlineData(new[] { 2, 33, 35, 64 }, new[] { 0, 3, 1, 2 })]
    [InlineData(new[] { 7 }, new[] { 0 })]
    public void Transposes(int[] extents, int[] order)
    {
        var from = StridedLoops.DenseStrides(extents);
        var target = order.Select(axis => extents[axis]).ToArray();
        var n = extents.Aggregate(1, (a, b) => a * b);
        Numbers x = Numbers.Normal(n, 1), y = new(n), back = new(n);
        var permuted = order.Select(axis => from[axis]).ToArray();
        var dense = StridedLoops.DenseStrides(target);
        var kernel = new StridedCopyKernel<float>(target, x, permuted, y, dense);
        KernelTesting.Run(kernel);
        for (var i = 0; i < n; i++) Assert.Equal(x.Span[(int)Dot(i, target, permuted)], y.Span[i]);
        KernelTesting.Run(new StridedCopyKernel<float>(target, y, dense, back, permuted));
        Assert.Equal(x.ToArray(), back.ToArray());
        KernelTesting.SameOnAnyNumberOfThreads(kernel, () => y.Span.Clear(), y);
        KernelTesting.AllocatesNothing(kernel);
    }

    [Theory]
    [InlineData(new[] { 6, 8, 5 }, new[] { 1, 0, 2 }, new[] { 2, 3, 1 }, new[] { 3, 3, 2 })]
    [InlineData(new[] { 6, 8, 5 }, new[] { 5, 7, 4 }, new[] { -1, -2, -1 }, new[] { 6, 4, 5 })]
    [InlineData(new[] { 4, 56, 56, 3 }, new[] { 0, 0, 0, 0 }, new[] { 1, 2, 2, 1 }, new[] { 4, 28, 28, 3 })]
    public void Slices_with_steps_and_gives_the_gradient_back(int[] extents, int[] start, int[] step, int[] size)
    {
        var strides = StridedLoops.DenseStrides(extents);
        var stepped = strides.Zip(step, (s, t) => s * t).ToArray();
        var offset = (int)strides.Zip(start, (s, t) => s * t).Sum();
        var n = extents.Aggregate(1, (a, b) => a * b);
        var m = size.Aggregate(1, (a, b) => a * b);
        Numbers x = Numbers.Normal(n, 1), y = new(m), dx = new(n);
        KernelTesting.Run(new StridedCopyKernel<float>(size, x.Pointer + offset, stepped, y, StridedLoops.DenseStrides(size)));
        KernelTesting.Run(new StridedCopyKernel<float>(size, y, StridedLoops.DenseStrides(size), dx.Pointer + offset, stepped));
        var expected = new float[n];
        for (var i = 0; i < m; i++)
        {
            var from = offset + (int)Dot(i, size, stepped);
            Assert.Equal(x.Span[from], y.Span[i]);
            expected[from] = x.Span[from];
        }
        Assert.Equal(expected, dx.ToArray());
    }

    [Fact]
    public void Concatenates_along_the_channels()
    {
        const int Rows = 300, First = 5, Second = 12;
        Numbers a = Numbers.Normal(Rows * First, 1), b = Numbers.Normal(Rows * Second, 2), y = new(Rows * (First + Second));
        KernelTesting.Run(new StridedCopyKernel<float>([Rows, First], a, [First, 1], y, [First + Second, 1]));
        KernelTesting.Run(new StridedCopyKernel<float>([Rows, Second], b, [Second, 1], y.Pointer + First, [First + Second, 1]));
        for (var r = 0; r < Rows; r++)
            for (var c = 0; c < First + Second; c++)
                Assert.Equal(c < First ? a.Span[r * First + c] : b.Span[r * Second + c - First], y.Span[r * (First + Second) + c]);
    }

    [Fact]
    public void Broadcasts_by_strides_of_zero()
    {
        Numbers x = new(1, 2, 3), y = new(12);
        KernelTesting.Run(new StridedCopyKernel<float>([2, 3, 2], x, [0, 1, 0], y, [6, 2, 1]));
        Assert.Equal([1, 1, 2, 2, 3, 3, 1, 1, 2, 2, 3, 3], y.ToArray());
    }

    [Theory]
    [InlineData(new[] { 2, 5, 7, 3 }, new[] { 0, 3, 3, 0 }, new[] { 0, 3, 3, 0 })]
    [InlineData(new[] { 2, 5, 7, 3 }, new[] { 0, 0, 0, 1 }, new[] { 0, 0, 0, 4 })]
    [InlineData(new[] { 2, 5, 7, 3 }, new[] { 1, 0, 2, 1 }, new[] { 0, 2, 0, 0 })]
    [InlineData(new[] { 5 }, new[] { 2 }, new[] { 0 })]
    [InlineData(new[] { 3, 4 }, new[] { 0, 0 }, new[] { 0, 0 })]
    [InlineData(new[] { 2, 60, 60, 64 }, new[] { 0, 1, 1, 0 }, new[] { 0, 1, 1, 0 })]
    public void Pads_with_a_constant(int[] extents, int[] before, int[] after)
    {
        var padded = extents.Select((e, i) => e + before[i] + after[i]).ToArray();
        var n = padded.Aggregate(1, (a, b) => a * b);
        Numbers x = Numbers.Normal(extents.Aggregate(1, (a, b) => a * b), 1), y = new(n);
        var kernel = new PadKernel<float>(extents, before, after, -2, x, y);
        KernelTesting.Run(kernel);
        var expected = new float[n];
        Array.Fill(expected, -2);
        var strides = StridedLoops.DenseStrides(padded);
        var offset = strides.Zip(before, (s, b) => s * b).Sum();
        for (var i = 0; i < x.Span.Length; i++) expected[offset + Dot(i, extents, strides)] = x.Span[i];
        Assert.Equal(expected, y.ToArray());
        KernelTesting.SameOnAnyNumberOfThreads(kernel, () => y.Span.Clear(), y);
        KernelTesting.AllocatesNothing(kernel);
    }

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(3, 5, 17)]
    [InlineData(2, 33, 16)]
    [InlineData(2, 900, 64)]
    [InlineData(2, 3, 40_000)]
    public void Turns_matrices_over(int batch, int rows, int columns)
    {
        var n = batch * rows * columns;
        Numbers x = Numbers.Normal(n, 1), y = new(n);
        var kernel = new TransposeKernel(batch, rows, columns, x, y);
        KernelTesting.Run(kernel);
        for (var i = 0; i < n; i++) Assert.Equal(x.Span[i], y.Span[i / (rows * columns) * rows * columns + i % columns * rows + i / columns % rows]);
        KernelTesting.SameOnAnyNumberOfThreads(kernel, () => y.Span.Clear(), y);
        KernelTesting.AllocatesNothing(kernel);
    }

    static long Dot(int index, int[] extents, long[] strides)
    {
        long offset = 0;
        for (var axis = extents.Length - 1; axis >= 0; index /= extents[axis], axis--) offset += index % extents[axis] * strides[axis];
        return offset;
    }
}
