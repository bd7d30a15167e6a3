using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace ResNetSharp.Cpu;

/// <summary>Cuts the images of a batch into tiles and finds the pixels of a tile, or of the patch that it is computed from.</summary>
/// <param name="image">How the images lie in memory.</param>
/// <param name="channels">Channels, a multiple of the lanes that are worked on at once.</param>
/// <param name="tilesDown">Tiles from top to bottom.</param>
/// <param name="tilesAcross">Tiles from left to right.</param>
/// <param name="firstRow">The first row of the first tile's pixels; negative with padding.</param>
/// <param name="firstColumn">The first column.</param>
/// <param name="side">Rows and columns of pixels.</param>
/// <param name="step">Rows from one tile to the next.</param>
internal sealed unsafe class WinogradTiling(
    ImageLayout image, int channels, int tilesDown, int tilesAcross, int firstRow, int firstColumn, int side, int step)
{
    readonly NativeBuffer zeros = new((long)channels * sizeof(float));

    /// <summary>How the images lie.</summary>
    public ImageLayout Image => image;

    /// <summary>Numbers from a transformed tile to the next, at least the channels.</summary>
    public long TilePitch { get; init; } = channels;

    /// <summary>Transforms patches of 6x6 or 4x4 input pixels.</summary>
    /// <param name="source">The images.</param>
    /// <param name="first">The first tile, counted through the batch.</param>
    /// <param name="count">How many.</param>
    /// <param name="to">For each of the points, tile and channel a number.</param>
    /// <param name="pitch">Numbers from point to point.</param>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void TransformInput<T, TNumber, TResult>(TNumber* source, int first, int count, TResult* to, long pitch)
        where T : unmanaged, IRegister<T> where TNumber : unmanaged where TResult : unmanaged
    {
        var pixels = stackalloc TNumber*[side * side];
        var next = stackalloc TNumber*[side * side];
        Find(source, first, next, (TNumber*)zeros.Pointer);
        for (var tile = first; tile < first + count; tile++, to += TilePitch)
        {
            var former = pixels;
            pixels = next;
            next = former;
            var more = tile + 1 < first + count;
            if (more) Find(source, tile + 1, next, (TNumber*)zeros.Pointer);
            for (var c = 0; c < channels; c += T.Lanes)
            {
                if (more && c % (NativeBuffer.Alignment / sizeof(TNumber)) == 0) Fetch(next, c);
                if (side == SmallWinogradTransforms.Patch) SmallWinogradTransforms.Input<T, TNumber, TResult>(pixels, c, to + c, pitch);
                else WinogradTransforms.Input<T, TNumber, TResult>(pixels, c, to + c, pitch);
            }
        }
    }

    /// <summary>
    /// Asks for a line of those pixels of a patch that the one to the left does not have: the processor does not foresee places a row apart.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Fetch<T>(T** patch, int channel) where T : unmanaged
    {
        if (!Sse.IsSupported) return;
        for (var y = 0; y < side; y++)
        {
            for (var x = side - step; x < side; x++) Sse.Prefetch0(patch[y * side + x] + channel);
        }
    }

    /// <summary>Transforms tiles of 4x4 output gradients; the parameters are those of <see cref="TransformInput{T, TNumber, TResult}"/>.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void TransformGradient<T, TNumber>(TNumber* source, int first, int count, float* to, long pitch)
        where T : unmanaged, IRegister<T> where TNumber : unmanaged
    {
        var pixels = stackalloc TNumber*[side * side];
        for (var tile = first; tile < first + count; tile++, to += TilePitch)
        {
            Find(source, tile, pixels, (TNumber*)zeros.Pointer);
            for (var c = 0; c < channels; c += T.Lanes) WinogradTransforms.Gradient<T, TNumber>(pixels, c, to + c, pitch);
        }
    }

    /// <summary>Where a tile that begins inside its image lies, and how much of it is inside.</summary>
    /// <param name="tile">The tile, counted through the batch.</param>
    /// <returns>Numbers from the first image to the tile's first pixel, and rows and columns inside.</returns>
    public (long Offset, int Rows, int Columns) Place(int tile)
    {
        var (index, top, left) = Find(tile);
        return (index * image.ImagePitch + top * image.RowPitch + left * image.PixelPitch, Math.Min(side, image.Height - top), Math.Min(side, image.Width - left));
    }

    (int Image, int Top, int Left) Find(int tile)
    {
        var (index, place) = Math.DivRem(tile, tilesDown * tilesAcross);
        var (down, across) = Math.DivRem(place, tilesAcross);
        return (index, down * step + firstRow, across * step + firstColumn);
    }

    /// <summary>Finds the pixels of a tile.</summary>
    /// <param name="source">The images.</param>
    /// <param name="tile">The tile, counted through the batch.</param>
    /// <param name="pixels">Room for as many pixels as a tile has.</param>
    /// <param name="outside">The pixel that stands for those outside the image.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Find<T>(T* source, int tile, T** pixels, T* outside) where T : unmanaged
    {
        var (index, top, left) = Find(tile);
        for (var y = top; y < top + side; y++)
        {
            var row = source + index * image.ImagePitch + y * image.RowPitch;
            for (var x = left; x < left + side; x++)
            {
                var inside = (uint)y < (uint)image.Height && (uint)x < (uint)image.Width;
                *pixels++ = inside ? row + x * image.PixelPitch : outside;
            }
        }
    }
}
