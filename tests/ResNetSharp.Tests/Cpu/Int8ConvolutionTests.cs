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

    public static TheoryData<int, int, int, int, int, int, int> FastShapes() => new()
    {
        // batch, height, width, inputs, outputs, padding before and behind
        { 2, 8, 8, 16, 32, 1, 1 },
        { 3, 7, 7, 32, 48, 1, 1 },
        { 1, 13, 6, 48, 16, 1, 1 },
        { 2, 9, 10, 64, 64, 0, 0 },
        { 1, 5, 5, 16, 16, 0, 2 },
        { 40, 4, 4, 32, 80, 1, 1 },
        { 1, 1, 1, 16, 16, 1, 1 },
        { 1, 14, 14, 256, 64, 1, 1 },
        { 1, 5, 6, 512, 16, 1, 1 },
    };

    [VectorTheory]
    [MemberData(nameof(FastShapes))]
    public void The_fast_algorithm_for_3x3_kernels_changes_no_bit(int batch, int height, int width, int inputs, int outputs, int before, int behind)
    {
        var geometry = new ConvolutionGeometry(batch, height, width, inputs, outputs, 3, 3, 1, 1, before, behind, before, behind);
        Check(geometry, new Int8Case(geometry), InstructionSet.Avx2, Winograd.Always);
        Check(geometry, new Int8Case(geometry), InstructionSet.Avx2, Winograd.Off);
    }

    /// <summary>The largest sums are 255 * 127 * 9 * channels; 112 channels stay below the limit of the fast algorithm, 128 do not.</summary>
    [VectorTheory]
    [InlineData(112, true)]
    [InlineData(128, false)]
    public unsafe void The_largest_numbers_are_multiplied_exactly(int channels, bool fits)
    {
        var geometry = new ConvolutionGeometry(1, 6, 7, channels, 16, 3, 3, 1, 1, 1, 1, 1, 1);
        var weights = new NativeBuffer(geometry.WeightLength);
        new Span<sbyte>(weights.Pointer, (int)weights.Bytes).Fill(127);
        Assert.Equal(fits, Int8Winograd.Fits(new Int8Problem(geometry, InstructionSet.Avx2) { Weights = (sbyte*)weights.Pointer }));
        foreach (var (number, weight) in new (byte, sbyte)[] { (255, 127), (255, -128), (0, 127), (0, -128) })
        {
            var test = new Int8Case(geometry);
            test.Fill(number, weight);
            Check(geometry, test, InstructionSet.Avx2, Winograd.Always);
        }
        GC.KeepAlive(weights);
    }

    [VectorTheory]
    [InlineData(0)]
    [InlineData(137)]
    public unsafe void The_fast_algorithm_is_refused_where_one_result_of_many_may_be_too_large(int zero)
    {
        var geometry = new ConvolutionGeometry(1, 6, 7, 512, 32, 3, 3, 1, 1, 1, 1, 1, 1);
        var weights = new NativeBuffer(geometry.WeightLength);
        var problem = new Int8Problem(geometry, InstructionSet.Avx2) { Weights = (sbyte*)weights.Pointer, SourceZero = zero };
        Assert.True(Int8Winograd.Fits(problem));
        for (var i = 17L; i < weights.Bytes; i += geometry.OutChannels) weights.Pointer[i] = unchecked((byte)-100);
        Assert.False(Int8Winograd.Fits(problem));
        GC.KeepAlive(weights);
    }

    static void Check(ConvolutionGeometry geometry, Int8Case test, InstructionSet set, Winograd? winograd = null)
    {
        foreach (var (bias, residual, relu) in new[] { (false, false, false), (true, false, true), (true, true, true), (false, true, false) })
        {
            var values = test.Naive(bias, residual, relu);
            foreach (var (team, zero) in new[] { (teams[0], 0), (teams[1], 128), (teams[2], 3) })
            {
                var actual = test.Bytes(set, team, bias, residual, relu, zero, winograd);
                for (var i = 0; i < values.Length; i++)
                {
                    var expected = Int8Case.Quantized(values[i], zero);
                    if (actual[i] != expected) Assert.Fail($"{set}, {geometry}: number {i} of {values.Length} is {actual[i]}, not {expected}.");
                }
            }
            Assert.Equal(values, test.Floats(set, teams[1], bias, residual, relu, winograd));
        }
    }

    [QuadTheory]
    [MemberData(nameof(QuadShapes))]
    public void Registers_of_256_bits_multiply_bytes_too(string name)
    {
        var test = new Int8Case(NarrowShapes.All[name]);
        foreach (var (bias, residual, relu) in new[] { (false, false, false), (true, false, true), (true, true, true), (false, true, false) })
        {
            var expected = test.Naive(bias, residual, relu).Select(value => Int8Case.Quantized(value, 3));
            Assert.Equal(expected, test.Quads(InstructionSet.Avx2, teams[1], bias, residual, relu, 3));
        }
    }

    public static TheoryData<string> QuadShapes() =>
        [.. NarrowShapes.All.Where(shape => shape.Value.GroupInChannels % 4 == 0 || QuadRows.Suits(shape.Value)).Select(shape => shape.Key)];

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
