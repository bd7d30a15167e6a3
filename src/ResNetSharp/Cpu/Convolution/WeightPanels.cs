using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace ResNetSharp.Cpu;

/// <summary>
/// Rearranges weights from (kernel row, kernel column, input channel of the group, output channel) to what <see cref="TileKernel"/>
/// streams: for each grid, panel of channels, tap and input channel one row as wide as the panel, with zeros beyond the last channel.
/// </summary>
/// <param name="single">The convolution whose weights they are.</param>
/// <param name="geometry">The same with several groups taken together; see <see cref="JointGroups"/>.</param>
/// <param name="grids">The grids, whose taps choose the weights.</param>
/// <param name="set">The kind of kernel.</param>
/// <param name="transposed">Whether the product runs from output to input channels.</param>
internal sealed unsafe class WeightPanels(
    ConvolutionGeometry single, ConvolutionGeometry geometry, TileGrid[] grids, InstructionSet set, bool transposed)
{
    readonly int lanes = TileKernel.Lanes(set);

    /// <summary>Groups, some of which may be taken together.</summary>
    public int Groups => geometry.Groups;

    /// <summary>Channels of one group that are summed over.</summary>
    public int Channels { get; } = transposed ? geometry.GroupOutChannels : geometry.GroupInChannels;

    /// <summary>Channels of one group that are computed.</summary>
    public int Results { get; } = transposed ? geometry.GroupInChannels : geometry.GroupOutChannels;

    /// <summary>Registers across a full panel.</summary>
    public int Vectors { get; } = TileKernel.PanelVectors(set, transposed ? geometry.GroupInChannels : geometry.GroupOutChannels);

    /// <summary>Panels of one group.</summary>
    public int GroupPanels => (Results + Vectors * lanes - 1) / (Vectors * lanes);

    /// <summary>Panels of all groups.</summary>
    public int Panels => GroupPanels * geometry.Groups;

    /// <summary>Numbers in one panel of all grids.</summary>
    public long PanelLength { get; } = Length(geometry, grids, set, transposed);

    /// <summary>Bytes of all panels.</summary>
    public long Bytes => PanelLength * Panels * sizeof(float);

    /// <summary>Where a grid's part of a panel starts, in numbers.</summary>
    public long GridStart(int grid)
    {
        var start = 0L;
        for (var i = 0; i < grid; i++) start += GridLength(grids[i]);
        return start;
    }

    /// <summary>Registers across a panel; the last of a group may be narrower.</summary>
    public int PanelVectors(int panel)
    {
        if (set == InstructionSet.Portable) return Vectors;
        return Math.Min(Vectors, (Results - First(panel) + lanes - 1) / lanes);
    }

    /// <summary>Channels in the last register of a panel.</summary>
    public int TailLanes(int panel) => Math.Min(Results - First(panel) - (PanelVectors(panel) - 1) * lanes, lanes);

    /// <summary>The first channel of a panel within its group.</summary>
    public int First(int panel) => panel % GroupPanels * Vectors * lanes;

    /// <summary>The group of a panel.</summary>
    public int Group(int panel) => panel / GroupPanels;

    /// <summary>Packs one panel.</summary>
    public void Pack(float* weights, int panel, float* packed)
    {
        var width = PanelVectors(panel) * lanes;
        var count = Math.Min(width, Results - First(panel));
        foreach (var grid in grids)
        {
            foreach (var tap in grid.Taps)
            {
                var from = weights + (long)tap.Kernel * single.GroupInChannels * geometry.OutChannels;
                if (single.Groups != geometry.Groups) Spread(from, panel, packed, width);
                else if (transposed) PackColumns(from, panel, packed, width, count);
                else PackRows(from, panel, packed, width, count);
                packed += (long)Channels * width;
            }
            packed += (long)grid.Taps.Length * Channels * (Vectors * lanes - width);
        }
    }

    static long Length(ConvolutionGeometry g, TileGrid[] grids, InstructionSet set, bool transposed)
    {
        var (channels, results) = transposed ? (g.GroupOutChannels, g.GroupInChannels) : (g.GroupInChannels, g.GroupOutChannels);
        return grids.Sum(grid => (long)grid.Taps.Length) * channels * TileKernel.PanelVectors(set, results) * TileKernel.Lanes(set);
    }

    long GridLength(TileGrid grid) => (long)grid.Taps.Length * Channels * Vectors * lanes;

    /// <summary>
    /// The weights of a register of results for one summed channel. Asked for channel after channel, it rearranges as many at a time.
    /// </summary>
    /// <param name="weights">All weights.</param>
    /// <param name="kernel">The kernel position.</param>
    /// <param name="channel">The summed channel.</param>
    /// <param name="result">The first of the results.</param>
    /// <param name="square">Memory for lanes x lanes numbers, kept from one channel to the next.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public float* RegisterOfWeights(float* weights, int kernel, int channel, int result, float* square)
    {
        var from = weights + (long)kernel * geometry.InChannels * geometry.OutChannels;
        if (!transposed)
        {
            // The processor does not foresee nine places a tap apart: without this, each cache line is waited for.
            const int ChannelsAhead = 6;
            var place = from + (long)channel * geometry.OutChannels + result;
            if (Sse.IsSupported) Sse.Prefetch0(place + (long)ChannelsAhead * geometry.OutChannels);
            return place;
        }
        if (channel % lanes == 0)
        {
            for (var i = 0; i < lanes; i += 4)
            {
                for (var k = 0; k < lanes; k += 4)
                {
                    Transpose4(from + (long)(result + i) * geometry.OutChannels + channel + k, geometry.OutChannels, square + k * lanes + i, lanes);
                }
            }
        }
        return square + channel % lanes * lanes;
    }

    /// <summary>Joint groups are so narrow that each is one panel.</summary>
    void Spread(float* from, int panel, float* to, int width) =>
        JointGroups.Spread(
            single, from, panel * geometry.GroupOutChannels, geometry.GroupOutChannels, to,
            transposed ? 1 : width, transposed ? width : 1, Channels * width);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void PackRows(float* from, int panel, float* to, int width, int count)
    {
        from += Group(panel) * Results + First(panel);
        if (count == width)
        {
            // A row of the panel is a line or two of one of the weights, and these lie so far apart that the processor does not foresee them.
            const int ChannelsAhead = 8;
            VectorCopy.Panels(from, geometry.OutChannels, Channels, to, width, 1, 0, ChannelsAhead);
            return;
        }
        for (var c = 0; c < Channels; c++, from += geometry.OutChannels, to += width)
        {
            Unsafe.CopyBlockUnaligned(to, from, (uint)(count * sizeof(float)));
            if (count < width) new Span<float>(to + count, width - count).Clear();
        }
    }

    /// <summary>Row k of the panel is column k of the weights.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void PackColumns(float* from, int panel, float* to, int width, int count)
    {
        from += (long)First(panel) * geometry.OutChannels + Group(panel) * Channels;
        if (count < width) new Span<float>(to, Channels * width).Clear();
        var pitch = (long)geometry.OutChannels;
        var (rows, columns) = (count / 4 * 4, Channels / 4 * 4);
        if (!Vector128.IsHardwareAccelerated) (rows, columns) = (0, 0);
        // Whole cache lines of a few rows at a time: rows may be so far apart that more of them do not fit into the cache's sets.
        const int Line = NativeBuffer.Alignment / sizeof(float);
        for (var line = 0; line < columns; line += Line)
        {
            var end = Math.Min(line + Line, columns);
            for (var i = 0; i < rows; i += 4)
            {
                for (var k = line; k < end; k += 4) Transpose4(from + i * pitch + k, pitch, to + (long)k * width + i, width);
            }
        }
        for (var i = 0; i < count; i++)
        {
            for (var k = i < rows ? columns : 0; k < Channels; k++) to[(long)k * width + i] = from[i * pitch + k];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Transpose4(float* from, long fromPitch, float* to, long toPitch)
    {
        var a = Vector128.Load(from);
        var b = Vector128.Load(from + fromPitch);
        var c = Vector128.Load(from + 2 * fromPitch);
        var d = Vector128.Load(from + 3 * fromPitch);
        var ab0 = UnpackLow(a, b);
        var ab1 = UnpackHigh(a, b);
        var cd0 = UnpackLow(c, d);
        var cd1 = UnpackHigh(c, d);
        LowHalves(ab0, cd0).Store(to);
        HighHalves(ab0, cd0).Store(to + toPitch);
        LowHalves(ab1, cd1).Store(to + 2 * toPitch);
        HighHalves(ab1, cd1).Store(to + 3 * toPitch);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector128<float> UnpackLow(Vector128<float> a, Vector128<float> b) =>
        Sse.IsSupported ? Sse.UnpackLow(a, b) : Vector128.Create(a[0], b[0], a[1], b[1]);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector128<float> UnpackHigh(Vector128<float> a, Vector128<float> b) =>
        Sse.IsSupported ? Sse.UnpackHigh(a, b) : Vector128.Create(a[2], b[2], a[3], b[3]);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector128<float> LowHalves(Vector128<float> a, Vector128<float> b) =>
        Sse.IsSupported ? Sse.MoveLowToHigh(a, b) : Vector128.Create(a.GetLower(), b.GetLower());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector128<float> HighHalves(Vector128<float> a, Vector128<float> b) =>
        Sse.IsSupported ? Sse.MoveHighToLow(b, a) : Vector128.Create(a.GetUpper(), b.GetUpper());
}
