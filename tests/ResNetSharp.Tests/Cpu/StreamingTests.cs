using ResNetSharp.Cpu;

namespace ResNetSharp.Tests.Cpu;

/// <summary>Many results are written past the caches.</summary>
public sealed unsafe class StreamingTests
{
    static readonly Workers team = new(2);

    [Fact]
    public void Whole_cache_lines_of_many_results_that_replace_nothing_are_streamed()
    {
        const int Channels = 32, Side = 405;
        var layout = ImageLayout.Dense(Side, Side, Channels);
        float* aligned = (float*)NativeBuffer.Alignment, next = aligned + Channels / 4, residual = aligned + Channels;
        Assert.True(new TileEpilogue().Streaming(aligned, null, 1, layout).Streams);
        Assert.True(new TileEpilogue(Residual: true).Streaming(aligned, residual, 1, layout).Streams);
        Assert.True(new TileEpilogue().Streaming((ushort*)aligned, null, 2, layout).Streams);
        Assert.False(new TileEpilogue().Streaming((ushort*)aligned, null, 1, layout).Streams, "too few");
        Assert.False(new TileEpilogue().Streaming(next, null, 1, layout).Streams, "not at the start of a line");
        Assert.False(new TileEpilogue().Streaming(aligned, null, 1, ImageLayout.Dense(Side, Side, Channels + 8)).Streams, "pixels not at the start of a line");
        Assert.False(new TileEpilogue(Residual: true).Streaming(aligned, aligned, 1, layout).Streams, "over what is added");
        Assert.False(new TileEpilogue(Accumulate: true).Streaming(aligned, null, 1, layout).Streams, "over what is there");
    }

    [VectorTheory]
    [InlineData(InstructionSet.Avx2)]
    [InlineData(InstructionSet.Avx512)]
    internal void They_are_the_same(InstructionSet set)
    {
        if (!InstructionSets.IsSupported(set)) return;
        var geometry = new ConvolutionGeometry(2, 300, 300, 3, 32);
        Assert.True(new TileEpilogue().Streaming((float*)NativeBuffer.Alignment, null, geometry.Batch, geometry.OutputLayout).Streams);
        Check(new ConvolutionCase(geometry), set);
    }

    [PairTheory]
    [InlineData(InstructionSet.Avx512)]
    internal void So_are_those_of_bfloat16_numbers(InstructionSet set)
    {
        var geometry = new ConvolutionGeometry(1, 600, 600, 2, 32);
        Assert.True(new TileEpilogue().Streaming((ushort*)NativeBuffer.Alignment, null, geometry.Batch, geometry.OutputLayout).Streams);
        Check(new BFloat16Case(geometry), set);
    }

    static void Check<T>(IConvolutionCase<T> test, InstructionSet set) =>
        test.Compare(test.NaiveForward(true, true, true), test.Forward(set, team, true, true, true, constantWeights: false), test.Geometry.InChannels, $"{set}");
}
