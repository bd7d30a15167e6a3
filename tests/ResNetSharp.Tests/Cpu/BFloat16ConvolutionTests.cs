using ResNetSharp.Cpu;

namespace ResNetSharp.Tests.Cpu;

public sealed class BFloat16ConvolutionTests
{
    static readonly Workers[] teams = [new(1), new(2), new(3)];

    public static TheoryData<string, string> Cases() => ConvolutionChecks.Cases(NarrowShapes.All.Keys);

    [Theory]
    [MemberData(nameof(Cases))]
    public void Forward_equals_the_obvious_sum(string name, string path) =>
        ConvolutionChecks.Forward(new BFloat16Case(NarrowShapes.All[name]), Enum.Parse<InstructionSet>(path), teams[1]);

    [Theory]
    [MemberData(nameof(Cases))]
    public void Input_gradient_equals_the_obvious_sum(string name, string path)
    {
        var test = new BFloat16Case(NarrowShapes.All[name]);
        foreach (var accumulate in new[] { false, true }) ConvolutionChecks.InputGradient(test, Enum.Parse<InstructionSet>(path), teams[1], accumulate);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Weight_gradient_equals_the_obvious_sum(string name, string path) =>
        ConvolutionChecks.WeightGradient(new BFloat16Case(NarrowShapes.All[name]), Enum.Parse<InstructionSet>(path), teams[1]);

    [Theory]
    [MemberData(nameof(Cases))]
    public void Results_do_not_depend_on_the_number_of_threads(string name, string path) =>
        ConvolutionChecks.SameForAllTeams(new BFloat16Case(NarrowShapes.All[name]), Enum.Parse<InstructionSet>(path), teams);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Random_shapes_give_the_obvious_sums(int seed) => ConvolutionChecks.OnRandomShapes(seed, NarrowShapes.Random, (geometry, numbers, i, set) =>
        ConvolutionChecks.All(new BFloat16Case(geometry, numbers), set, teams[i % teams.Length]));
}
