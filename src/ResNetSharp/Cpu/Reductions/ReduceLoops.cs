using System.Numerics;
using System.Runtime.CompilerServices;

namespace ResNetSharp.Cpu;

/// <summary>The loops of a <see cref="ReduceFunction"/>.</summary>
/// <param name="columns">Reduces the columns of a tile: (x, period, tile, results).</param>
/// <param name="join">Joins partial results: (first, stride, count, start).</param>
/// <param name="identity">What nothing reduces to.</param>
internal readonly unsafe struct ReduceLoops(
    delegate*<float*, int, in ChannelTile, float*, void> columns, delegate*<float*, long, int, double, double> join, float identity)
{
    public readonly delegate*<float*, int, in ChannelTile, float*, void> Columns = columns;
    public readonly delegate*<float*, long, int, double, double> Join = join;
    public readonly float Identity = identity;

    public static ReduceLoops Of(ReduceFunction function) => function switch
    {
        ReduceFunction.Sum or ReduceFunction.Mean => Of<SumOperator>(),
        ReduceFunction.Max => Of<MaxOperator>(),
        ReduceFunction.SumOfSquares => Of<SumOfSquaresOperator>(),
        ReduceFunction.FiniteProbe => Of<FiniteProbeOperator>(),
        _ => throw new ArgumentOutOfRangeException(nameof(function), function, "There is no such reduction."),
    };

    static ReduceLoops Of<T>() where T : struct, IReduceOperator => new(&Tile<T>, &JoinAll<T>, T.Identity);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Tile<T>(float* x, int period, in ChannelTile tile, float* results) where T : struct, IReduceOperator
    {
        x += tile.Row * period + tile.Column;
        new Span<float>(results, tile.Columns).Fill(T.Identity);
        var some = stackalloc float[ChannelGrid.TileColumns];
        for (var row = 0; row < tile.Rows;)
        {
            new Span<float>(some, tile.Columns).Fill(T.Identity);
            for (var end = Math.Min(row + ChannelGrid.RowsPerSum, tile.Rows); row < end; row++, x += period) OneRow<T>(x, tile.Columns, some);
            for (var c = 0; c < tile.Columns; c += Vector<float>.Count)
                T.Join(Vector.Load(results + c), Vector.Load(some + c)).Store(results + c);
        }
        OneRow<T>(x, tile.Extra, results);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void OneRow<T>(float* x, int columns, float* results) where T : struct, IReduceOperator
    {
        var c = 0;
        for (; c <= columns - Vector<float>.Count; c += Vector<float>.Count)
            T.Take(Vector.Load(results + c), Vector.Load(x + c)).Store(results + c);
        if (c < columns) T.Take(Vector.Load(results + c), Lanes.Load(x + c, columns - c, T.Identity)).Store(results + c);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static double JoinAll<T>(float* first, long stride, int count, double start) where T : struct, IReduceOperator
    {
        var result = start;
        for (var i = 0; i < count; i++) result = T.Join(result, first[i * stride]);
        return result;
    }
}
