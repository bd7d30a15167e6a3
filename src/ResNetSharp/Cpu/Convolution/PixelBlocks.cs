namespace ResNetSharp.Cpu;

/// <summary>
/// Cuts output images into blocks of rows and lists, for each block, the input pixels it needs, and for each kernel position the pairs of
/// such a pixel and an output pixel. Padding has no pair. Images of a batch share the lists.
/// </summary>
internal sealed unsafe class PixelBlocks
{
    readonly Source[] sources;
    readonly int window;
    readonly NativeBuffer pairs;
    readonly int[] sourceStarts;
    readonly int[] pairStarts;
    readonly int width;
    readonly int height;

    /// <summary>Makes the lists.</summary>
    /// <param name="g">The convolution.</param>
    /// <param name="input">How the input lies in memory.</param>
    /// <param name="pixels">About how many output pixels a block should have.</param>
    /// <param name="window">
    /// Numbers of an input pixel that may lie beyond the edges of its row and are zero there; 0 where pixels are either inside or outside.
    /// </param>
    /// <param name="packedBytes">Bytes between two input pixels of a block, once they are packed; null where they stay at their places in the image.</param>
    /// <param name="outputBytes">Bytes between two output pixels of a block.</param>
    public PixelBlocks(ConvolutionGeometry g, ImageLayout input, int pixels, int window, int? packedBytes, int outputBytes)
    {
        (height, width) = (g.OutHeight, g.OutWidth);
        var wanted = Math.Max(1, (height * width + pixels - 1) / pixels);
        BlockRows = (height + wanted - 1) / wanted;
        Count = (height + BlockRows - 1) / BlockRows;
        sourceStarts = new int[Count + 1];
        pairStarts = new int[Count * g.Taps + 1];
        this.window = window;
        var allSources = new List<Source>();
        var allPairs = new List<int>();
        for (var block = 0; block < Count; block++)
        {
            var index = Sources(g, input, block);
            foreach (var pixel in index.Keys)
            {
                allSources.Add(MakeSource(input, pixel.Row, pixel.Column));
            }
            sourceStarts[block + 1] = allSources.Count;
            for (var tap = 0; tap < g.Taps; tap++)
            {
                foreach (var (source, output) in Pairs(g, input, block, tap))
                {
                    var place = packedBytes is { } bytes ? (long)index[source] * bytes : Offset(input, source.Row, source.Column) * sizeof(float);
                    allPairs.Add(checked((int)place));
                    allPairs.Add(output * outputBytes);
                }
                pairStarts[block * g.Taps + tap + 1] = allPairs.Count;
            }
        }
        Taps = g.Taps;
        MaxSources = Enumerable.Range(0, Count).Max(b => sourceStarts[b + 1] - sourceStarts[b]);
        sources = [.. allSources];
        pairs = new NativeBuffer((allPairs.Count + 2L * ProductKernel.PairsAhead) * sizeof(int));
        allPairs.ToArray().CopyTo(new Span<int>(pairs.Pointer, allPairs.Count));
    }

    /// <summary>Blocks of an image.</summary>
    public int Count { get; }

    /// <summary>Output rows of a block; the last may have fewer.</summary>
    public int BlockRows { get; }

    int Taps { get; }

    /// <summary>The first output pixel of a block.</summary>
    public int FirstOutput(int block) => block * BlockRows * width;

    /// <summary>The output pixels of a block.</summary>
    public int Outputs(int block) => (Math.Min((block + 1) * BlockRows, height) - block * BlockRows) * width;

    /// <summary>A block's input pixels.</summary>
    public ReadOnlySpan<Source> Sources(int block) => sources.AsSpan(sourceStarts[block]..sourceStarts[block + 1]);

    /// <summary>The pairs of a kernel position: distances in bytes in the packed input of a block, or in the image, and in the output of the block.</summary>
    public int* Pairs(int block, int tap) => (int*)pairs.Pointer + pairStarts[block * Taps + tap];

    /// <summary>How many pairs that are.</summary>
    public int PairCount(int block, int tap) => (pairStarts[block * Taps + tap + 1] - pairStarts[block * Taps + tap]) / 2;

    /// <summary>The largest number of input pixels of a block.</summary>
    public int MaxSources { get; }

    Source MakeSource(ImageLayout input, int row, int column)
    {
        var offset = checked((int)Offset(input, row, column));
        if (window == 0) return new Source(offset, 0, int.MaxValue);
        var first = Math.Max(0, -column * input.PixelPitch);
        var end = Math.Min(window, (input.Width - column) * input.PixelPitch);
        return new Source(offset, (int)first, end == window ? int.MaxValue : (int)end);
    }

    static long Offset(ImageLayout input, int row, int column) => row * input.RowPitch + column * input.PixelPitch;

    SortedList<(int Row, int Column), int> Sources(ConvolutionGeometry g, ImageLayout input, int block)
    {
        var used = new SortedSet<(int, int)>();
        for (var tap = 0; tap < g.Taps; tap++)
        {
            foreach (var (source, _) in Pairs(g, input, block, tap)) used.Add(source);
        }
        var index = new SortedList<(int, int), int>(used.Count);
        foreach (var pixel in used) index.Add(pixel, index.Count);
        return index;
    }

    IEnumerable<((int Row, int Column) Source, int Output)> Pairs(ConvolutionGeometry g, ImageLayout input, int block, int tap)
    {
        var (ky, kx) = Math.DivRem(tap, g.KernelWidth);
        var end = Math.Min((block + 1) * BlockRows, height);
        for (var y = block * BlockRows; y < end; y++)
        {
            var row = y * g.StrideHeight + ky * g.DilationHeight - g.PadTop;
            if ((uint)row >= (uint)input.Height) continue;
            for (var x = 0; x < width; x++)
            {
                var column = x * g.StrideWidth + kx * g.DilationWidth - g.PadLeft;
                if (window > 0 || (uint)column < (uint)input.Width) yield return ((row, column), (y - block * BlockRows) * width + x);
            }
        }
    }

    /// <summary>An input pixel.</summary>
    /// <param name="Offset">Its distance from the start of the image, in numbers.</param>
    /// <param name="First">The first number that exists; those before are zero.</param>
    /// <param name="End">The end of the numbers that exist.</param>
    internal readonly record struct Source(int Offset, int First, int End);
}
