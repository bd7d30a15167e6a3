using ResNetSharp.Cpu;

namespace ResNetSharp.Tests.Cpu;

/// <summary>A convolution with its kernels for one type of number, and the same sums the obvious way.</summary>
/// <typeparam name="T">What images are made of.</typeparam>
interface IConvolutionCase<T>
{
    ConvolutionGeometry Geometry { get; }

    T[] Forward(InstructionSet set, Workers workers, bool bias, bool residual, bool relu, bool constantWeights);

    T[] InputGradient(InstructionSet set, Workers workers, bool accumulate);

    (float[] Weights, float[] Bias) WeightGradient(InstructionSet set, Workers workers);

    double[] NaiveForward(bool bias, bool residual, bool relu);

    double[] NaiveInputGradient(bool accumulate);

    (double[] Weights, double[] Bias) NaiveWeightGradient();

    /// <summary>Compares sums of n products.</summary>
    void Compare(double[] expected, T[] actual, long products, string what);
}

/// <summary>What convolutions are tested for, whatever their numbers are.</summary>
static class ConvolutionChecks
{
    const int RandomShapes = 40;

    static IEnumerable<InstructionSet> Sets => Enum.GetValues<InstructionSet>().Where(InstructionSets.IsSupported);

    /// <summary>Every shape on every instruction set of this machine.</summary>
    public static TheoryData<string, string> Cases(IEnumerable<string> shapes)
    {
        var data = new TheoryData<string, string>();
        foreach (var set in Sets)
            foreach (var name in shapes) data.Add(name, set.ToString());
        return data;
    }

    /// <summary>Does something with shapes drawn at random, on every instruction set.</summary>
    /// <param name="seed">Decides the shapes, and the numbers of each.</param>
    /// <param name="draw">Draws a shape.</param>
    /// <param name="check">Gets the shape, a seed for its numbers, how many shapes came before, and the instruction set.</param>
    public static void OnRandomShapes(int seed, Func<Random, ConvolutionGeometry> draw, Action<ConvolutionGeometry, int, int, InstructionSet> check)
    {
        var random = new Random(seed);
        for (var i = 0; i < RandomShapes; i++)
        {
            var geometry = draw(random);
            foreach (var set in Sets) check(geometry, seed * 1000 + i, i, set);
        }
    }

    public static void Forward<T>(IConvolutionCase<T> test, InstructionSet set, Workers team)
    {
        foreach (var (bias, residual, relu) in new[] { (false, false, false), (true, false, true), (false, true, false), (true, true, true) })
            Forward(test, set, team, bias, residual, relu, constantWeights: relu);
    }

    public static void InputGradient<T>(IConvolutionCase<T> test, InstructionSet set, Workers team, bool accumulate) =>
        test.Compare(test.NaiveInputGradient(accumulate), test.InputGradient(set, team, accumulate), test.Geometry.Taps * test.Geometry.GroupOutChannels,
            $"input gradient of {set}, {test.Geometry}");

    public static void WeightGradient<T>(IConvolutionCase<T> test, InstructionSet set, Workers team)
    {
        var geometry = test.Geometry;
        var pixels = (long)geometry.Batch * geometry.OutHeight * geometry.OutWidth;
        var (expectedWeights, expectedBias) = test.NaiveWeightGradient();
        var (weights, bias) = test.WeightGradient(set, team);
        ConvolutionCase.AssertClose(expectedWeights, weights, pixels, $"weight gradient of {set}, {geometry}");
        ConvolutionCase.AssertClose(expectedBias, bias, pixels, $"bias gradient of {set}, {geometry}");
    }

    public static void All<T>(IConvolutionCase<T> test, InstructionSet set, Workers team)
    {
        Forward(test, set, team, bias: true, residual: true, relu: true, constantWeights: false);
        InputGradient(test, set, team, accumulate: true);
        WeightGradient(test, set, team);
    }

    public static void SameForAllTeams<T>(IConvolutionCase<T> test, InstructionSet set, IEnumerable<Workers> teams)
    {
        var results = teams.Select(team => (
            Forward: test.Forward(set, team, bias: true, residual: true, relu: false, constantWeights: false),
            Input: test.InputGradient(set, team, accumulate: true),
            Weights: test.WeightGradient(set, team))).ToArray();
        foreach (var result in results.Skip(1))
        {
            Assert.Equal(results[0].Forward, result.Forward);
            Assert.Equal(results[0].Input, result.Input);
            Assert.Equal(results[0].Weights.Weights, result.Weights.Weights);
            Assert.Equal(results[0].Weights.Bias, result.Weights.Bias);
        }
    }

    static void Forward<T>(IConvolutionCase<T> test, InstructionSet set, Workers team, bool bias, bool residual, bool relu, bool constantWeights) =>
        test.Compare(test.NaiveForward(bias, residual, relu), test.Forward(set, team, bias, residual, relu, constantWeights),
            test.Geometry.Taps * test.Geometry.GroupInChannels, $"output of {set}, {test.Geometry}");
}
