using System.Runtime.CompilerServices;

namespace ResNetSharp.Cpu;

/// <summary>
/// The weight gradient of <see cref="NarrowGroups"/>. Images are cut into bands and these joined to chunks by shape alone; a chunk's sums
/// are made by one worker, and then added in the order of the chunks.
/// </summary>
/// <typeparam name="TNumber">What the images consist of: float, or bfloat16 as <see cref="ushort"/>.</typeparam>
internal sealed unsafe class NarrowGroupWeightGradient<TNumber> : WeightGradientEngine, IParallelBody where TNumber : unmanaged
{
    const long CachedBytes = 384 << 10;
    const int MaxChunks = 32;

    readonly ConvolutionGeometry geometry;
    readonly TNumber* input;
    readonly TNumber* outputGradient;
    readonly float* weightGradient;
    readonly ImageLayout inputLayout;
    readonly ImageLayout outputLayout;
    readonly int lanes;
    readonly int width;
    readonly int planes;
    readonly int columns;
    readonly int bandRows;
    readonly int bands;
    readonly int chunks;
    readonly int[] tapStarts;
    readonly GroupProductKernel[] kernels;
    bool joining;
    float* sums;

    /// <summary>Fixes shape and addresses; see <see cref="ConvolutionWeightGradient"/>.</summary>
    public NarrowGroupWeightGradient(ConvolutionGeometry geometry, InstructionSet set, TNumber* input, TNumber* outputGradient, float* weightGradient)
    {
        this.geometry = geometry;
        this.input = input;
        this.outputGradient = outputGradient;
        this.weightGradient = weightGradient;
        var g = geometry;
        inputLayout = ImageLayout.Dense(g.InHeight, g.InWidth, g.InChannels);
        outputLayout = ImageLayout.Dense(g.OutHeight, g.OutWidth, g.OutChannels);
        lanes = TileKernel.Lanes(set);
        width = g.GroupInChannels;
        planes = (g.InChannels + lanes - 1) / lanes;
        columns = (g.OutWidth - 1) * g.StrideWidth + (g.KernelWidth - 1) * g.DilationWidth + 1;
        var rowBytes = ((long)g.StrideHeight * columns + g.OutWidth) * planes * lanes * sizeof(float);
        bands = (int)((g.OutHeight + Math.Clamp(CachedBytes / rowBytes, 1, g.OutHeight) - 1) / Math.Clamp(CachedBytes / rowBytes, 1, g.OutHeight));
        bandRows = (g.OutHeight + bands - 1) / bands;
        bands = (g.OutHeight + bandRows - 1) / bandRows;
        chunks = Math.Clamp(g.Batch * bands, 1, MaxChunks);
        var parts = (g.Taps + GroupProductKernel.MaxTaps(set, width) - 1) / GroupProductKernel.MaxTaps(set, width);
        tapStarts = [.. Enumerable.Range(0, parts + 1).Select(i => g.Taps * i / parts)];
        kernels = [.. Enumerable.Range(0, parts).Select(i => new GroupProductKernel(new GroupProductShape(set, width, g.StrideWidth,
            string.Join(' ', Enumerable.Range(tapStarts[i], tapStarts[i + 1] - tapStarts[i]).Select(Distance)))))];
    }

    long TapSums => (long)width * lanes;

    long ChunkSums => planes * geometry.Taps * TapSums;

    int WindowRows(int rows) => (rows - 1) * geometry.StrideHeight + (geometry.KernelHeight - 1) * geometry.DilationHeight + 1;

    long InputLength => (long)WindowRows(bandRows) * columns * planes * lanes;

    long WorkerLength => InputLength + (long)bandRows * geometry.OutWidth * planes * lanes;

    public override long ScratchBytes(int workers) => (chunks * ChunkSums + workers * WorkerLength) * sizeof(float);

    public override void Run(Workers workers, byte* scratch)
    {
        sums = (float*)scratch;
        joining = false;
        workers.Run(this, chunks);
        joining = true;
        workers.Run(this, planes);
    }

    void IParallelBody.Execute(int part, int worker)
    {
        if (joining)
        {
            Join(part);
            return;
        }
        var to = sums + part * ChunkSums;
        new Span<float>(to, checked((int)ChunkSums)).Clear();
        var all = (long)geometry.Batch * bands;
        for (var band = all * part / chunks; band < all * (part + 1) / chunks; band++)
            Sum((int)(band / bands), (int)(band % bands) * bandRows, to, sums + chunks * ChunkSums + worker * WorkerLength);
    }

    /// <summary>The distance of a tap within a plane of the input.</summary>
    int Distance(int tap) => tap / geometry.KernelWidth * geometry.DilationHeight * columns + tap % geometry.KernelWidth * geometry.DilationWidth;

    void Sum(int image, int first, float* to, float* work)
    {
        var g = geometry;
        var rows = Math.Min(bandRows, g.OutHeight - first);
        var window = new PixelWindow(first * g.StrideHeight - g.PadTop, -g.PadLeft, WindowRows(rows), columns);
        NarrowGroups.Pack(input + image * inputLayout.ImagePitch, inputLayout, window, g.InChannels, lanes, work);
        NarrowGroups.Pack(
            outputGradient + image * outputLayout.ImagePitch, outputLayout, new PixelWindow(first, 0, rows, g.OutWidth), g.InChannels, lanes, work + InputLength);
        GroupProductArguments arguments;
        arguments.InputRowBytes = (long)g.StrideHeight * columns * lanes * sizeof(float);
        arguments.Rows = rows;
        arguments.Columns = g.OutWidth;
        for (var plane = 0; plane < planes; plane++)
        {
            arguments.Input = (byte*)(work + (long)plane * window.Rows * columns * lanes);
            arguments.Gradient = (byte*)(work + InputLength + (long)plane * rows * g.OutWidth * lanes);
            for (var part = 0; part < kernels.Length; part++)
            {
                arguments.Sums = (byte*)(to + (plane * g.Taps + tapStarts[part]) * TapSums);
                kernels[part].Run(&arguments);
            }
        }
    }

    /// <summary>Adds the chunks up, and brings each lane to its weight.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Join(int plane)
    {
        var total = sums + plane * geometry.Taps * TapSums;
        for (var chunk = 1; chunk < chunks; chunk++) SumKernel.Add(total, total + chunk * ChunkSums, total, (int)(geometry.Taps * TapSums));
        var first = plane * lanes;
        var count = Math.Min(lanes, geometry.InChannels - first);
        for (var row = 0; row < geometry.Taps * width; row++, total += lanes)
        {
            var (tap, moved) = Math.DivRem(row, width);
            for (var lane = 0; lane < count; lane++)
                weightGradient[((long)tap * width + lane % width) * geometry.OutChannels + first + (lane ^ moved)] = total[lane];
        }
    }
}
