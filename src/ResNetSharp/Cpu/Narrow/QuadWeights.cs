using System.Runtime.CompilerServices;

namespace ResNetSharp.Cpu;

/// <summary>8-bit weights as words of four numbers, for an <see cref="Int8QuadEngine"/>.</summary>
/// <param name="problem">The convolution; zeros fill up the last word of a tap and group.</param>
internal sealed unsafe class QuadWeights(Int8Problem problem) : IParallelBody
{
    const int Quad = 4;

    readonly int channels = problem.Geometry.GroupInChannels;
    readonly int tapWords = (problem.Geometry.GroupInChannels + Quad - 1) / Quad;
    readonly int columns = problem.Geometry.OutChannels;
    readonly NativeBuffer words = new((long)problem.Geometry.Taps * ((problem.Geometry.GroupInChannels + Quad - 1) / Quad) * problem.Geometry.OutChannels * sizeof(uint));
    readonly NativeBuffer zeros = new(problem.Geometry.OutChannels);
    readonly NativeBuffer corrections = new(problem.Geometry.OutChannels * sizeof(int));

    /// <summary>For each output channel the sum of its weights times the source's zero point, negated.</summary>
    public NativeBuffer Corrections => corrections;

    /// <summary>(taps, words of a group, output channels) words.</summary>
    public NativeBuffer Make(Workers workers)
    {
        workers.Run(this, problem.Geometry.Taps * tapWords);
        var sums = (int*)corrections.Pointer;
        for (var row = 0L; row < problem.Geometry.WeightLength / columns; row++) AddRow(problem.Weights + row * columns, -problem.SourceZero, sums);
        return words;
    }

    /// <summary>Joins four rows of weights to a row of words.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void IParallelBody.Execute(int part, int worker)
    {
        byte* first = Row(part, 0), second = Row(part, 1), third = Row(part, 2), fourth = Row(part, 3);
        var to = (uint*)words.Pointer + (long)part * columns;
        for (var k = 0; k < columns; k++) to[k] = first[k] | (uint)second[k] << 8 | (uint)third[k] << 16 | (uint)fourth[k] << 24;
    }

    byte* Row(int part, int number)
    {
        var (tap, word) = Math.DivRem(part, tapWords);
        var channel = word * Quad + number;
        return channel < channels ? (byte*)problem.Weights + ((long)tap * channels + channel) * columns : zeros.Pointer;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void AddRow(sbyte* row, int factor, int* sums)
    {
        for (var k = 0; k < columns; k++) sums[k] += factor * row[k];
    }
}
