using ResNetSharp.Cpu;

namespace ResNetSharp.Tests.Cpu;

public sealed class StrassenTests
{
    /// <summary>Of the root mean square of the error, in roots of the number of products, which are those of numbers in -1..1.</summary>
    internal const double Error = 2.5e-7;

    static readonly Workers[] teams = [new(1), new(2), new(3)];

    static readonly ConvolutionGeometry[] shapes =
    [
        new(1, 1, 2, 64, 64),
        new(2, 5, 7, 64, 128),
        new(3, 8, 9, 128, 64),
        new(1, 14, 14, 256, 320),
        // several chunks, the last one smaller
        new(5, 21, 22, 64, 64),
        // every second pixel; gradients the direct way
        new(2, 9, 9, 64, 64, StrideHeight: 2, StrideWidth: 2),
        new(2, 6, 9, 64, 128, StrideHeight: 1, StrideWidth: 3),
        // for registers of eight numbers alone
        new(2, 3, 5, 32, 32),
        new(1, 30, 9, 96, 160),
    ];

    /// <summary>Both widths of registers that this machine has, and the shapes whose channels fill them.</summary>
    public static TheoryData<string, int> Cases()
    {
        var data = new TheoryData<string, int>();
        foreach (var set in new[] { InstructionSet.Avx2, InstructionSet.Avx512 }.Where(InstructionSets.IsSupported))
        {
            for (var i = 0; i < shapes.Length; i++)
            {
                if ((shapes[i].InChannels | shapes[i].OutChannels) % (4 * TileKernel.Lanes(set)) == 0) data.Add(set.ToString(), i);
            }
        }
        return data;
    }

    [VectorTheory]
    [MemberData(nameof(Cases))]
    public void Results_are_close_to_the_obvious_sums(string path, int shape)
    {
        var set = Enum.Parse<InstructionSet>(path);
        var test = new ConvolutionCase(shapes[shape]);
        foreach (var (bias, residual, relu) in new[] { (false, false, false), (true, false, true), (false, true, false), (true, true, true) })
        {
            var actual = test.Forward(set, teams[1], bias, residual, relu, constantWeights: relu, strassen: Strassen.Always);
            AssertClose(test.NaiveForward(bias, residual, relu), actual, shapes[shape].InChannels);
        }
        foreach (var accumulate in new[] { false, true })
        {
            var actual = test.InputGradient(set, teams[1], accumulate, strassen: Strassen.Always);
            AssertClose(test.NaiveInputGradient(accumulate), actual, shapes[shape].OutChannels);
        }
    }

    [VectorTheory]
    [MemberData(nameof(Cases))]
    public void Results_do_not_depend_on_the_number_of_threads(string path, int shape)
    {
        var set = Enum.Parse<InstructionSet>(path);
        var test = new ConvolutionCase(shapes[shape]);
        var forward = teams.Select(team => test.Forward(set, team, true, true, false, strassen: Strassen.Always)).ToArray();
        var backward = teams.Select(team => test.InputGradient(set, team, false, strassen: Strassen.Always)).ToArray();
        Assert.All(forward, f => Assert.Equal(forward[0], f));
        Assert.All(backward, b => Assert.Equal(backward[0], b));
    }

    [VectorTheory]
    [MemberData(nameof(Cases))]
    public void It_is_possible_where_registers_divide_the_halves(string path, int shape)
    {
        var set = Enum.Parse<InstructionSet>(path);
        var suitable = shapes[shape];
        Assert.Equal("strassen", Forward(set, suitable, Strassen.Always));
        Assert.Equal(suitable.StrideWidth == 1 ? "strassen" : "direct", InputGradient(set, suitable, Strassen.Always));
        Assert.Equal("direct", Forward(set, suitable, Strassen.Off));
        Assert.Equal("direct", Forward(set, suitable with { OutChannels = suitable.OutChannels + TileKernel.Lanes(set) }, Strassen.Always));
        Assert.Equal("direct", Forward(set, suitable with { InChannels = suitable.InChannels + TileKernel.Lanes(set) }, Strassen.Always));
        Assert.Equal("direct", Forward(set, suitable with { Groups = 2 }, Strassen.Always));
        Assert.Equal("direct", Forward(set, suitable with { Batch = 1, InHeight = 3, InWidth = 9, StrideHeight = 1, StrideWidth = 1 }, Strassen.Always));
    }

    [VectorTheory]
    [InlineData(16, 14, 512, 1024, "strassen")]
    [InlineData(16, 14, 1024, 512, "strassen")]
    [InlineData(6, 14, 512, 512, "strassen")]
    [InlineData(1, 14, 512, 512, "direct")]
    [InlineData(16, 28, 128, 512, "direct")]
    [InlineData(16, 28, 512, 128, "direct")]
    public void It_is_used_for_many_channels_and_pixels(int batch, int size, int inputs, int outputs, string expected)
    {
        var geometry = new ConvolutionGeometry(batch, size, size, inputs, outputs);
        foreach (var set in new[] { InstructionSet.Avx2, InstructionSet.Avx512 }.Where(InstructionSets.IsSupported))
        {
            Assert.Equal(expected, Forward(set, geometry, Strassen.Auto));
            Assert.Equal(expected, InputGradient(set, geometry, Strassen.Auto));
        }
    }

    [VectorTheory]
    [InlineData(1, 28)]
    [InlineData(2, 14)]
    public void Narrow_registers_want_more_pixels(int batch, int size)
    {
        var geometry = new ConvolutionGeometry(batch, size, size, 512, 512);
        Assert.Equal("direct", Forward(InstructionSet.Avx2, geometry, Strassen.Auto));
        if (InstructionSets.IsSupported(InstructionSet.Avx512)) Assert.Equal("strassen", Forward(InstructionSet.Avx512, geometry, Strassen.Auto));
    }

    [VectorTheory]
    [InlineData(256, 1024)]
    [InlineData(1024, 256)]
    public void Additions_weigh_more_where_whole_registers_are_multiplied_at_once(int inputs, int outputs)
    {
        var geometry = new ConvolutionGeometry(16, 14, 14, inputs, outputs);
        Assert.Equal("strassen", Forward(InstructionSet.Avx2, geometry, Strassen.Auto));
        if (InstructionSets.IsSupported(InstructionSet.Avx512))
            Assert.Equal(ProcessorKind.SplitsWideRegisters ? "strassen" : "direct", Forward(InstructionSet.Avx512, geometry, Strassen.Auto));
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData("auto", true)]
    [InlineData(" OFF ", false)]
    public void A_variable_turns_fast_algorithms_off(string? value, bool expected)
    {
        Assert.Equal(expected ? Strassen.Auto : Strassen.Off, StrassenSettings.Select(value));
        Assert.Equal(expected ? Winograd.Auto : Winograd.Off, WinogradSettings.Select(value));
    }

    [Fact]
    public void Another_value_of_the_variable_is_refused()
    {
        var refusal = Assert.Throws<NotSupportedException>(() => StrassenSettings.Select("on"));
        Assert.Equal("RESNETSHARP_STRASSEN is 'on'; use auto or off.", refusal.Message);
    }

    static unsafe string Forward(InstructionSet set, ConvolutionGeometry geometry, Strassen strassen) =>
        new ConvolutionForward(geometry, set, null, null, null, null, false, null, Winograd.Off, strassen).Algorithm;

    static unsafe string InputGradient(InstructionSet set, ConvolutionGeometry geometry, Strassen strassen) =>
        new ConvolutionInputGradient(geometry, set, null, null, null, false, Winograd.Off, strassen).Algorithm;

    static void AssertClose(double[] expected, float[] actual, int products) =>
        ConvolutionCase.AssertRoundedLittle(expected, actual, Math.Sqrt(products), Error);
}
