using System.Numerics;
using System.Runtime.CompilerServices;

namespace ResNetSharp.Cpu;

/// <summary>The addresses that <see cref="AffineLoops"/> works on. Coefficients have one period of a <see cref="ChannelGrid"/>.</summary>
internal unsafe struct AffineOperands<T> where T : unmanaged
{
    public T* X;
    public T* Residual;
    public T* Y;
    public float* Mean;
    public float* Scale;
    public float* Shift;

    /// <summary>Machine code for the rows, where there is some.</summary>
    public GeneratedRows? Generated;
}

/// <summary>
/// y = relu((x - mean) scale + shift + residual) on a tile; mean, relu and residual are optional. Rows are done one after the other, as
/// they lie in memory: the coefficients are in the first-level cache, and the prefetcher sees one stream.
/// </summary>
internal static unsafe class AffineLoops
{
    public static delegate*<in AffineOperands<T>, int, in ChannelTile, void> Of<T>(bool centred, bool residual, bool relu) where T : unmanaged => (centred, residual, relu) switch
    {
        (false, false, false) => &Tile<T, No, No, No>,
        (false, false, true) => &Tile<T, No, No, Yes>,
        (false, true, false) => &Tile<T, No, Yes, No>,
        (false, true, true) => &Tile<T, No, Yes, Yes>,
        (true, false, false) => &Tile<T, Yes, No, No>,
        (true, false, true) => &Tile<T, Yes, No, Yes>,
        (true, true, false) => &Tile<T, Yes, Yes, No>,
        (true, true, true) => &Tile<T, Yes, Yes, Yes>,
    };

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Tile<T, TCentred, TResidual, TRelu>(in AffineOperands<T> operands, int period, in ChannelTile tile)
        where T : unmanaged where TCentred : struct, IFlag where TResidual : struct, IFlag where TRelu : struct, IFlag
    {
        var o = operands;
        if (TCentred.On) o.Mean += tile.Column;
        o.Scale += tile.Column;
        o.Shift += tile.Column;
        var at = tile.Row * period + tile.Column;
        if (TCentred.On && o.Generated is { } generated && GeneratedRows.Suits<T>(tile.Columns))
        {
            generated.Run<T>(new RowArguments { X = o.X + at, Other = o.Residual + at, Result = o.Y + at, Mean = o.Mean, Scale = o.Scale, Shift = o.Shift }, tile.Rows, tile.Columns);
            at += (long)tile.Rows * period;
        }
        else if (NumberPairs.Suit<T>(tile.Columns))
        {
            for (var row = 0; row < tile.Rows; row += ChannelGrid.RowsPerSum)
                PairRows<T, TCentred, TResidual, TRelu>(o, at + (long)row * period, period, Math.Min(ChannelGrid.RowsPerSum, tile.Rows - row), tile.Columns);
            at += (long)tile.Rows * period;
        }
        else
        {
            for (var row = 0; row < tile.Rows; row++, at += period) WholeRow<T, TCentred, TResidual, TRelu>(o, at, tile.Columns);
        }
        PartialRow<T, TCentred, TResidual, TRelu>(o, at, tile.Extra);
    }

    /// <summary>A few rows, a cache line's columns after another's.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void PairRows<T, TCentred, TResidual, TRelu>(in AffineOperands<T> o, long at, int period, int rows, int columns)
        where T : unmanaged where TCentred : struct, IFlag where TResidual : struct, IFlag where TRelu : struct, IFlag
    {
        for (var c = 0; c < columns; c += NumberPairs.Count)
        {
            ushort* x = (ushort*)(o.X + at) + c, y = (ushort*)(o.Y + at) + c, residual = TResidual.On ? (ushort*)(o.Residual + at) + c : null;
            var mean = TCentred.On ? NumberPairs.Load(o.Mean + c) : default;
            NumberPairs scale = NumberPairs.Load(o.Scale + c), shift = NumberPairs.Load(o.Shift + c);
            for (var row = 0L; row < rows * (long)period; row += period)
            {
                NumberPairs.Fetch(x + row);
                if (TResidual.On) NumberPairs.Fetch(residual + row);
                var number = NumberPairs.Load(x + row);
                var value = NumberPairs.MultiplyAdd(TCentred.On ? number - mean : number, scale, shift);
                if (TResidual.On) value += NumberPairs.Load(residual + row);
                if (TRelu.On) value = NumberPairs.ReluGradient(value, value);
                value.Store(y + row);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void WholeRow<T, TCentred, TResidual, TRelu>(in AffineOperands<T> o, long at, int columns)
        where T : unmanaged where TCentred : struct, IFlag where TResidual : struct, IFlag where TRelu : struct, IFlag
    {
        T* x = o.X + at, y = o.Y + at, residual = TResidual.On ? o.Residual + at : null;
        float* means = o.Mean, scales = o.Scale, shifts = o.Shift;
        for (var c = 0; c < columns; c += Vector<float>.Count)
        {
            var mean = TCentred.On ? Vector.Load(means + c) : default;
            Element<T, TCentred, TResidual, TRelu>(x + c, residual + c, y + c, mean, Vector.Load(scales + c), Vector.Load(shifts + c));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void PartialRow<T, TCentred, TResidual, TRelu>(in AffineOperands<T> o, long at, int columns)
        where T : unmanaged where TCentred : struct, IFlag where TResidual : struct, IFlag where TRelu : struct, IFlag
    {
        T* x = o.X + at, y = o.Y + at, residual = TResidual.On ? o.Residual + at : null;
        for (var c = 0; c < columns; c += Vector<float>.Count)
        {
            var mean = TCentred.On ? Vector.Load(o.Mean + c) : default;
            Vector<float> scale = Vector.Load(o.Scale + c), shift = Vector.Load(o.Shift + c);
            var rest = columns - c;
            if (rest >= Vector<float>.Count)
            {
                Element<T, TCentred, TResidual, TRelu>(x + c, residual + c, y + c, mean, scale, shift);
                continue;
            }
            var added = TResidual.On ? Lanes.Load(residual + c, rest) : default;
            Lanes.Store(Value<TCentred, TResidual, TRelu>(Lanes.Load(x + c, rest), added, mean, scale, shift), y + c, rest);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Element<T, TCentred, TResidual, TRelu>(
        T* x, T* residual, T* y, Vector<float> mean, Vector<float> scale, Vector<float> shift)
        where T : unmanaged where TCentred : struct, IFlag where TResidual : struct, IFlag where TRelu : struct, IFlag
    {
        var added = TResidual.On ? Lanes.Load(residual) : default;
        Lanes.Store(Value<TCentred, TResidual, TRelu>(Lanes.Load(x), added, mean, scale, shift), y);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector<float> Value<TCentred, TResidual, TRelu>(
        Vector<float> x, Vector<float> residual, Vector<float> mean, Vector<float> scale, Vector<float> shift)
        where TCentred : struct, IFlag where TResidual : struct, IFlag where TRelu : struct, IFlag
    {
        // The backward pass repeats exactly this formula to know on which side of the ReLU an element was.
        var value = Vector.FusedMultiplyAdd(TCentred.On ? x - mean : x, scale, shift);
        if (TResidual.On) value += residual;
        return TRelu.On ? Lanes.Relu(value) : value;
    }
}
