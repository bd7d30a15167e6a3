using System.Numerics;

namespace ResNetSharp.Cpu;

/// <summary>Sums down the columns of a tile of a <see cref="ChannelGrid"/>, four rows at a time.</summary>
internal static unsafe class MomentLoops
{
    /// <summary>
    /// Sums of (x - first) and of its square for each column, where first is the tile's first row: numbers near each other lose
    /// nothing when subtracted, so a mean far from 0 does not spoil the variance.
    /// </summary>
    public static void ShiftedMoments(float* x, long stride, in ChannelTile tile, float* sums, float* squares)
    {
        x += tile.Row * stride + tile.Column;
        new Span<float>(sums, tile.Columns).Clear();
        new Span<float>(squares, tile.Columns).Clear();
        var row = 0;
        for (; row <= tile.Rows - 4; row += 4) FourRows(x + row * stride, stride, x, tile.Columns, sums, squares);
        for (; row < tile.Rows; row++) OneRow(x + row * stride, x, tile.Columns, sums, squares);
        if (tile.Extra > 0) OneRow(x + row * stride, x, tile.Extra, sums, squares);
    }

    static void FourRows(float* x, long stride, float* first, int columns, float* sums, float* squares)
    {
        for (var c = 0; c < columns; c += Vector<float>.Count)
        {
            var shift = Vector.Load(first + c);
            var a = Vector.Load(x + c) - shift;
            var b = Vector.Load(x + stride + c) - shift;
            var d = Vector.Load(x + 2 * stride + c) - shift;
            var e = Vector.Load(x + 3 * stride + c) - shift;
            (Vector.Load(sums + c) + ((a + b) + (d + e))).Store(sums + c);
            var even = Vector.FusedMultiplyAdd(a, a, b * b);
            var odd = Vector.FusedMultiplyAdd(d, d, e * e);
            (Vector.Load(squares + c) + (even + odd)).Store(squares + c);
        }
    }

    static void OneRow(float* x, float* first, int columns, float* sums, float* squares)
    {
        for (var c = 0; c < columns; c += Vector<float>.Count)
        {
            var rest = columns - c;
            var a = rest >= Vector<float>.Count ? Vector.Load(x + c) - Vector.Load(first + c) : Lanes.Load(x + c, rest) - Lanes.Load(first + c, rest);
            (Vector.Load(sums + c) + a).Store(sums + c);
            Vector.FusedMultiplyAdd(a, a, Vector.Load(squares + c)).Store(squares + c);
        }
    }
}
