using ResNetSharp.Cpu;

namespace ResNetSharp.Tests.Cpu;

public sealed class StrassenWeightGradientTests
{
    static readonly Workers[] teams = [new(1), new(2), new(3)];

    static readonly ConvolutionGeometry[] shapes =
    [
        new(1, 1, 2, 64, 64),
        new(2, 5, 7, 64, 128),
        new(3, 8, 9, 128, 64),
        // several blocks
        new(5, 21, 22, 64, 64),
        // every second pixel, and the last of all; some in one direction only
        new(2, 9, 9, 64, 64, StrideHeight: 2, StrideWidth: 2),
        new(2, 6, 9, 64, 128, StrideHeight: 1, StrideWidth: 3),
        // several slices of both sides
        new(1, 6, 8, 1088, 640),
        // sums that several blocks are added to
        new(4, 27, 26, 256, 448),
        // for registers of eight numbers alone
        new(2, 3, 5, 16, 32),
        new(1, 30, 9, 80, 160),
    ];

    /// <summary>Both widths of registers that this machine has, and the shapes whose channels fill them.</summary>
    public static TheoryData<string, int> Cases()
    {
        var data = new TheoryData<string, int>();
        foreach (var set in new[] { InstructionSet.Avx2, InstructionSet.Avx512 }.Where(InstructionSets.IsSupported))
        {
            for (var i = 0; i < shapes.Length; i++)
            {
                if (Algorithm(set, shapes[i], Strassen.Always) == "strassen") data.Add(set.ToString(), i);
            }
        }
        return data;
    }

    [VectorTheory]
    [MemberData(nameof(Cases))]
    public void Sums_are_close_to_the_obvious_ones(string path, int shape)
    {
        var set = Enum.Parse<InstructionSet>(path);
        var geometry = shapes[shape];
        var test = new ConvolutionCase(geometry);
        var pixels = geometry.Batch * geometry.OutHeight * geometry.OutWidth;
        var (weights, bias) = test.NaiveWeightGradient();
        var results = teams.Select(team => test.WeightGradient(set, team, strassen: Strassen.Always)).ToArray();
        ConvolutionCase.AssertRoundedLittle(weights, results[0].Weights, Math.Sqrt(pixels), StrassenTests.Error);
        ConvolutionCase.AssertClose(bias, results[0].Bias, pixels, "bias gradient");
        Assert.All(results, r => Assert.Equal(results[0].Weights, r.Weights));
    }

    [VectorTheory]
    [MemberData(nameof(Cases))]
    public void Of_bfloat16_images_they_are_as_exact(string path, int shape)
    {
        var set = Enum.Parse<InstructionSet>(path);
        var geometry = shapes[shape];
        var test = new BFloat16Case(geometry);
        var results = teams.Select(team => test.WeightGradient(set, team, null, Strassen.Always)).ToArray();
        ConvolutionCase.AssertRoundedLittle(
            test.NaiveWeightGradient().Weights, results[0].Weights, Math.Sqrt(geometry.Batch * geometry.OutHeight * geometry.OutWidth), StrassenTests.Error);
        Assert.All(results, r => Assert.Equal(results[0].Weights, r.Weights));
    }

    [VectorTheory]
    [InlineData(16, 14, 1024, 256, 1, "strassen")]
    [InlineData(16, 56, 128, 256, 1, "strassen")]
    [InlineData(16, 28, 512, 1024, 2, "strassen")]
    [InlineData(16, 7, 512, 2048, 1, "strassen")]
    [InlineData(2, 7, 512, 2048, 1, "direct")]
    [InlineData(16, 56, 64, 256, 1, "direct")]
    [InlineData(16, 56, 256, 64, 1, "direct")]
    public void It_is_used_for_many_channels_and_pixels(int batch, int size, int inputs, int outputs, int stride, string expected)
    {
        var geometry = new ConvolutionGeometry(batch, size, size, inputs, outputs, StrideHeight: stride, StrideWidth: stride);
        Assert.Equal(expected, Algorithm(InstructionSet.Avx2, geometry, Strassen.Auto));
        Assert.Equal("direct", Algorithm(InstructionSet.Avx2, geometry, Strassen.Off));
        Assert.Equal("direct", Algorithm(InstructionSet.Portable, geometry, Strassen.Always));
        if (InstructionSets.IsSupported(InstructionSet.Avx512)) Assert.Equal("direct", Algorithm(InstructionSet.Avx512, geometry, Strassen.Auto));
    }

    [VectorTheory]
    [InlineData(2, 16, 32, 1, "strassen")]
    [InlineData(1, 16, 32, 1, "direct")]
    [InlineData(2, 24, 32, 1, "direct")]
    [InlineData(2, 16, 48, 1, "direct")]
    [InlineData(2, 16, 32, 2, "direct")]
    public void It_is_possible_where_registers_divide_the_halves(int batch, int inputs, int outputs, int groups, string expected)
    {
        var geometry = new ConvolutionGeometry(batch, 5, 5, inputs, outputs, Groups: groups);
        Assert.Equal(expected, Algorithm(InstructionSet.Avx2, geometry, Strassen.Always));
        Assert.Equal("direct", Algorithm(InstructionSet.Avx2, geometry with { PadLeft = 1, PadRight = 1 }, Strassen.Always));
        Assert.Equal("direct", Algorithm(InstructionSet.Avx2, geometry with { KernelHeight = 3, PadTop = 1, PadBottom = 1 }, Strassen.Always));
    }

    [VectorTheory]
    [InlineData(1)]
    [InlineData(2)]
    public unsafe void Running_it_again_allocates_nothing(int threads)
    {
        var workers = teams[threads - 1];
        var geometry = new ConvolutionGeometry(2, 5, 5, 16, 32);
        NativeBuffer input = new(geometry.InputLength * sizeof(float)), gradient = new(geometry.OutputLength * sizeof(float)), weights = new(geometry.WeightLength * sizeof(float));
        var kernel = new ConvolutionWeightGradient(
            geometry, InstructionSet.Avx2, (float*)input.Pointer, (float*)gradient.Pointer, (float*)weights.Pointer, null, strassen: Strassen.Always);
        var scratch = new NativeBuffer(kernel.ScratchBytes(threads));
        kernel.Scratch = scratch.Pointer;
        for (var i = 0; i < 3; i++) kernel.Run(workers);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 5; i++) kernel.Run(workers);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
        GC.KeepAlive((input, gradient, weights, scratch));
    }

    static unsafe string Algorithm(InstructionSet set, ConvolutionGeometry geometry, Strassen strassen) =>
        new ConvolutionWeightGradient(geometry, set, null, null, null, null, Winograd.Off, strassen).Algorithm;
}
