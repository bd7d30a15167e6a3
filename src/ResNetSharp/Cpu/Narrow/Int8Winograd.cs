using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace ResNetSharp.Cpu;

/// <summary>F(4x4, 3x3) of 8-bit numbers with AVX2, exact to the last bit; see <see cref="Int8WinogradTransforms"/>.</summary>
internal sealed unsafe class Int8Winograd : WinogradArithmetic
{
    /// <summary>Results that are packed together.</summary>
    const int PanelResults = 16;

    const int SourceLanes = Int8WinogradTransforms.SourceLanes, ResultLanes = Int8WinogradTransforms.ResultLanes;

    readonly Int8Problem problem;
    readonly WinogradTiling patches;
    readonly WinogradTiling tiles;
    readonly NativeBuffer outside;

    // Of the problem, for the innermost loop, where each call would cost.
    readonly byte* residual;
    readonly byte* bytes;
    readonly float* floats;
    readonly bool relu;
    readonly Vector256<float> lowest;
    readonly Vector256<float> highest;
    readonly Vector256<float> residualScale;
    readonly Vector256<int> residualZero;
    readonly Vector256<int> zero;

    public Int8Winograd(Int8Problem problem)
    {
        this.problem = problem;
        var g = problem.Geometry;
        var (down, across) = ((g.OutHeight + Side - 1) / Side, (g.OutWidth + Side - 1) / Side);
        patches = new WinogradTiling(g.InputLayout, g.InChannels, down, across, -g.PadTop, -g.PadLeft, Int8WinogradTransforms.Patch, Side);
        tiles = new WinogradTiling(g.OutputLayout, g.OutChannels, down, across, 0, 0, Side, Side);
        Tiles = g.Batch * down * across;
        outside = new NativeBuffer(g.InChannels);
        new Span<byte>(outside.Pointer, g.InChannels).Fill((byte)problem.SourceZero);
        residual = problem.Residual;
        bytes = problem.Bytes;
        floats = problem.Floats;
        relu = problem.Relu;
        (lowest, highest) = (Vector256.Create(problem.Lowest), Vector256.Create(problem.Highest));
        (residualScale, residualZero, zero) = (Vector256.Create(problem.ResidualScale), Vector256.Create(problem.ResidualZero), Vector256.Create(problem.Zero));
    }

    public override int Side => Int8WinogradTransforms.Tile;

    public override int Tiles { get; }

    public override TileNumbers Numbers => TileNumbers.PairsToSums;

    /// <summary>Whether the algorithm applies to a convolution's shape, and is expected to be faster.</summary>
    public static bool Suits(Int8Problem problem)
    {
        var g = problem.Geometry;
        if (!WinogradEngine.Applies(InstructionSet.Avx2, g, problem.Winograd) || g.InChannels % SourceLanes != 0 || g.OutChannels % PanelResults != 0) return false;
        // Measured on layers of 16 to 64 channels; weights that do not fit into the caches come from memory for each picture.
        const double PairsPerCycle = 22, CyclesPerRegister = 300, CyclesPerByte = 0.25;
        const long SmallWeights = 1 << 20;
        const int Side = Int8WinogradTransforms.Tile;
        double pairs = (double)g.InChannels * g.OutChannels;
        var tiles = (double)g.Batch * ((g.OutHeight + Side - 1) / Side) * ((g.OutWidth + Side - 1) / Side);
        var direct = Cost(g.Batch * (double)g.OutHeight * g.OutWidth * g.Taps * pairs, g.Taps * pairs);
        var transforms = tiles * (g.InChannels / SourceLanes + g.OutChannels / ResultLanes) * CyclesPerRegister;
        return problem.Winograd != Winograd.Auto || Cost(tiles * Int8WinogradTransforms.Points * pairs, Int8WinogradTransforms.Points * pairs) + transforms < direct;

        static double Cost(double products, double weights) =>
            products / PairsPerCycle + (weights * sizeof(short) > SmallWeights ? weights * sizeof(short) * CyclesPerByte : 0);
    }

    /// <summary>Whether no source can make a result that is too large; see <see cref="Int8WinogradTransforms.Limit"/>. Output channels are a multiple of 8.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static bool Fits(Int8Problem problem)
    {
        var channels = problem.Geometry.OutChannels;
        var rows = problem.Geometry.WeightLength / channels;
        var (above, below) = ((long)byte.MaxValue - problem.SourceZero, (long)problem.SourceZero);
        for (var k = 0; k < channels; k += Vector256<int>.Count)
        {
            // No sum of 8-bit numbers exceeds 32 bits; see Int8Problem.Validate.
            var (positive, negative) = (Vector256<int>.Zero, Vector256<int>.Zero);
            var weights = problem.Weights + k;
            for (var row = 0L; row < rows; row++, weights += channels)
            {
                var some = Avx2.ConvertToVector256Int32(weights);
                positive += Avx2.Max(some, Vector256<int>.Zero);
                negative -= Avx2.Min(some, Vector256<int>.Zero);
            }
            for (var lane = 0; lane < Vector256<int>.Count; lane++)
            {
                long up = positive[lane], down = negative[lane];
                if (Math.Max(up * above + down * below, up * below + down * above) >= Int8WinogradTransforms.Limit) return false;
            }
        }
        return true;
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Weights(float* weights, int panel, float* to, long pitch)
    {
        var g = problem.Geometry;
        var kernel = stackalloc sbyte*[9];
        var even = stackalloc Vector256<short>[Int8WinogradTransforms.Points];
        var odd = stackalloc Vector256<short>[Int8WinogradTransforms.Points];
        for (var c = 0; c < g.InChannels; c += 2, to += PanelResults)
        {
            for (var half = 0; half < 2; half++)
            {
                for (var i = 0; i < 9; i++) kernel[i] = (sbyte*)weights + ((long)i * g.InChannels + c + half) * g.OutChannels + panel * PanelResults;
                Int8WinogradTransforms.Weights(kernel, half == 0 ? even : odd);
            }
            for (var point = 0; point < Int8WinogradTransforms.Points; point++) PairedWeights.Store(even[point], odd[point], (short*)(to + point * pitch));
        }
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Input(in ConvolutionPointers pointers, int first, int count, float* to, long pitch)
    {
        var channels = problem.Geometry.InChannels;
        var sourceZero = Vector256.Create((short)problem.SourceZero);
        var pixels = stackalloc byte*[Int8WinogradTransforms.Points];
        var next = stackalloc byte*[Int8WinogradTransforms.Points];
        patches.Find(problem.Source, first, next, outside.Pointer);
        for (var tile = first; tile < first + count; tile++, to += channels / 2)
        {
            var former = pixels;
            pixels = next;
            next = former;
            var more = tile + 1 < first + count;
            if (more) patches.Find(problem.Source, tile + 1, next, outside.Pointer);
            for (var c = 0; c < channels; c += SourceLanes)
            {
                if (more && c % NativeBuffer.Alignment == 0) patches.Fetch(next, c);
                Int8WinogradTransforms.Input(pixels, c, sourceZero, (short*)to + c, 2 * pitch);
            }
        }
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Output(in ConvolutionPointers pointers, int first, int count, float* from, long pitch)
    {
        var sums = stackalloc Vector256<int>[Int8WinogradTransforms.Tile * Int8WinogradTransforms.Tile];
        var (rowPitch, pixelPitch) = (tiles.Image.RowPitch, tiles.Image.PixelPitch);
        var channels = problem.Geometry.OutChannels;
        for (var tile = first; tile < first + count; tile++, from += channels)
        {
            var (offset, rows, columns) = tiles.Place(tile);
            for (var channel = 0; channel < channels; channel += ResultLanes)
            {
                Int8WinogradTransforms.Output((int*)from + channel, pitch, sums);
                var scale = Vector256.Load(problem.Scale + channel);
                var bias = problem.Bias == null ? Vector256<float>.Zero : Vector256.Load(problem.Bias + channel);
                for (var y = 0; y < rows; y++)
                {
                    for (var x = 0; x < columns; x++)
                        Finish(offset + y * rowPitch + x * pixelPitch + channel, Fma.MultiplyAdd(Avx.ConvertToVector256Single(sums[y * Side + x]), scale, bias));
                }
            }
        }
    }

    /// <summary>What <see cref="Int8Problem"/> says of a value after its first multiplication.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    void Finish(long offset, Vector256<float> value)
    {
        if (residual != null)
        {
            var added = Avx2.ConvertToVector256Int32(residual + offset) - residualZero;
            value = Fma.MultiplyAdd(Avx.ConvertToVector256Single(added), residualScale, value);
        }
        if (bytes == null)
        {
            if (relu) value = Avx.Max(value, Vector256<float>.Zero);
            value.Store(floats + offset);
            return;
        }
        value = Avx.Min(Avx.Max(value, lowest), highest);
        var words = Avx.ConvertToVector256Int32(value) + zero;
        var halves = Sse2.PackSignedSaturate(words.GetLower(), words.GetUpper());
        *(ulong*)(bytes + offset) = Sse2.PackUnsignedSaturate(halves, halves).AsUInt64().ToScalar();
    }
}
