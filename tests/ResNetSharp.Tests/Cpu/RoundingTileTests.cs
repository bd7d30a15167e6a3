using ResNetSharp.Cpu;

namespace ResNetSharp.Tests.Cpu;

/// <summary>Tile kernels that round their results to bfloat16, by an instruction or by integer arithmetic, write what <see cref="BFloat16"/> makes of the sums, to the last bit.</summary>
public sealed unsafe class RoundingTileTests
{
    const int Channels = 11, Guard = 3;

    public static TheoryData<string, bool> Ways()
    {
        var data = new TheoryData<string, bool>();
        foreach (var set in Enum.GetValues<InstructionSet>().Where(s => s <= InstructionSet.Avx512 && InstructionSets.IsSupported(s)))
        {
            data.Add(set.ToString(), false);
            if (set == InstructionSet.Avx512 && NarrowArithmetic.HasVectorBFloat16) data.Add(set.ToString(), true);
        }
        return data;
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public void Results_have_the_bits_of_rounded_sums(string path, bool byInstruction)
    {
        var set = Enum.Parse<InstructionSet>(path);
        var lanes = TileKernel.Lanes(set);
        foreach (var vectors in set == InstructionSet.Portable ? [2] : new[] { 1, 2 })
        {
            foreach (var rows in new[] { 1, 3, TileKernel.MaxTileRows(set, vectors) })
            {
                for (var tail = 1; tail <= lanes; tail++)
                {
                    foreach (var (bias, residual, relu) in new[] { (false, false, false), (true, false, true), (true, true, true), (false, true, false) })
                    {
                        var shape = new TileShape(set, rows, vectors, tail, Channels, false, bias, residual, relu) { Numbers = TileNumbers.SingleToBFloat16, RoundsByInstruction = byInstruction };
                        Check(shape, (vectors - 1) * lanes + tail, vectors * lanes);
                    }
                }
            }
        }
    }

    static void Check(TileShape shape, int results, int width)
    {
        var random = new Random(results + shape.Rows);
        var (x, weights, bias) = (Numbers(random, shape.Rows * Channels), Numbers(random, Channels * width), Numbers(random, width));
        // What is not a number, with all bits set and as calculations make it, and what is too large to be rounded.
        (weights[0], weights[width - width / 4], bias[results - 1]) = (float.NaN, float.PositiveInfinity, BitConverter.Int32BitsToSingle(-1));
        var pitch = results + Guard;
        var residuals = new ushort[shape.Rows * pitch];
        for (var i = 0; i < residuals.Length; i++) residuals[i] = BFloat16.FromFloat((float)(random.NextDouble() * 2 - 1));
        var actual = new ushort[shape.Rows * pitch];
        var offsets = Enumerable.Range(0, shape.Rows).Select(row => row * Channels * sizeof(float)).ToArray();
        var places = Enumerable.Range(0, shape.Rows).Select(row => row * pitch * sizeof(ushort)).ToArray();
        fixed (float* source = x, panel = weights, added = bias)
        fixed (ushort* from = residuals, to = actual)
        fixed (int* sourceOffsets = offsets, destinationOffsets = places)
        {
            var arguments = new TileArguments
            {
                Source = (byte*)source,
                SourceOffsets = sourceOffsets,
                Weights = panel,
                Bias = added,
                Destination = (byte*)to,
                DestinationOffsets = destinationOffsets,
                Residual = (byte*)from,
                Tiles = 1,
                Taps = 1,
                Channels = Channels,
                MainBytes = (Channels - Channels % TileKernel.Unroll) * (long)width * sizeof(float),
            };
            TileKernel.Create(shape).Run(&arguments);
        }
        for (var row = 0; row < shape.Rows; row++)
        {
            for (var result = 0; result < results; result++)
            {
                // The portable kernel adds the bias last.
                var isPortable = shape.Set == InstructionSet.Portable;
                var sum = shape.Bias && !isPortable ? bias[result] : 0;
                for (var c = 0; c < Channels; c++) sum = MathF.FusedMultiplyAdd(x[row * Channels + c], weights[c * width + result], sum);
                if (shape.Bias && isPortable) sum += bias[result];
                if (shape.Residual) sum += BFloat16.ToFloat(residuals[row * pitch + result]);
                if (shape.Relu && sum < 0) sum = 0;
                var value = actual[row * pitch + result];
                if (float.IsNaN(sum)) Assert.True(float.IsNaN(BFloat16.ToFloat(value)), $"{shape}: {value:X4} is a number");
                else Assert.Equal(BFloat16.FromFloat(sum), value);
            }
            Assert.All(actual[(row * pitch + results)..((row + 1) * pitch)], value => Assert.Equal(0, value));
        }
    }

    static float[] Numbers(Random random, int count) => [.. Enumerable.Range(0, count).Select(_ => (float)(random.NextDouble() * 2 - 1))];
}
