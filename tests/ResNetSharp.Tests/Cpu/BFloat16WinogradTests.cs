using ResNetSharp.Cpu;

namespace ResNetSharp.Tests.Cpu;

/// <summary>
/// Winograd's algorithm on bfloat16 images. F(4x4, 3x3) computes in single precision, so all that it adds to the error of a result is much less
/// than its rounding, a relative error of 2^-9 at most. F(2x2, 3x3) of predictions may round what it has transformed, where the processor
/// multiplies such numbers: its errors are of the size that rounding pictures and weights has.
/// </summary>
public sealed class BFloat16WinogradTests
{
    /// <summary>
    /// Root mean squares of errors, relative to that of the results. Rounding a number costs 0.0017 on average, and never more than 0.0039; weights'
    /// gradients stay in single precision. With transformed numbers rounded a simulation in double precision gives 0.0040, and with the rounding
    /// of weights, which the reference has, and of results 0.0047, where direct products have 0.0024.
    /// </summary>
    const double Rounding = 0.0025, Weights = 5e-6, RoundingTransformed = 0.0052;

    static readonly Workers[] teams = [new(1), new(2), new(3)];

    [VectorTheory]
    [MemberData(nameof(WinogradTests.Cases), MemberType = typeof(WinogradTests))]
    public void Results_are_as_exact_as_their_numbers_can_be(
        string path, int batch, int height, int width, int inputs, int outputs, int before, int behind)
    {
        var set = Enum.Parse<InstructionSet>(path);
        var test = new BFloat16Case(new ConvolutionGeometry(batch, height, width, inputs, outputs, 3, 3, 1, 1, before, behind, before, behind));
        foreach (var constantWeights in new[] { false, true })
        {
            var results = test.Forward(set, teams[1], true, true, true, constantWeights, Winograd.Always);
            AssertClose(test.NaiveForward(true, true, true), Numbers(results), Rounding);
        }
        foreach (var accumulate in new[] { false, true })
        {
            var gradient = test.InputGradient(set, teams[1], accumulate, Winograd.Always);
            AssertClose(test.NaiveInputGradient(accumulate), Numbers(gradient), Rounding);
        }
        AssertClose(test.NaiveWeightGradient().Weights, test.WeightGradient(set, teams[1], Winograd.Always).Weights, Weights);
    }

    [VectorTheory]
    [MemberData(nameof(WinogradTests.Cases), MemberType = typeof(WinogradTests))]
    public void Predictions_may_round_what_is_transformed(
        string path, int batch, int height, int width, int inputs, int outputs, int before, int behind)
    {
        var set = Enum.Parse<InstructionSet>(path);
        var test = new BFloat16Case(new ConvolutionGeometry(batch, height, width, inputs, outputs, 3, 3, 1, 1, before, behind, before, behind));
        foreach (var (bias, residual, relu) in new[] { (false, false, false), (true, true, true) })
        {
            var results = test.Forward(set, teams[1], bias, residual, relu, constantWeights: true, Winograd.AlwaysSmall);
            AssertClose(test.NaiveForward(bias, residual, relu), Numbers(results), NarrowArithmetic.HasBFloat16(set) ? RoundingTransformed : Rounding);
        }
    }

    [VectorTheory]
    [MemberData(nameof(WinogradTests.Cases), MemberType = typeof(WinogradTests))]
    public void Results_do_not_depend_on_the_number_of_threads(
        string path, int batch, int height, int width, int inputs, int outputs, int before, int behind)
    {
        var set = Enum.Parse<InstructionSet>(path);
        var test = new BFloat16Case(new ConvolutionGeometry(batch, height, width, inputs, outputs, 3, 3, 1, 1, before, behind, before, behind));
        var large = teams.Select(team => test.Forward(set, team, true, false, false, true, Winograd.Always)).ToArray();
        var small = teams.Select(team => test.Forward(set, team, true, false, false, true, Winograd.AlwaysSmall)).ToArray();
        var backward = teams.Select(team => test.InputGradient(set, team, false, Winograd.Always)).ToArray();
        var weights = teams.Select(team => test.WeightGradient(set, team, Winograd.Always).Weights).ToArray();
        Assert.All(large, r => Assert.Equal(large[0], r));
        Assert.All(small, r => Assert.Equal(small[0], r));
        Assert.All(backward, r => Assert.Equal(backward[0], r));
        Assert.All(weights, r => Assert.Equal(weights[0], r));
    }

    static float[] Numbers(ushort[] numbers) => [.. numbers.Select(BFloat16.ToFloat)];

    static void AssertClose(double[] expected, float[] actual, double bound)
    {
        var (errors, squares) = (0.0, 0.0);
        for (var i = 0; i < expected.Length; i++)
        {
            errors += Math.Pow(actual[i] - expected[i], 2);
            squares += expected[i] * expected[i];
        }
        var error = Math.Sqrt(errors / squares);
        Assert.True(error < bound, $"The error is {error:G3} of the results' size.");
    }
}
