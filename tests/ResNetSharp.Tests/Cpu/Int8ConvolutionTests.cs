using ResNetSharp.Cpu;

namespace ResNetSharp.Tests.Cpu;

public sealed class Int8ConvolutionTests
{
    static readonly Workers[] teams = [new(1), new(2), new(3)];

    public static TheoryData<string, string> Cases() => ConvolutionChecks.Cases(NarrowShapes.All.Keys);

    [Theory]
    [MemberData(nameof(Cases))]
    public void Results_are_those_of_the_obvious_sum_to_the_last_bit(string name, string path) =>
        Check(NarrowShapes.All[name], new Int8Case(NarrowShapes.All[name]), Enum.Parse<InstructionSet>(path));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Random_shapes_give_the_obvious_sums(int seed) => ConvolutionChecks.OnRandomShapes(seed, NarrowShapes.Random, (geometry, numbers, _, set) =>
        Check(geometry, new Int8Case(geometry, numbers), set));

    static void Check(ConvolutionGeometry geometry, Int8Case test, InstructionSet set)
    {
        foreach (var (bias, residual, relu) in new[] { (false, false, false), (true, false, true), (true, true, true), (false, true, false) })
        {
            var values = test.Naive(bias, residual, relu);
            foreach (var (team, zero) in new[] { (teams[0], 0), (teams[1], 128), (teams[2], 3) })
            {
                var actual = test.Bytes(set, team, bias, residual, relu, zero);
                for (var i = 0; i < values.Length; i++)
                {
                    var expected = Int8Case.Quantized(values[i], zero);
                    if (actual[i] != expected) Assert.Fail($"{set}, {geometry}: number {i} of {values.Length} is {actual[i]}, not {expected}.");
                }
            }
            Assert.Equal(values, test.Floats(set, teams[1], bias, residual, relu));
        }
    }

    [Fact]
    public unsafe void A_zero_point_beyond_8_bits_is_refused()
    {
        var geometry = ConvolutionGeometry.Product(1, 2, 3);
        var error = Assert.Throws<ArgumentException>(() =>
            new Int8Convolution(geometry, InstructionSet.Portable, null, 256, null, null, null, null, 0, 0, false, (byte*)null, 0));
        Assert.Contains("256", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public unsafe void Sums_that_may_not_fit_into_32_bits_are_refused()
    {
        var geometry = ConvolutionGeometry.Product(1, 70_000, 3);
        Assert.Throws<ArgumentException>(() =>
            new Int8Convolution(geometry, InstructionSet.Portable, null, 0, null, null, null, null, 0, 0, false, (float*)null));
    }
}
