using ResNetSharp.Cpu;

namespace ResNetSharp.Tests.Cpu;

public sealed class WinogradTests
{
    /// <summary>F(4x4, 3x3) rounds twice as much as F(2x2, 3x3) may.</summary>
    const double Error = 2e-6, SmallError = 1e-6;

    static readonly Workers[] teams = [new(1), new(2), new(3)];

    /// <summary>Skipped, and said so, where the processor lacks the instructions that the algorithm is written for.</summary>
    sealed class Avx512TheoryAttribute : TheoryAttribute
    {
        public Avx512TheoryAttribute()
        {
            if (!InstructionSets.IsSupported(InstructionSet.Avx512)) Skip = "this processor has no AVX-512";
        }
    }

    public static TheoryData<int, int, int, int, int, int, int> Shapes => new()
    {
        // batch, height, width, channels in and out, padding before and behind
        { 2, 8, 8, 16, 32, 1, 1 },
        { 3, 7, 7, 32, 48, 1, 1 },
        { 1, 13, 6, 48, 16, 1, 1 },
        { 2, 9, 10, 64, 64, 0, 0 },
        { 1, 5, 5, 16, 16, 0, 2 },
        { 40, 4, 4, 32, 80, 1, 1 },
        { 1, 1, 1, 16, 16, 1, 1 },
        { 1, 14, 14, 256, 64, 1, 1 },
    };

    [Avx512Theory]
    [MemberData(nameof(Shapes))]
    public void Results_are_close_to_the_obvious_sums(int batch, int height, int width, int inputs, int outputs, int before, int behind)
    {
        var geometry = new ConvolutionGeometry(batch, height, width, inputs, outputs, 3, 3, 1, 1, before, behind, before, behind);
        var test = new ConvolutionCase(geometry);
        foreach (var (bias, residual, relu) in new[] { (false, false, false), (true, true, true) })
        {
            var actual = test.Forward(InstructionSet.Avx512, teams[1], bias, residual, relu, constantWeights: relu, Winograd.Always);
            AssertClose(test.NaiveForward(bias, residual, relu), actual, 9 * inputs);
            actual = test.Forward(InstructionSet.Avx512, teams[1], bias, residual, relu, constantWeights: relu, Winograd.AlwaysSmall);
            AssertClose(test.NaiveForward(bias, residual, relu), actual, 9 * inputs, SmallError);
        }
        foreach (var accumulate in new[] { false, true })
        {
            var actual = test.InputGradient(InstructionSet.Avx512, teams[1], accumulate, Winograd.Always);
            AssertClose(test.NaiveInputGradient(accumulate), actual, 9 * outputs);
            actual = test.InputGradient(InstructionSet.Avx512, teams[1], accumulate, Winograd.AlwaysSmall);
            AssertClose(test.NaiveInputGradient(accumulate), actual, 9 * outputs, SmallError);
        }
        var (weights, _) = test.WeightGradient(InstructionSet.Avx512, teams[1], Winograd.Always);
        AssertClose(test.NaiveWeightGradient().Weights, weights, batch * geometry.OutHeight * geometry.OutWidth);
    }

    [Avx512Theory]
    [MemberData(nameof(Shapes))]
    public void Results_do_not_depend_on_the_number_of_threads(int batch, int height, int width, int inputs, int outputs, int before, int behind)
    {
        var geometry = new ConvolutionGeometry(batch, height, width, inputs, outputs, 3, 3, 1, 1, before, behind, before, behind);
        var test = new ConvolutionCase(geometry);
        var forward = teams.Select(team => test.Forward(InstructionSet.Avx512, team, true, false, false, false, Winograd.Always)).ToArray();
        var backward = teams.Select(team => test.InputGradient(InstructionSet.Avx512, team, false, Winograd.Always)).ToArray();
        var small = teams.Select(team => test.Forward(InstructionSet.Avx512, team, true, false, false, true, Winograd.AlwaysSmall)).ToArray();
        var weights = teams.Select(team => test.WeightGradient(InstructionSet.Avx512, team, Winograd.Always).Weights).ToArray();
        Assert.All(weights, w => Assert.Equal(weights[0], w));
        Assert.All(small, s => Assert.Equal(small[0], s));
        Assert.All(forward, f => Assert.Equal(forward[0], f));
        Assert.All(backward, b => Assert.Equal(backward[0], b));
    }

    /// <summary>
    /// The root mean square of the error, against that of the sums themselves: two units of the seventh digit, where adding up directly
    /// has some tenths of one.
    /// </summary>
    static void AssertClose(double[] expected, float[] actual, int products, double error = Error)
    {
        var scale = Math.Sqrt(products / 9.0);
        var squares = 0.0;
        for (var i = 0; i < expected.Length; i++)
        {
            var difference = (actual[i] - expected[i]) / scale;
            Assert.True(Math.Abs(difference) < 10 * error, $"Number {i} is {actual[i]}, not {expected[i]}.");
            squares += difference * difference;
        }
        Assert.InRange(Math.Sqrt(squares / expected.Length), 0, error);
    }
}
