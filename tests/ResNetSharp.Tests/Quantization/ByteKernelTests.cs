using ResNetSharp.Cpu;
using ResNetSharp.Quantization;
using ResNetSharp.Tests.Cpu;

namespace ResNetSharp.Tests.Quantization;

/// <summary>Kernels on bytes against the definition, byte for byte.</summary>
public sealed unsafe class ByteKernelTests
{
    static readonly QuantizationParameters a = new(0.02f, 121), b = new(0.031f, 7), c = new(0.043f, 90);

    public static TheoryData<int> Counts => [1, 7, 16, 17, 63, 64, 65, 1000, ElementwiseKernel.PartSize + 21];

    public static TheoryData<int> Pools => PoolKernelTests.Indices;

    [Theory]
    [MemberData(nameof(Counts))]
    public void Numbers_become_the_bytes_of_the_definition_and_back(int count)
    {
        var (x, y, back) = (Numbers.Normal(count, 1), new Bytes(count), new Numbers(count));
        x.Span[0] = float.MaxValue;
        if (count > 1) x.Span[^1] = float.NegativeInfinity;
        KernelTesting.Run(new QuantizeKernel(a, x, y, count));
        KernelTesting.Run(new DequantizeKernel(a, y, back, count));
        Assert.Equal(x.ToArray().Select(a.Quantize), y.ToArray());
        Assert.Equal(y.ToArray().Select(a.Dequantize), back.ToArray());
    }

    [Fact]
    public void Halves_go_to_the_even_byte()
    {
        var x = new Numbers([.. Enumerable.Range(-40, 80).Select(i => i * 0.5f * 0.25f)]);
        var y = new Bytes(80);
        KernelTesting.Run(new QuantizeKernel(new QuantizationParameters(0.25f, 31), x, y, 80));
        Assert.Equal(Enumerable.Range(-40, 80).Select(i => (byte)(Math.Round(i * 0.5, MidpointRounding.ToEven) + 31)), y.ToArray());
    }

    [Theory]
    [MemberData(nameof(Pools))]
    public void The_largest_byte_of_each_window_is_found(int index)
    {
        var g = PoolKernelTests.Geometries[index];
        var (x, y) = (Bytes.Random(g.Batch * g.InHeight * g.InWidth * g.Channels, 1), new Bytes(g.Batch * g.OutHeight * g.OutWidth * g.Channels));
        KernelTesting.Run(new ByteMaxPoolKernel(g, x, y));
        var source = x.ToArray();
        Assert.Equal(Windows(g).Select(w => w.Pixels.Select(i => source[i]).DefaultIfEmpty((byte)0).Max()), y.ToArray());
    }

    [Theory]
    [MemberData(nameof(Pools))]
    public void The_mean_of_each_window_is_rounded_once(int index)
    {
        var g = PoolKernelTests.Geometries[index];
        var (x, y) = (Bytes.Random(g.Batch * g.InHeight * g.InWidth * g.Channels, 2), new Bytes(g.Batch * g.OutHeight * g.OutWidth * g.Channels));
        KernelTesting.Run(new ByteAveragePoolKernel(g, x, a, y, b));
        var source = x.ToArray();
        Rounded(Windows(g).Select(w => w.Count == 0 ? 0 : w.Pixels.Sum(i => source[i] - a.ZeroPoint) * (double)a.Scale / b.Scale / w.Count), b, y.ToArray());
    }

    [Theory]
    [MemberData(nameof(Counts))]
    public void A_sum_is_rounded_once(int count)
    {
        Bytes x = Bytes.Random(count, 3), y = Bytes.Random(count, 4), sum = new(count);
        KernelTesting.Run(new ByteAddKernel(x, a, y, b, sum, c, count));
        var (left, right) = (x.ToArray(), y.ToArray());
        Rounded(Enumerable.Range(0, count).Select(i => ((left[i] - a.ZeroPoint) * (double)a.Scale + (right[i] - b.ZeroPoint) * (double)b.Scale) / c.Scale), c, sum.ToArray());
    }

    [Theory]
    [InlineData(5, 3, false)]
    [InlineData(40, 16, true)]
    [InlineData(33, 67, true)]
    [InlineData(1000, 64, false)]
    public void Channels_are_scaled_and_moved(int rows, int channels, bool relu)
    {
        var (x, y) = (Bytes.Random(rows * channels, 5), new Bytes(rows * channels));
        Numbers factor = Numbers.Normal(channels, 6, 0, 0.7), offset = Numbers.Normal(channels, 7, 0, 40);
        KernelTesting.Run(new ByteAffineKernel(rows, channels, x, factor, offset, new ByteTarget(c.ZeroPoint, relu), y));
        var source = x.ToArray();
        Rounded(source.Select((value, i) => value * (double)factor.Span[i % channels] + offset.Span[i % channels]).Select(v => relu ? Math.Max(v, 0) : v), c, y.ToArray());
    }

    [Theory]
    [InlineData(3, 5, 9)]
    [InlineData(20, 64, 64)]
    [InlineData(11, 130, 200)]
    public void Rows_are_looked_up_in_a_table(int rows, int width, int stride)
    {
        var (x, y) = (Bytes.Random(rows * width, 8), new Bytes(rows * stride));
        KernelTesting.Run(new ByteTableKernel(new ByteTable(a, v => v * v - 1, b), rows, width, x, y, stride));
        var (source, result) = (x.ToArray(), y.ToArray());
        for (var row = 0; row < rows; row++)
            for (var i = 0; i < stride; i++)
            {
                var number = i < width ? a.Dequantize(source[row * width + i]) : 0;
                Assert.Equal(i < width ? b.Quantize(number * number - 1) : 0, result[row * stride + i]);
            }
    }

    [Fact]
    public void A_table_of_equal_parameters_copies()
    {
        Assert.True(new ByteTable(a, v => v, a).IsIdentity);
        Assert.False(new ByteTable(a, v => v, b).IsIdentity);
    }

    [Fact]
    public void Kernels_allocate_nothing_and_do_not_depend_on_the_number_of_threads()
    {
        const int rows = 3000, channels = 48;
        var g = new PoolGeometry(4, 40, 40, 48, 3, 3, 2, 2, 1, 1, 1, 1);
        Bytes x = Bytes.Random(4 * 40 * 40 * 48, 9), y = new(4 * 40 * 40 * 48);
        Numbers factor = Numbers.Normal(channels, 6, 0, 0.7), offset = Numbers.Normal(channels, 7, 0, 40);
        Kernel[] kernels =
        [
            new ByteMaxPoolKernel(g, x, y), new ByteAveragePoolKernel(g, x, a, y, b), new ByteAddKernel(x, a, x, b, y, c, rows * channels),
            new ByteAffineKernel(rows, channels, x, factor, offset, new ByteTarget(3), y), new ByteTableKernel(new ByteTable(a, v => v, b), rows, channels, x, y, channels),
        ];
        foreach (var kernel in kernels)
        {
            KernelTesting.AllocatesNothing(kernel);
            var expected = y.ToArray();
            new Span<byte>(y, expected.Length).Clear();
            KernelTesting.SameOnAnyNumberOfThreads(kernel, () => { }, y.AsNumbers());
        }
    }

    /// <summary>Checks bytes against exact results: where one lies at half a step, to within the rounding of single precision, both neighbours will do.</summary>
    internal static void Rounded(IEnumerable<double> steps, QuantizationParameters parameters, byte[] actual)
    {
        var i = 0;
        foreach (var step in steps)
        {
            var (nearest, distance) = (Math.Round(step), Math.Abs(step - Math.Floor(step) - 0.5));
            var expected = Math.Clamp(nearest + parameters.ZeroPoint, 0, 255);
            var allowed = distance < 1e-6 * (Math.Abs(step) + 100) ? 1 : 0;
            Assert.True(Math.Abs(expected - actual[i]) <= allowed, $"byte {i} is {actual[i]}, but {step} steps from {parameters.ZeroPoint} are {expected}");
            i++;
        }
        Assert.Equal(i, actual.Length);
    }

    /// <summary>The pixels of the window of each output, and by how many a mean divides.</summary>
    static IEnumerable<(List<int> Pixels, int Count)> Windows(PoolGeometry g)
    {
        for (var n = 0; n < g.Batch; n++)
            for (var oh = 0; oh < g.OutHeight; oh++)
                for (var ow = 0; ow < g.OutWidth; ow++)
                    for (var channel = 0; channel < g.Channels; channel++)
                    {
                        List<int> pixels = [];
                        var padded = 0;
                        for (var h = oh * g.StrideHeight - g.PadTop; h < oh * g.StrideHeight - g.PadTop + g.PoolHeight; h++)
                            for (var w = ow * g.StrideWidth - g.PadLeft; w < ow * g.StrideWidth - g.PadLeft + g.PoolWidth; w++)
                            {
                                if (h < g.InHeight + g.PadBottom && w < g.InWidth + g.PadRight) padded++;
                                if (h >= 0 && h < g.InHeight && w >= 0 && w < g.InWidth) pixels.Add(((n * g.InHeight + h) * g.InWidth + w) * g.Channels + channel);
                            }
                        yield return (pixels, g.CountIncludePad ? padded : pixels.Count);
                    }
    }
}
