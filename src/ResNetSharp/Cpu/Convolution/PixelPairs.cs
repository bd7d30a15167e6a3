namespace ResNetSharp.Cpu;

/// <summary>
/// For every kernel position the pairs of an input pixel and the output pixel it goes into, in the order of the output; padding has no
/// pair. Cut into blocks of output rows, which stay in the first-level cache while all channels pass over them.
/// </summary>
internal sealed unsafe class PixelPairs
{
    readonly NativeBuffer memory;
    readonly long[,] starts;

    /// <summary>Lists the pairs of one image.</summary>
    public PixelPairs(ConvolutionGeometry g, ImageLayout input, ImageLayout output, int blockPixels)
    {
        if (Math.Max(input.ImagePitch, output.ImagePitch) * sizeof(float) > int.MaxValue)
        {
            throw new ArgumentException($"An image of {g.InHeight} x {g.InWidth} pixels with {g.InChannels} channels is too large: over 2 GiB.");
        }
        BlockRows = Math.Clamp(blockPixels / g.OutWidth, 1, g.OutHeight);
        Blocks = (g.OutHeight + BlockRows - 1) / BlockRows;
        starts = new long[g.Taps, Blocks + 1];
        memory = new NativeBuffer((long)g.Taps * g.OutHeight * g.OutWidth * 2 * sizeof(int));
        var used = 0L;
        for (var tap = 0; tap < g.Taps; tap++)
        {
            for (var block = 0; block < Blocks; block++)
            {
                starts[tap, block] = used;
                var end = Math.Min((block + 1) * BlockRows, g.OutHeight);
                for (var y = block * BlockRows; y < end; y++) used = AddRow(g, input, output, tap, y, used);
            }
            starts[tap, Blocks] = used;
        }
    }

    /// <summary>Output rows of a block.</summary>
    public int BlockRows { get; }

    /// <summary>Blocks of an image.</summary>
    public int Blocks { get; }

    /// <summary>The pairs of a kernel position in a block: distances in bytes from the input image and from the output image.</summary>
    public int* Offsets(int tap, int block) => (int*)memory.Pointer + 2 * starts[tap, block];

    /// <summary>How many pairs that are.</summary>
    public long Count(int tap, int block) => starts[tap, block + 1] - starts[tap, block];

    long AddRow(ConvolutionGeometry g, ImageLayout input, ImageLayout output, int tap, int y, long used)
    {
        var (ky, kx) = Math.DivRem(tap, g.KernelWidth);
        var row = y * g.StrideHeight + ky * g.DilationHeight - g.PadTop;
        if ((uint)row >= (uint)input.Height) return used;
        for (var x = 0; x < g.OutWidth; x++)
        {
            var column = x * g.StrideWidth + kx * g.DilationWidth - g.PadLeft;
            if ((uint)column >= (uint)input.Width) continue;
            var pair = (int*)memory.Pointer + 2 * used++;
            pair[0] = (int)((row * input.RowPitch + column * input.PixelPitch) * sizeof(float));
            pair[1] = (int)((y * output.RowPitch + x * output.PixelPitch) * sizeof(float));
        }
        return used;
    }
}
