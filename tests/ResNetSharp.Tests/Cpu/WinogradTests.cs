using ResNetSharp.Cpu;

namespace ResNetSharp.Tests.Cpu;

public sealed class WinogradTests
{
    /// <summary>F(4x4, 3x3) rounds twice as much as F(2x2, 3x3) may.</summary>
    const double Error = 2e-6, SmallError = 1e-6;

    static readonly Workers[] teams = [new(1), new(2), new(3)];

    static readonly (int Batch, int Height, int Width, int Inputs, int Outputs, int Before, int Behind)[] shapes =
    [
        // padding before and behind
        (2, 8, 8, 16, 32, 1, 1),
        (3, 7, 7, 32, 48, 1, 1),
        (1, 13, 6, 48, 16, 1, 1),
        (2, 9, 10, 64, 64, 0, 0),
        (1, 5, 5, 16, 16, 0, 2),
        (40, 4, 4, 32, 80, 1, 1),
        (1, 1, 1, 16, 16, 1, 1),
        (1, 14, 14, 256, 64, 1, 1),
        (1, 5, 6, 512, 16, 1, 1),
        // for registers of eight numbers alone
        (2, 9, 7, 24, 40, 1, 1),
        (1, 6, 11, 8, 8, 1, 1),
        (3, 5, 5, 40, 24, 1, 0),
    ];

    /// <summary>Both widths of registers that this machine has, and the shapes whose channels fill them.</summary>
    public static TheoryData<string, int, int, int, int, int, int, int> Cases()
    {
        var data = new TheoryData<string, int, int, int, int, int, int, int>();
        foreach (var set in new[] { InstructionSet.Avx2, InstructionSet.Avx512 }.Where(InstructionSets.IsSupported))
        {
            foreach (var (batch, height, width, inputs, outputs, before, behind) in shapes)
            {
                if ((inputs | outputs) % TileKernel.Lanes(set) == 0) data.Add(set.ToString(), batch, height, width, inputs, outputs, before, behind);
            }
        }
        return data;
    }

    [VectorTheory]
    [MemberData(nameof(Cases))]
    public void Results_are_close_to_the_obvious_sums(
        string path, int batch, int height, int width, int inputs, int outputs, int before, int behind)
    {
        var set = Enum.Parse<InstructionSet>(path);
        var geometry = new ConvolutionGeometry(batch, height, width, inputs, outputs, 3, 3, 1, 1, before, behind, before, behind);
        var test = new ConvolutionCase(geometry);
        foreach (var (bias, residual, relu) in new[] { (false, false, false), (true, true, true) })
        {
            var actual = test.Forward(set, teams[1], bias, residual, relu, constantWeights: relu, Winograd.Always);
            AssertClose(test.NaiveForward(bias, residual, relu), actual, 9 * inputs);
            actual = test.Forward(set, teams[1], bias, residual, relu, constantWeights: relu, Winograd.AlwaysSmall);
            AssertClose(test.NaiveForward(bias, residual, relu), actual, 9 * inputs, SmallError);
        }
        foreach (var accumulate in new[] { false, true })
        {
            var actual = test.InputGradient(set, teams[1], accumulate, Winograd.Always);
            AssertClose(test.NaiveInputGradient(accumulate), actual, 9 * outputs);
            actual = test.InputGradient(set, teams[1], accumulate, Winograd.AlwaysSmall);
            AssertClose(test.NaiveInputGradient(accumulate), actual, 9 * outputs, SmallError);
        }
        var (weights, _) = test.WeightGradient(set, teams[1], Winograd.Always);
        AssertClose(test.NaiveWeightGradient().Weights, weights, batch * geometry.OutHeight * geometry.OutWidth);
    }

    [VectorTheory]
    [MemberData(nameof(Cases))]
    public void Results_do_not_depend_on_the_number_of_threads(
        string path, int batch, int height, int width, int inputs, int outputs, int before, int behind)
    {
        var set = Enum.Parse<InstructionSet>(path);
        var geometry = new ConvolutionGeometry(batch, height, width, inputs, outputs, 3, 3, 1, 1, before, behind, before, behind);
        var test = new ConvolutionCase(geometry);
        var forward = teams.Select(team => test.Forward(set, team, true, false, false, false, Winograd.Always)).ToArray();
        var backward = teams.Select(team => test.InputGradient(set, team, false, Winograd.Always)).ToArray();
        var small = teams.Select(team => test.Forward(set, team, true, false, false, true, Winograd.AlwaysSmall)).ToArray();
        var weights = teams.Select(team => test.WeightGradient(set, team, Winograd.Always).Weights).ToArray();
        Assert.All(weights, w => Assert.Equal(weights[0], w));
        Assert.All(small, s => Assert.Equal(small[0], s));
        Assert.All(forward, f => Assert.Equal(forward[0], f));
        Assert.All(backward, b => Assert.Equal(backward[0], b));
    }

    [VectorTheory]
    [MemberData(nameof(Cases))]
    public void It_is_used_where_registers_divide_the_channels_and_the_stride_is_one(
        string path, int batch, int height, int width, int inputs, int outputs, int before, int behind)
    {
        var set = Enum.Parse<InstructionSet>(path);
        var suitable = new ConvolutionGeometry(batch, height, width, inputs, outputs, 3, 3, 1, 1, before, behind, before, behind);
        Assert.All(Algorithms(set, suitable), name => Assert.Equal("winograd", name));
        Assert.All(Algorithms(set, suitable with { StrideWidth = 2 }), name => Assert.Equal("direct", name));
        Assert.All(Algorithms(set, suitable with { OutChannels = outputs + TileKernel.Lanes(set) / 2 }), name => Assert.Equal("direct", name));
    }

    static unsafe string[] Algorithms(InstructionSet set, ConvolutionGeometry geometry) =>
    [
        new ConvolutionForward(geometry, set, null, null, null, null, false, null, Winograd.Always).Algorithm,
        new ConvolutionForward(geometry, set, null, null, null, null, false, null, Winograd.AlwaysSmall).Algorithm,
        new ConvolutionInputGradient(geometry, set, null, null, null, false, Winograd.Always).Algorithm,
        new ConvolutionInputGradient(geometry, set, null, null, null, false, Winograd.AlwaysSmall).Algorithm,
        new ConvolutionWeightGradient(geometry, set, null, null, null, null, Winograd.Always).Algorithm,
    ];

    /// <summary>
    /// The root mean square of the error, against that of the sums themselves: two units of the seventh digit, where adding up directly
    /// has some tenths of one.
    /// </summary>
    static void AssertClose(double[] expected, float[] actual, int products, double error = Error) =>
        ConvolutionCase.AssertRoundedLittle(expected, actual, Math.Sqrt(products / 9.0), error);
}
