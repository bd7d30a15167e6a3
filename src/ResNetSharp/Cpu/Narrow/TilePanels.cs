using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace ResNetSharp.Cpu;

/// <summary>
/// Rearranges weights to what <see cref="TileProductKernel"/> reads: panels of 32 results (or 16 at the end of a group), in which each step
/// is one or two tiles of 16 rows. A row holds, for sixteen results, as many neighbours of the sum as fit into a word: two or four.
/// </summary>
/// <param name="single">The convolution whose weights they are.</param>
/// <param name="joint">The same with several groups taken together; see <see cref="JointGroups"/>.</param>
/// <param name="grids">The grids, whose taps choose the weights.</param>
/// <param name="sources">For each grid how its rows are made, which is the order of the sum.</param>
/// <param name="transposed">Whether the product runs from output to input channels.</param>
/// <param name="numberBytes">Bytes of a number.</param>
internal sealed unsafe class TilePanels(
    ConvolutionGeometry single, ConvolutionGeometry joint, TileGrid[] grids, TileSource[] sources, bool transposed, int numberBytes)
{
    const int Side = TileProductKernel.Side;

    readonly int stepNumbers = TileProductKernel.StepBytes / numberBytes;

    /// <summary>Channels of one group that are summed over.</summary>
    public int Channels { get; } = transposed ? joint.GroupOutChannels : joint.GroupInChannels;

    /// <summary>Channels of one group that are computed.</summary>
    public int Results { get; } = transposed ? joint.GroupInChannels : joint.GroupOutChannels;

    /// <summary>Panels of one group.</summary>
    public int GroupPanels => (Results + TileProductKernel.PanelResults - 1) / TileProductKernel.PanelResults;

    /// <summary>Panels of all groups.</summary>
    public int Panels => GroupPanels * joint.Groups;

    /// <summary>Bytes of one panel of all grids.</summary>
    public long PanelBytes => GridStart(grids.Length);

    /// <summary>Bytes of all panels.</summary>
    public long Bytes => PanelBytes * Panels;

    /// <summary>Where a grid's part of a panel starts, in bytes.</summary>
    public long GridStart(int grid)
    {
        var start = 0L;
        for (var i = 0; i < grid; i++) start += Steps(i) * 2L * TileProductKernel.TileBytes;
        return start;
    }

    /// <summary>Tiles across a panel; the last of a group may be narrower.</summary>
    public int Columns(int panel) => Used(panel) > Side ? 2 : 1;

    /// <summary>Results of a panel.</summary>
    public int Used(int panel) => Math.Min(Results - First(panel), TileProductKernel.PanelResults);

    /// <summary>The first channel of a panel within its group.</summary>
    public int First(int panel) => panel % GroupPanels * TileProductKernel.PanelResults;

    /// <summary>The group of a panel.</summary>
    public int Group(int panel) => panel / GroupPanels;

    /// <summary>Rounds and packs one panel.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Pack(float* weights, int panel, byte* packed)
    {
        var columns = Columns(panel);
        var rows = stackalloc float[2 * TileProductKernel.PanelResults];
        var square = stackalloc float[Side * Side];
        for (var g = 0; g < grids.Length; g++)
        {
            var to = packed + GridStart(g);
            for (var step = 0; step < Steps(g); step++, to += columns * TileProductKernel.TileBytes)
            {
                if (transposed && TryPackTransposed(weights, panel, g, step, square, to)) continue;
                for (var pair = 0; pair < Side; pair++)
                {
                    var first = Row(weights, panel, g, step * stepNumbers + 2 * pair, rows);
                    var second = Row(weights, panel, g, step * stepNumbers + 2 * pair + 1, rows + TileProductKernel.PanelResults);
                    for (var column = 0; column < columns; column++)
                    {
                        var words = Upper(Vector512.Load((uint*)first + column * Side)) | Upper(Vector512.Load((uint*)second + column * Side)) << 16;
                        words.Store((uint*)(to + column * TileProductKernel.TileBytes) + pair * Side);
                    }
                }
            }
        }
    }

    /// <summary>Packs one panel of 8-bit weights.</summary>
    /// <param name="weights">All weights.</param>
    /// <param name="panel">The panel.</param>
    /// <param name="packed">Where to.</param>
    /// <param name="sums">For each result of the panel the sum of its weights is put here.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Pack(sbyte* weights, int panel, byte* packed, int* sums)
    {
        var (columns, used) = (Columns(panel), Used(panel));
        new Span<int>(sums, TileProductKernel.PanelResults).Clear();
        for (var g = 0; g < grids.Length; g++)
        {
            var to = (sbyte*)packed + GridStart(g);
            new Span<sbyte>(to, checked((int)(Steps(g) * (long)columns * TileProductKernel.TileBytes))).Clear();
            for (var k = 0; k < Steps(g) * stepNumbers; k++)
            {
                var (tap, channel) = sources[g].Number(k);
                if (tap < 0 || channel >= Channels) continue;
                var row = to + (long)(k / stepNumbers) * columns * TileProductKernel.TileBytes + k % stepNumbers / 4 * TileProductKernel.StepBytes + k % 4;
                for (var n = 0; n < used; n++)
                {
                    var place = Place(panel, g, tap, channel, n);
                    if (place < 0) continue;
                    row[n / Side * TileProductKernel.TileBytes + n % Side * 4] = weights[place];
                    sums[n] += weights[place];
                }
            }
        }
    }

    int Steps(int grid) => sources[grid].Steps;

    /// <summary>The weights of one number along the sum: where they are, or, where they are not side by side, copied.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    float* Row(float* weights, int panel, int grid, int k, float* row)
    {
        var (tap, channel) = sources[grid].Number(k);
        var (results, exists) = (Used(panel), tap >= 0 && channel < Channels);
        if (exists && !transposed && single.Groups == joint.Groups && results == TileProductKernel.PanelResults) return weights + Place(panel, grid, tap, channel, 0);
        for (var n = 0; n < TileProductKernel.PanelResults; n++)
        {
            var place = exists && n < results ? Place(panel, grid, tap, channel, n) : -1;
            row[n] = place < 0 ? 0 : weights[place];
        }
        return row;
    }

    /// <summary>Where the weight of a channel of a tap and a result is, or -1 where joint groups have none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    long Place(int panel, int grid, int tap, int channel, int result)
    {
        var group = Group(panel);
        var (input, output) = transposed ? (First(panel) + result, channel) : (channel, First(panel) + result);
        var kernel = (long)grids[grid].Taps[tap].Kernel * single.GroupInChannels;
        var column = (long)group * joint.GroupOutChannels + output;
        if (single.Groups != joint.Groups)
        {
            if (input / single.GroupInChannels != output / single.GroupOutChannels) return -1;
            input %= single.GroupInChannels;
        }
        return (kernel + input) * single.OutChannels + column;
    }

    /// <summary>A step of a transposed product takes 32 neighbours of each of sixteen rows of the weights.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    bool TryPackTransposed(float* weights, int panel, int grid, int step, float* square, byte* to)
    {
        var (tap, channel) = sources[grid].Number(step * stepNumbers);
        if (single.Groups != joint.Groups || channel + stepNumbers > Channels || tap < 0) return false;
        var results = Used(panel);
        for (var column = 0; column < Columns(panel); column++, to += TileProductKernel.TileBytes)
        {
            for (var n = 0; n < Side; n++)
            {
                var words = (uint*)square + n * Side;
                if (column * Side + n >= results)
                {
                    new Span<uint>(words, Side).Clear();
                    continue;
                }
                var from = (uint*)(weights + Place(panel, grid, tap, channel, column * Side + n));
                Vector512.Narrow(Upper(Vector512.Load(from)), Upper(Vector512.Load(from + Side))).AsUInt32().Store(words);
            }
            for (var i = 0; i < Side; i += 4)
            {
                for (var k = 0; k < Side; k += 4) WeightPanels.Transpose4(square + i * Side + k, Side, (float*)to + k * Side + i, Side);
            }
        }
        return true;
    }

    /// <summary>The upper halves, rounded to the nearest even; what is not a number stays so.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<uint> Upper(Vector512<uint> bits)
    {
        var upper = bits >> 16;
        var rounded = bits + Vector512.Create(0x7FFFu) + (upper & Vector512<uint>.One) >> 16;
        var isNumber = Vector512.LessThanOrEqual(bits & Vector512.Create(0x7FFF_FFFFu), Vector512.Create(0x7F80_0000u));
        return Vector512.ConditionalSelect(isNumber, rounded, upper | Vector512.Create(0x40u));
    }
}
