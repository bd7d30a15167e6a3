using System.Runtime.CompilerServices;

namespace ResNetSharp.Cpu;

/// <summary>
/// F(2x2, 3x3) with products of bfloat16 numbers: transformed pixels and weights are rounded. With the rounding of the result, the error is 0.34
/// to 0.43% of the results' size, where direct products of rounded weights have 0.23%; results are as those of
/// <see cref="FloatWinograd{TNumber}"/>. Needs AVX512-BF16.
/// </summary>
internal sealed unsafe class BFloat16Winograd : WinogradArithmetic
{
    const int Points = SmallWinogradTransforms.Patch * SmallWinogradTransforms.Patch;
    const int HalfBits = 16;

    readonly FloatWinograd<ushort> single;
    readonly WeightPanels panels;
    readonly Tap[] taps;
    readonly WinogradTiling patches;

    /// <param name="geometry">The convolution.</param>
    /// <param name="grid">What is computed.</param>
    /// <param name="panels">Its weights in single precision.</param>
    /// <param name="epilogue">What is done with the results.</param>
    public BFloat16Winograd(ConvolutionGeometry geometry, TileGrid grid, WeightPanels panels, TileEpilogue epilogue)
    {
        this.panels = panels;
        single = new FloatWinograd<ushort>(
            InstructionSet.Avx512BFloat16, SmallWinogradTransforms.Tile, geometry.Batch, grid, panels, geometry.InputLayout, geometry.OutputLayout, epilogue);
        (taps, patches) = (single.Taps, single.Patches);
    }

    public override int Side => SmallWinogradTransforms.Tile;

    public override int Tiles => single.Tiles;

    public override TileNumbers Numbers => TileNumbers.BFloat16PairsToSums;

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Weights(float* weights, int panel, float* to, long pitch)
    {
        var width = panels.PanelVectors(panel) * Register512.Lanes;
        var kernel = stackalloc float*[9];
        var pair = stackalloc ushort[2 * Points * Register512.Lanes];
        var transformed = stackalloc float[Points * Register512.Lanes];
        for (var c = 0; c < panels.Channels; c += 2, to += width)
        {
            for (var lane = 0; lane < width; lane += Register512.Lanes)
            {
                for (var half = 0; half < 2; half++)
                {
                    for (var i = 0; i < 9; i++) kernel[i] = panels.RegisterOfWeights(weights, taps[i].Kernel, c + half, panels.First(panel) + lane, null);
                    SmallWinogradTransforms.Weights<Register512, float>(kernel, transformed, Register512.Lanes);
                    BFloat16.FromFloat(transformed, pair + half * Points * Register512.Lanes, Points * Register512.Lanes);
                }
                for (var point = 0; point < Points; point++) Join(pair + point * Register512.Lanes, (uint*)to + point * pitch + lane);
            }
        }
    }

    public override void Input(in ConvolutionPointers pointers, int first, int count, float* to, long pitch) =>
        patches.TransformInput<Register512, ushort, ushort>((ushort*)pointers.Source, first, count, (ushort*)to, 2 * pitch);

    public override void Output(in ConvolutionPointers pointers, int first, int count, float* from, long pitch) => single.Output(pointers, first, count, from, pitch);

    /// <summary>Numbers of two neighbouring channels become words.</summary>
    static void Join(ushort* even, uint* to)
    {
        var odd = even + Points * Register512.Lanes;
        for (var lane = 0; lane < Register512.Lanes; lane++) to[lane] = even[lane] | (uint)odd[lane] << HalfBits;
    }
}
