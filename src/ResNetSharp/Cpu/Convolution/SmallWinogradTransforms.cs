using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace ResNetSharp.Cpu;

/// <summary>
/// The transforms of F(2x2, 3x3), for sixteen channels at once; see <see cref="WinogradTransforms"/>. 16 instead of 36 multiplications for
/// 2x2 results, with weights that grow less than twofold and no more rounding than direct sums have: all factors are 1 and 1/2.
/// </summary>
internal static unsafe class SmallWinogradTransforms
{
    /// <summary>Rows of a patch.</summary>
    public const int Patch = 4;

    /// <summary>Rows of a tile of results.</summary>
    public const int Tile = 2;

    const int Lanes = WinogradTransforms.Lanes;

    /// <summary>B' d B; see <see cref="WinogradTransforms.Input(float**, int, float*, long)"/>.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Input(float** patch, int channel, float* to, long pitch)
    {
        var columns = stackalloc float[Patch * Patch * Lanes];
        for (var x = 0; x < Patch; x++)
        {
            Input(
                Vector512.Load(patch[x] + channel), Vector512.Load(patch[4 + x] + channel), Vector512.Load(patch[8 + x] + channel),
                Vector512.Load(patch[12 + x] + channel), columns + x * Lanes, Patch * Lanes);
        }
        for (var y = 0; y < Patch; y++, to += Patch * pitch)
        {
            var row = columns + y * Patch * Lanes;
            Input(Vector512.Load(row), Vector512.Load(row + Lanes), Vector512.Load(row + 2 * Lanes), Vector512.Load(row + 3 * Lanes), to, pitch);
        }
    }

    /// <summary>G g G'; see <see cref="WinogradTransforms.Weights(float**, float*, long)"/>.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Weights(float** kernel, float* to, long pitch)
    {
        var columns = stackalloc float[Patch * 3 * Lanes];
        for (var x = 0; x < 3; x++)
        {
            Weights(Vector512.Load(kernel[x]), Vector512.Load(kernel[3 + x]), Vector512.Load(kernel[6 + x]), columns + x * Lanes, 3 * Lanes);
        }
        for (var y = 0; y < Patch; y++, to += Patch * pitch)
        {
            var row = columns + y * 3 * Lanes;
            Weights(Vector512.Load(row), Vector512.Load(row + Lanes), Vector512.Load(row + 2 * Lanes), to, pitch);
        }
    }

    /// <summary>A' m A; see <see cref="WinogradTransforms.Output(float*, long, float*)"/>.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Output(float* from, long pitch, float* tile)
    {
        var columns = stackalloc float[Tile * Patch * Lanes];
        for (var x = 0; x < Patch; x++)
        {
            var place = from + x * pitch;
            Output(
                Vector512.Load(place), Vector512.Load(place + Patch * pitch), Vector512.Load(place + 2 * Patch * pitch),
                Vector512.Load(place + 3 * Patch * pitch), columns + x * Lanes, Patch * Lanes);
        }
        for (var y = 0; y < Tile; y++)
        {
            var row = columns + y * Patch * Lanes;
            Output(
                Vector512.Load(row), Vector512.Load(row + Lanes), Vector512.Load(row + 2 * Lanes), Vector512.Load(row + 3 * Lanes),
                tile + y * Tile * Lanes, Lanes);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Input(Vector512<float> d0, Vector512<float> d1, Vector512<float> d2, Vector512<float> d3, float* to, long pitch)
    {
        (d0 - d2).Store(to);
        (d1 + d2).Store(to + pitch);
        (d2 - d1).Store(to + 2 * pitch);
        (d1 - d3).Store(to + 3 * pitch);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Weights(Vector512<float> g0, Vector512<float> g1, Vector512<float> g2, float* to, long pitch)
    {
        var (even, odd) = ((g0 + g2) * 0.5f, g1 * 0.5f);
        g0.Store(to);
        (even + odd).Store(to + pitch);
        (even - odd).Store(to + 2 * pitch);
        g2.Store(to + 3 * pitch);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Output(Vector512<float> m0, Vector512<float> m1, Vector512<float> m2, Vector512<float> m3, float* to, long pitch)
    {
        (m0 + m1 + m2).Store(to);
        (m1 - m2 - m3).Store(to + pitch);
    }
}
