using System.Numerics;
using System.Runtime.CompilerServices;

namespace ResNetSharp.Cpu;

/// <summary>Sums down the columns of a tile of a <see cref="ChannelGrid"/>.</summary>
internal static unsafe class MomentLoops
{
    /// <summary>
    /// Sums of (x - first) and of its square for each column, where first is the tile's first row: numbers near each other lose
    /// nothing when subtracted, so a mean far from 0 does not spoil the variance.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void ShiftedMoments<T>(T* x, long stride, in ChannelTile tile, float* sums, float* squares) where T : unmanaged
    {
        x += tile.Row * stride + tile.Column;
        new Span<float>(sums, tile.Columns).Clear();
        new Span<float>(squares, tile.Columns).Clear();
        float* someSums = stackalloc float[ChannelGrid.TileColumns], someSquares = stackalloc float[ChannelGrid.TileColumns];
        for (var row = 0; row < tile.Rows;)
        {
            new Span<float>(someSums, tile.Columns).Clear();
            new Span<float>(someSquares, tile.Columns).Clear();
            var end = Math.Min(row + ChannelGrid.RowsPerSum, tile.Rows);
            if (NumberPairs.Suit<T>(tile.Columns)) PairRows((ushort*)(x + row * stride), (ushort*)x, stride, end - row, tile.Columns, someSums, someSquares);
            else
            {
                for (var i = row; i < end; i++) WholeRow(x + i * stride, x, tile.Columns, someSums, someSquares);
            }
            row = end;
            SumKernel.Add(sums, someSums, sums, tile.Columns);
            SumKernel.Add(squares, someSquares, squares, tile.Columns);
        }
        PartialRow(x + tile.Rows * stride, x, tile.Extra, sums, squares);
    }

    /// <summary>A few rows, sums of a cache line's columns after another's.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void PairRows(ushort* x, ushort* first, long stride, int rows, int columns, float* sums, float* squares)
    {
        for (var c = 0; c < columns; c += NumberPairs.Count)
        {
            var origin = NumberPairs.Load(first + c);
            NumberPairs sum = default, square = default;
            var at = x + c;
            for (var row = 0; row < rows; row++, at += stride)
            {
                NumberPairs.Fetch(at);
                var a = NumberPairs.Load(at) - origin;
                sum += a;
                square = NumberPairs.MultiplyAdd(a, a, square);
            }
            sum.Store(sums + c);
            square.Store(squares + c);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void WholeRow<T>(T* x, T* first, int columns, float* sums, float* squares) where T : unmanaged
    {
        for (var c = 0; c < columns; c += Vector<float>.Count)
        {
            var a = Lanes.Load(x + c) - Lanes.Load(first + c);
            (Vector.Load(sums + c) + a).Store(sums + c);
            Vector.FusedMultiplyAdd(a, a, Vector.Load(squares + c)).Store(squares + c);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void PartialRow<T>(T* x, T* first, int columns, float* sums, float* squares) where T : unmanaged
    {
        for (var c = 0; c < columns; c += Vector<float>.Count)
        {
            var rest = columns - c;
            var a = rest >= Vector<float>.Count ? Lanes.Load(x + c) - Lanes.Load(first + c) : Lanes.Load(x + c, rest) - Lanes.Load(first + c, rest);
            (Vector.Load(sums + c) + a).Store(sums + c);
            Vector.FusedMultiplyAdd(a, a, Vector.Load(squares + c)).Store(squares + c);
        }
    }
}
