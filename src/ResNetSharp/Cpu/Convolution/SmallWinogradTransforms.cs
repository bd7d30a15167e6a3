using System.Runtime.CompilerServices;

namespace ResNetSharp.Cpu;

/// <summary>
/// The transforms of F(2x2, 3x3), for a register of channels at once; see <see cref="WinogradTransforms"/>. 16 instead of 36 multiplications for
/// 2x2 results, with weights that grow less than twofold and no more rounding than direct sums have: all factors are 1 and 1/2.
/// </summary>
internal static unsafe class SmallWinogradTransforms
{
    /// <summary>Rows of a patch.</summary>
    public const int Patch = 4;

    /// <summary>Rows of a tile of results.</summary>
    public const int Tile = 2;

    /// <summary>B' d B; see <see cref="WinogradTransforms.Input{T, TNumber, TResult}(TNumber**, int, TResult*, long)"/>.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Input<T, TNumber, TResult>(TNumber** patch, int channel, TResult* to, long pitch)
        where T : unmanaged, IRegister<T> where TNumber : unmanaged where TResult : unmanaged
    {
        var columnsRoom = stackalloc float[Patch * Patch * T.Lanes + NativeBuffer.LineNumbers];
        var columns = NativeBuffer.LineStart(columnsRoom);
        for (var x = 0; x < Patch; x++)
        {
            Input(
                T.Load(patch[x] + channel), T.Load(patch[4 + x] + channel), T.Load(patch[8 + x] + channel),
                T.Load(patch[12 + x] + channel), columns + x * T.Lanes, Patch * T.Lanes);
        }
        for (var y = 0; y < Patch; y++, to += Patch * pitch)
        {
            var row = columns + y * Patch * T.Lanes;
            Input(T.Load(row), T.Load(row + T.Lanes), T.Load(row + 2 * T.Lanes), T.Load(row + 3 * T.Lanes), to, pitch);
        }
    }

    /// <summary>G g G'; see <see cref="WinogradTransforms.Weights{T, TNumber}(TNumber**, float*, long)"/>.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Weights<T, TNumber>(TNumber** kernel, float* to, long pitch)
        where T : unmanaged, IRegister<T> where TNumber : unmanaged
    {
        var columnsRoom = stackalloc float[Patch * 3 * T.Lanes + NativeBuffer.LineNumbers];
        var columns = NativeBuffer.LineStart(columnsRoom);
        for (var x = 0; x < 3; x++)
        {
            Weights(T.Load(kernel[x]), T.Load(kernel[3 + x]), T.Load(kernel[6 + x]), columns + x * T.Lanes, 3 * T.Lanes);
        }
        for (var y = 0; y < Patch; y++, to += Patch * pitch)
        {
            var row = columns + y * 3 * T.Lanes;
            Weights(T.Load(row), T.Load(row + T.Lanes), T.Load(row + 2 * T.Lanes), to, pitch);
        }
    }

    /// <summary>A' m A; see <see cref="WinogradTransforms.Output{T}(float*, long, float*)"/>.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Output<T>(float* from, long pitch, float* tile) where T : unmanaged, IRegister<T>
    {
        var columnsRoom = stackalloc float[Tile * Patch * T.Lanes + NativeBuffer.LineNumbers];
        var columns = NativeBuffer.LineStart(columnsRoom);
        for (var x = 0; x < Patch; x++)
        {
            var place = from + x * pitch;
            Output(
                T.Load(place), T.Load(place + Patch * pitch), T.Load(place + 2 * Patch * pitch),
                T.Load(place + 3 * Patch * pitch), columns + x * T.Lanes, Patch * T.Lanes);
        }
        for (var y = 0; y < Tile; y++)
        {
            var row = columns + y * Patch * T.Lanes;
            Output(
                T.Load(row), T.Load(row + T.Lanes), T.Load(row + 2 * T.Lanes), T.Load(row + 3 * T.Lanes),
                tile + y * Tile * T.Lanes, T.Lanes);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Input<T, TResult>(T d0, T d1, T d2, T d3, TResult* to, long pitch) where T : unmanaged, IRegister<T> where TResult : unmanaged
    {
        (d0 - d2).Store(to);
        (d1 + d2).Store(to + pitch);
        (d2 - d1).Store(to + 2 * pitch);
        (d1 - d3).Store(to + 3 * pitch);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Weights<T>(T g0, T g1, T g2, float* to, long pitch) where T : unmanaged, IRegister<T>
    {
        var (even, odd) = ((g0 + g2) * 0.5f, g1 * 0.5f);
        g0.Store(to);
        (even + odd).Store(to + pitch);
        (even - odd).Store(to + 2 * pitch);
        g2.Store(to + 3 * pitch);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Output<T>(T m0, T m1, T m2, T m3, float* to, long pitch) where T : unmanaged, IRegister<T>
    {
        (m0 + m1 + m2).Store(to);
        (m1 - m2 - m3).Store(to + pitch);
    }
}
