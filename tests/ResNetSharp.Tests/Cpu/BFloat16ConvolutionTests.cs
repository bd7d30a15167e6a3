using ResNetSharp.Cpu;

namespace ResNetSharp.Tests.Cpu;

public sealed class BFloat16ConvolutionTests
{
    static readonly Workers[] teams = [new(1), new(2), new(3)];

    public static TheoryData<string, string> Cases()
    {
        var data = new TheoryData<string, string>();
        foreach (var set in Enum.GetValues<InstructionSet>().Where(InstructionSets.IsSupported))
            foreach (var name in NarrowShapes.All.Keys) data.Add(name, set.ToString());
        return data;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Forward_equals_the_obvious_sum(string name, string path)
    {
        var geometry = NarrowShapes.All[name];
        var test = new BFloat16Case(geometry);
        var set = Enum.Parse<InstructionSet>(path);
        foreach (var (bias, residual, relu) in new[] { (false, false, false), (true, false, true), (false, true, false), (true, true, true) })
        {
            var actual = test.Forward(set, teams[1], bias, residual, relu, constantWeights: relu);
            BFloat16Case.AssertClose(test.NaiveForward(bias, residual, relu), actual, geometry.Taps * geometry.GroupInChannels, "result");
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Input_gradient_equals_the_obvious_sum(string name, string path)
    {
        var geometry = NarrowShapes.All[name];
        var test = new BFloat16Case(geometry);
        foreach (var accumulate in new[] { false, true })
        {
            var actual = test.InputGradient(Enum.Parse<InstructionSet>(path), teams[1], accumulate);
            BFloat16Case.AssertClose(test.NaiveInputGradient(accumulate), actual, geometry.Taps * geometry.GroupOutChannels, "input gradient");
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Weight_gradient_equals_the_obvious_sum(string name, string path)
    {
        var geometry = NarrowShapes.All[name];
        var test = new BFloat16Case(geometry);
        var pixels = (long)geometry.Batch * geometry.OutHeight * geometry.OutWidth;
        var (expectedWeights, expectedBias) = test.NaiveWeightGradient();
        var (weights, bias) = test.WeightGradient(Enum.Parse<InstructionSet>(path), teams[1]);
        ConvolutionCase.AssertClose(expectedWeights, weights, pixels, "weight gradient");
        ConvolutionCase.AssertClose(expectedBias, bias, pixels, "bias gradient");
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Results_do_not_depend_on_the_number_of_threads(string name, string path)
    {
        var test = new BFloat16Case(NarrowShapes.All[name]);
        var set = Enum.Parse<InstructionSet>(path);
        var results = teams.Select(team => (
            Forward: test.Forward(set, team, true, true, false),
            Input: test.InputGradient(set, team, true),
            Weights: test.WeightGradient(set, team))).ToArray();
        foreach (var result in results.Skip(1))
        {
            Assert.Equal(results[0].Forward, result.Forward);
            Assert.Equal(results[0].Input, result.Input);
            Assert.Equal(results[0].Weights.Weights, result.Weights.Weights);
            Assert.Equal(results[0].Weights.Bias, result.Weights.Bias);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Random_shapes_give_the_obvious_sums(int seed)
    {
        var random = new Random(seed);
        for (var i = 0; i < 40; i++)
        {
            var geometry = NarrowShapes.Random(random);
            var test = new BFloat16Case(geometry, seed * 1000 + i);
            foreach (var set in Enum.GetValues<InstructionSet>().Where(InstructionSets.IsSupported)) Check(geometry, test, set, teams[i % teams.Length]);
        }
    }

    static void Check(ConvolutionGeometry geometry, BFloat16Case test, InstructionSet set, Workers team)
    {
        var what = $"{set}, {geometry}";
        BFloat16Case.AssertClose(
            test.NaiveForward(true, true, true), test.Forward(set, team, true, true, true), geometry.Taps * geometry.GroupInChannels, $"result of {what}");
        BFloat16Case.AssertClose(
            test.NaiveInputGradient(true), test.InputGradient(set, team, true), geometry.Taps * geometry.GroupOutChannels, $"input gradient of {what}");
        ConvolutionCase.AssertClose(
            test.NaiveWeightGradient().Weights, test.WeightGradient(set, team).Weights, geometry.Batch * geometry.OutHeight * geometry.OutWidth,
            $"weight gradient of {what}");
    }
}
