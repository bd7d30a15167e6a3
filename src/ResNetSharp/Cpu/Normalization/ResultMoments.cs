using System.Runtime.CompilerServices;

namespace ResNetSharp.Cpu;

/// <summary>
/// Mean and variance of each channel of a convolution's results for the normalization after it. The convolution adds up its results, and their
/// squares, while they are in registers, so that they need not be read for it: as differences from the running mean, which loses nothing as long
/// as that is near. Where it is not, as may be in the first steps, the normalization reads the results after all.
/// </summary>
/// <param name="channels">Channels of the results.</param>
/// <param name="runningMean">The running mean of each; may change between convolution and normalization, where others share it.</param>
internal sealed unsafe class ResultMoments(int channels, float* runningMean)
{
    /// <summary>
    /// The least results of a channel. Sums are those of results before they are rounded to bfloat16, which is the same for many; a few must be
    /// normalized by their own mean and variance, and are read quickly.
    /// </summary>
    public const int LeastRows = 1024;

    /// <summary>The square of a difference of means, in variances, up to which the sum of squares loses at most two digits.</summary>
    const double Near = 64;

    NativeBuffer buffer = new(0);
    int blocks;

    /// <summary>Whether the convolution adds them up.</summary>
    public bool AreSummed => blocks > 0;

    float* Expected => (float*)buffer.Pointer;

    float* Sums => Expected + channels;

    /// <summary>Makes room for the sums of a number of blocks, none if they cannot be had.</summary>
    public void Reserve(int blocks)
    {
        this.blocks = blocks;
        buffer = new NativeBuffer(blocks == 0 ? 0 : (1 + 2L * blocks) * channels * sizeof(float));
    }

    /// <summary>Begins a run of the convolution.</summary>
    /// <param name="expected">Out: what is to be subtracted from the results of each channel.</param>
    /// <param name="sums">Out: where sums go: for each block those of all channels, then those of their squares. A block is one part of the work, whatever the threads.</param>
    public void Start(ref float* expected, ref float* sums)
    {
        if (!AreSummed) return;
        expected = Expected;
        sums = Sums;
        new ReadOnlySpan<float>(runningMean, channels).CopyTo(new Span<float>(Expected, channels));
    }

    /// <summary>The means of some channels and their sums of squared differences from the mean.</summary>
    /// <param name="first">The first channel.</param>
    /// <param name="count">How many.</param>
    /// <param name="rows">Results of each channel.</param>
    /// <param name="epsilon">A variance that does not matter.</param>
    /// <param name="means">Out.</param>
    /// <param name="squares">Out.</param>
    /// <returns>Whether all are exact enough.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool TryJoin(int first, int count, long rows, float epsilon, double* means, double* squares)
    {
        new Span<double>(means, count).Clear();
        new Span<double>(squares, count).Clear();
        for (var block = 0; block < blocks; block++)
        {
            var sums = Sums + 2L * block * channels + first;
            DoubleLanes.Add(means, sums, count);
            DoubleLanes.Add(squares, sums + channels, count);
        }
        for (var c = 0; c < count; c++)
        {
            var difference = means[c] / rows;
            means[c] = Expected[first + c] + difference;
            squares[c] = Math.Max(squares[c] - rows * difference * difference, 0);
            // Written so that what is not a number is not near.
            if (!(difference * difference <= Near * (squares[c] / rows + epsilon))) return false;
        }
        return true;
    }
}
