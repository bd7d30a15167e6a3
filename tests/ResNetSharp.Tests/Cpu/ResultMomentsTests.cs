using ResNetSharp.Cpu;

namespace ResNetSharp.Tests.Cpu;

/// <summary>A convolution adds up its results for the normalization after it; the reference are sums of the naive convolution in double precision.</summary>
public sealed unsafe class ResultMomentsTests
{
    /// <summary>Of means, in standard deviations, and of variances.</summary>
    const double Single = 5e-6, Narrow = 2e-3;

    static readonly Workers[] teams = [new(1), new(2), new(3)];

    static readonly ConvolutionGeometry[] shapes =
    [
        new(1, 5, 7, 3, 1),
        new(2, 9, 7, 33, 40),
        new(3, 13, 13, 64, 128),
        new(4, 17, 13, 64, 128),
        new(1, 7, 7, 256, 520),
        new(16, 3, 3, 128, 64),
        new(2, 19, 17, 3, 24, 7, 7, 2, 2, 3, 3, 3, 3),
        new(2, 11, 12, 20, 50, 3, 3, 2, 2, 1, 1, 1, 1),
        new(3, 15, 14, 32, 48, 3, 3, 1, 1, 1, 1, 1, 1),
        new(2, 10, 11, 32, 32, 3, 3, 1, 1, 1, 1, 1, 1, Groups: 8),
        new(2, 10, 11, 40, 40, 3, 3, 2, 2, 1, 1, 1, 1, Groups: 10),
        new(2, 9, 9, 32, 32, 3, 3, 1, 1, 1, 1, 1, 1, Groups: 2),
    ];

    public static TheoryData<int> Shapes => [.. Enumerable.Range(0, shapes.Length)];

    public static TheoryData<int, string> Cases()
    {
        var data = new TheoryData<int, string>();
        foreach (var set in Enum.GetValues<InstructionSet>().Where(InstructionSets.IsSupported))
            for (var i = 0; i < shapes.Length; i++) data.Add(i, set.ToString());
        return data;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Sums_give_mean_and_variance_of_the_results(int shape, string path)
    {
        var set = Enum.Parse<InstructionSet>(path);
        var test = new ConvolutionCase(shapes[shape]);
        foreach (var bias in new[] { false, true })
            foreach (var (winograd, strassen) in new[] { (Winograd.Off, Strassen.Off), (Winograd.Always, Strassen.Always) })
                Check(shapes[shape], test.NaiveForward(bias, false, false), Single, isSummedBy: _ => true,
                    (team, moments) => test.Forward(set, team, bias, false, false, winograd: winograd, moments: moments, strassen: strassen));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Those_of_bfloat16_results_are_of_what_is_rounded(int shape, string path)
    {
        var set = Enum.Parse<InstructionSet>(path);
        var test = new BFloat16Case(shapes[shape]);
        foreach (var winograd in new[] { Winograd.Off, Winograd.Always })
            Check(shapes[shape], test.NaiveForward(true, false, false), Narrow, isSummedBy: moments => moments.AreSummed,
                (team, moments) => test.Forward(set, team, true, false, false, false, winograd, moments));
    }

    [PairTheory]
    [MemberData(nameof(Shapes))]
    public void All_bfloat16_results_are_summed_where_registers_multiply_pairs(int index)
    {
        var shape = shapes[index];
        var means = new Numbers(shape.OutChannels);
        var moments = new ResultMoments(shape.OutChannels, means);
        new BFloat16Case(shape).Forward(InstructionSet.Avx512BFloat16, teams[0], false, false, false, false, null, moments);
        Assert.True(moments.AreSummed);
    }

    [Fact]
    public void A_running_mean_far_from_the_results_is_noticed_and_so_is_what_is_not_a_number()
    {
        var geometry = shapes[1];
        var test = new ConvolutionCase(geometry);
        var (mean, variance) = Statistics(test.NaiveForward(false, false, false), geometry.OutChannels);
        double* means = stackalloc double[64], squares = stackalloc double[64];
        foreach (var (offset, isNear) in new[] { (0.0, true), (7.9, true), (8.1, false), (1000.0, false), (double.NaN, false) })
        {
            var running = new Numbers([.. mean.Select((m, c) => (float)(c == 17 ? m + offset * Math.Sqrt(variance[c]) : m))]);
            var moments = new ResultMoments(geometry.OutChannels, running);
            test.Forward(InstructionSets.Selected, teams[1], false, false, false, moments: moments);
            Assert.Equal(isNear, moments.TryJoin(0, geometry.OutChannels, geometry.OutputLength / geometry.OutChannels, 0, means, squares));
            Assert.True(moments.TryJoin(18, 22, geometry.OutputLength / geometry.OutChannels, 0, means, squares), "Other channels have nothing to do with it.");
        }
    }

    static void Check<T>(
        ConvolutionGeometry geometry, double[] results, double tolerance, Func<ResultMoments, bool> isSummedBy, Func<Workers, ResultMoments?, T[]> forward)
    {
        var channels = geometry.OutChannels;
        var rows = geometry.OutputLength / channels;
        var (mean, variance) = Statistics(results, channels);
        var random = new Random(channels);
        var running = new Numbers([.. mean.Select((m, c) => (float)(m + (2 * random.NextDouble() - 1) * Math.Sqrt(variance[c])))]);
        var plain = forward(teams[0], null);
        var means = new double[channels];
        var squares = new double[channels];
        foreach (var team in teams)
        {
            var moments = new ResultMoments(channels, running);
            Assert.Equal(plain, forward(team, moments));
            Assert.Equal(isSummedBy(moments), moments.AreSummed);
            if (!moments.AreSummed) return;
            // What was expected is known from when the convolution began.
            var before = running.ToArray();
            running.Span.Fill(1e6f);
            var (others, otherSquares) = (new double[channels], new double[channels]);
            fixed (double* m = others, s = otherSquares) Assert.True(moments.TryJoin(0, channels, rows, 1e-5f, m, s));
            running.Set(before);
            if (team == teams[0]) (means, squares) = (others, otherSquares);
            Assert.Equal(means, others);
            Assert.Equal(squares, otherSquares);
        }
        for (var c = 0; c < channels; c++)
        {
            var deviation = Math.Sqrt(variance[c]);
            Assert.True(Math.Abs(means[c] - mean[c]) <= tolerance * deviation, $"mean {c}: expected {mean[c]}, got {means[c]}, deviation {deviation}");
            Assert.True(Math.Abs(squares[c] / rows - variance[c]) <= tolerance * variance[c], $"variance {c}: expected {variance[c]}, got {squares[c] / rows}");
        }
    }

    static (double[] Mean, double[] Variance) Statistics(double[] results, int channels)
    {
        var rows = results.Length / channels;
        var mean = BatchNormProblem.ColumnSums(results, channels).Select(s => s / rows).ToArray();
        var squares = BatchNormProblem.ColumnSums([.. results.Select((y, i) => (y - mean[i % channels]) * (y - mean[i % channels]))], channels);
        return (mean, [.. squares.Select(s => s / rows)]);
    }
}
