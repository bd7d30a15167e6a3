using ResNetSharp.Cpu;

namespace ResNetSharp.Tests.Cpu;

/// <summary>Convolutions that normalize what they read, and that read and write among the channels of others.</summary>
public sealed unsafe class NormalizedConvolutionTests
{
    static readonly Workers[] teams = [new(1), new(2), new(3)];

    public static TheoryData<int, int, int, int, int, int, string> Cases()
    {
        var data = new TheoryData<int, int, int, int, int, int, string>();
        foreach (var set in Enum.GetValues<InstructionSet>().Where(InstructionSets.IsSupported))
        {
            foreach (var (batch, height, width, channels, filters, pitch) in new[]
            {
                (1, 1, 1, 1, 1, 1), (2, 7, 7, 33, 40, 50), (1, 7, 7, 512, 128, 530), (3, 14, 14, 96, 128, 1024), (1, 28, 28, 64, 24, 64), (16, 4, 3, 1024, 20, 1024),
            })
                data.Add(batch, height, width, channels, filters, pitch, set.ToString());
        }
        return data;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Results_are_bitwise_those_of_a_normalization_and_a_convolution(int batch, int height, int width, int channels, int filters, int pitch, string path)
    {
        var set = Enum.Parse<InstructionSet>(path);
        var rows = batch * height * width;
        var random = new Random(rows + channels);
        NativeBuffer input = Filled(random, rows * pitch), weights = Filled(random, channels * filters), bias = Filled(random, filters);
        NativeBuffer parameters = Filled(random, 4 * channels), variance = Filled(random, channels);
        foreach (ref var value in variance.Floats) value = 0.5f + value * value;
        var p = (float*)parameters.Pointer;
        foreach (var relu in new[] { false, true })
        {
            var norm = new NormalizedRows<float>(new BatchNormForward<float>(rows, channels, 1e-3f)
            {
                Relu = relu,
                Gamma = p,
                Beta = p + channels,
                RunningMean = p + 2 * channels,
                RunningVariance = (float*)variance.Pointer,
            });
            norm.Run(teams[0]);
            var dense = new ConvolutionGeometry(batch, height, width, channels, filters);
            var normalized = new NativeBuffer(rows * channels * sizeof(float));
            Run(new NormalizedRowsKernel<float>(norm, rows, channels, (float*)input.Pointer, pitch, (float*)normalized.Pointer), teams[0]);
            var expected = new NativeBuffer(rows * filters * sizeof(float));
            Run(new ConvolutionForward(dense, set, (float*)normalized.Pointer, (float*)weights.Pointer, (float*)bias.Pointer, null, relu, (float*)expected.Pointer)
            {
                WeightsAreConstant = true,
            }, teams[0]);
            foreach (var team in teams)
            {
                var gap = team.Count;
                var actual = new NativeBuffer(rows * (filters + gap) * sizeof(float));
                actual.Floats.Fill(-7);
                var geometry = dense with { InputPitch = pitch, OutputPitch = filters + gap };
                Run(new ConvolutionForward(geometry, set, (float*)input.Pointer, (float*)weights.Pointer, (float*)bias.Pointer, null, relu, (float*)actual.Pointer)
                {
                    WeightsAreConstant = true,
                    Normalization = norm,
                }, team);
                for (var i = 0; i < rows * (filters + gap); i++)
                {
                    var (row, channel) = Math.DivRem(i, filters + gap);
                    Assert.Equal(channel < filters ? expected.Floats[row * filters + channel] : -7, actual.Floats[i]);
                }
            }
            GC.KeepAlive((normalized, expected, norm));
        }
        GC.KeepAlive((input, weights, bias, parameters, variance));
    }

    /// <summary>Where bfloat16 numbers are multiplied, what is normalized is rounded to such; otherwise it is not.</summary>
    [Theory]
    [MemberData(nameof(Cases))]
    public void Bfloat16_results_are_the_obvious_sums(int batch, int height, int width, int channels, int filters, int pitch, string path)
    {
        var set = Enum.Parse<InstructionSet>(path);
        var rows = batch * height * width;
        var random = new Random(rows + channels);
        NativeBuffer weights = Filled(random, channels * filters), bias = Filled(random, filters), parameters = Filled(random, 4 * channels);
        var input = new NativeBuffer((long)rows * pitch * sizeof(ushort));
        var x = (ushort*)input.Pointer;
        for (var i = 0; i < rows * pitch; i++) x[i] = BFloat16.FromFloat((float)(random.NextDouble() * 2 - 1));
        foreach (ref var variance in parameters.Floats[(3 * channels)..(4 * channels)]) variance = 0.5f + variance * variance;
        var p = (float*)parameters.Pointer;
        var norm = new NormalizedRows<ushort>(new BatchNormForward<ushort>(rows, channels, 1e-3f)
        {
            Relu = true,
            Gamma = p,
            Beta = p + channels,
            RunningMean = p + 2 * channels,
            RunningVariance = p + 3 * channels,
        });
        norm.Run(teams[0]);
        var geometry = new ConvolutionGeometry(batch, height, width, channels, filters) with { InputPitch = pitch, OutputPitch = filters + 1 };
        foreach (var team in teams)
        {
            var actual = new NativeBuffer((long)rows * (filters + 1) * sizeof(ushort));
            var y = (ushort*)actual.Pointer;
            Run(new BFloat16ConvolutionForward(geometry, set, x, (float*)weights.Pointer, (float*)bias.Pointer, null, false, y, norm) { WeightsAreConstant = true }, team);
            for (var row = 0; row < rows; row++)
            {
                for (var filter = 0; filter < filters; filter++)
                {
                    var (sum, size) = ((double)bias.Floats[filter], 1.0);
                    for (var c = 0; c < channels; c++)
                    {
                        var value = Math.Max(0, (BFloat16.ToFloat(x[row * pitch + c]) - (double)p[2 * channels + c]) * p[c] / Math.Sqrt(p[3 * channels + c] + 1e-3) + p[channels + c]);
                        if (NarrowArithmetic.HasBFloat16(set)) value = BFloat16.Round((float)value);
                        var product = value * BFloat16.Round(weights.Floats[c * filters + filter]);
                        (sum, size) = (sum + product, size + Math.Abs(product));
                    }
                    // Sums in single precision, half a step of the result, and now and then a step of a number that lies between two.
                    var bound = 1e-6 * size + Math.Abs(sum) / 256 + (NarrowArithmetic.HasBFloat16(set) ? 1.0 / 128 : 0);
                    Assert.InRange(BFloat16.ToFloat(y[row * (filters + 1) + filter]), sum - bound, sum + bound);
                }
                Assert.Equal(0, y[row * (filters + 1) + filters]);
            }
            GC.KeepAlive(actual);
        }
        GC.KeepAlive((input, weights, bias, parameters, norm));
    }

    [Theory]
    [InlineData(1, 16)]
    [InlineData(4, 96)]
    [InlineData(11, 33)]
    [InlineData(23, 304)]
    public void Rows_are_normalized_as_a_whole_tensor_is(int rows, int channels)
    {
        var pitch = channels + 24;
        var random = new Random(channels);
        NativeBuffer input = Filled(random, rows * pitch), parameters = Filled(random, 4 * channels), variance = Filled(random, channels), statistics = Filled(random, 2 * channels);
        foreach (ref var value in variance.Floats) value = 0.5f + value * value;
        var p = (float*)parameters.Pointer;
        foreach (var relu in new[] { false, true })
        {
            NativeBuffer dense = new(rows * channels * sizeof(float)), expected = new(rows * channels * sizeof(float)), actual = new(rows * pitch * sizeof(float));
            for (var row = 0; row < rows; row++) input.Floats.Slice(row * pitch, channels).CopyTo(dense.Floats[(row * channels)..]);
            actual.Floats.Fill(-7);
            var settings = new BatchNormForward<float>(rows, channels, 1e-3f)
            {
                Relu = relu,
                X = (float*)dense.Pointer,
                Y = (float*)expected.Pointer,
                Gamma = p,
                Beta = p + channels,
                RunningMean = p + 2 * channels,
                RunningVariance = (float*)variance.Pointer,
                SavedMean = (float*)statistics.Pointer,
                SavedInverseStd = (float*)statistics.Pointer + channels,
            };
            Run(new FrozenBatchNormForwardKernel<float>(settings), teams[0]);
            var norm = new NormalizedRows<float>(settings);
            norm.Run(teams[0]);
            norm.Apply((float*)input.Pointer, pitch, (float*)actual.Pointer, pitch, rows);
            for (var i = 0; i < rows * pitch; i++)
            {
                var (row, channel) = Math.DivRem(i, pitch);
                Assert.Equal(channel < channels ? expected.Floats[row * channels + channel] : -7, actual.Floats[i]);
            }
            GC.KeepAlive(dense);
        }
        GC.KeepAlive((input, parameters, variance, statistics));
    }

    static void Run(Kernel kernel, Workers workers)
    {
        var scratch = new NativeBuffer(kernel.ScratchBytes(workers.Count) + 64);
        scratch.Floats.Fill(float.NaN);
        kernel.Scratch = scratch.Pointer;
        kernel.Run(workers);
        foreach (var value in scratch.Floats[^16..]) Assert.True(float.IsNaN(value), "A kernel wrote behind its scratch memory.");
        GC.KeepAlive((kernel, scratch));
    }

    static NativeBuffer Filled(Random random, long length)
    {
        var buffer = new NativeBuffer(length * sizeof(float));
        foreach (ref var value in buffer.Floats) value = (float)(random.NextDouble() * 2 - 1);
        return buffer;
    }
}
