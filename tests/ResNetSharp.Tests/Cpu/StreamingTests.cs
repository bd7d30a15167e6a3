using ResNetSharp.Cpu;

namespace ResNetSharp.Tests.Cpu;

/// <summary>Many results are written past the caches.</summary>
public sealed unsafe class StreamingTests
{
    static readonly Workers team = new(2);

    static readonly InstructionSet[] sets = [.. new[] { InstructionSet.Avx2, InstructionSet.Avx512 }.Where(InstructionSets.IsSupported)];

    static readonly Dictionary<string, ConvolutionGeometry> ways = new()
    {
        ["direct"] = new(2, 9, 7, 48, 80),
        ["direct, strided"] = new(2, 9, 8, 32, 64, 3, 3, 2, 2, 1, 1, 1, 1),
        ["winograd"] = new(2, 9, 7, 32, 64, 3, 3, 1, 1, 1, 1, 1, 1),
        ["strassen"] = new(2, 9, 7, 64, 64),
        ["narrow groups"] = new(2, 9, 7, 64, 64, 3, 3, 1, 1, 1, 1, 1, 1, Groups: 16),
    };

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

    public static TheoryData<string, string> Ways()
    {
        var data = new TheoryData<string, string>();
        foreach (var set in sets)
            foreach (var name in ways.Keys) data.Add(name, set.ToString());
        return data;
    }

    [VectorTheory]
    [MemberData(nameof(Ways))]
    public void Every_way_to_convolve_streams_the_same_results(string way, string path)
    {
        var geometry = ways[way];
        var set = Enum.Parse<InstructionSet>(path);
        foreach (var transposed in new[] { false, true })
        {
            var results = new[] { false, true }.Select(streams => Run(geometry, set, transposed, new TileEpilogue(Relu: !transposed) { Streams = streams })).ToArray();
            Assert.Contains(results[0], value => value != 0);
            Assert.Equal(results[0], results[1]);
        }
    }

    public static TheoryData<string> Sets() => [.. sets.Select(set => set.ToString())];

    [VectorTheory]
    [MemberData(nameof(Sets))]
    public void They_are_the_obvious_sums(string path)
    {
        var set = Enum.Parse<InstructionSet>(path);
        var geometry = new ConvolutionGeometry(2, 300, 300, 3, 32);
        Assert.True(new TileEpilogue().Streaming((float*)NativeBuffer.Alignment, null, geometry.Batch, geometry.OutputLayout).Streams);
        Check(new ConvolutionCase(geometry), set);
    }

    [PairTheory]
    [InlineData(nameof(InstructionSet.Avx512))]
    [InlineData(nameof(InstructionSet.Avx512BFloat16))]
    public void So_are_those_of_bfloat16_numbers(string path)
    {
        var set = Enum.Parse<InstructionSet>(path);
        var geometry = new ConvolutionGeometry(1, 600, 600, 2, 32);
        Assert.True(new TileEpilogue().Streaming((ushort*)NativeBuffer.Alignment, null, geometry.Batch, geometry.OutputLayout).Streams);
        Check(new BFloat16Case(geometry), set);
    }

    static void Check<T>(IConvolutionCase<T> test, InstructionSet set) =>
        test.Compare(test.NaiveForward(true, true, true), test.Forward(set, team, true, true, true, constantWeights: false), test.Geometry.InChannels, $"{set}");

    static float[] Run(ConvolutionGeometry geometry, InstructionSet set, bool transposed, TileEpilogue epilogue)
    {
        var random = new Random(1);
        var (sourceLength, resultLength) = transposed ? (geometry.OutputLength, geometry.InputLength) : (geometry.InputLength, geometry.OutputLength);
        var engine = ConvolutionEngine.Create(geometry, set, transposed, epilogue, constantWeights: false, Winograd.Always, Strassen.Always);
        NativeBuffer source = Filled(sourceLength), weights = Filled(geometry.WeightLength), result = Filled(resultLength);
        NativeBuffer packed = new(engine.PackedBytes), work = new(engine.WorkBytes(team.Count));
        engine.Run(team, new ConvolutionPointers
        {
            Source = (float*)source.Pointer,
            Weights = (float*)weights.Pointer,
            Destination = (float*)result.Pointer,
            Packed = (float*)packed.Pointer,
            Work = work.Pointer,
        });
        GC.KeepAlive((engine, source, weights, packed, work));
        return result.Floats.ToArray();

        NativeBuffer Filled(long length)
        {
            var buffer = new NativeBuffer(length * sizeof(float));
            foreach (ref var value in buffer.Floats) value = random.NextSingle() * 2 - 1;
            return buffer;
        }
    }
}
