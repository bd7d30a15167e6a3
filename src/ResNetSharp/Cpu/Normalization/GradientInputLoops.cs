using System.Numerics;
using System.Runtime.CompilerServices;

namespace ResNetSharp.Cpu;

/// <summary>
/// dx = scale g + (x - mean) factor + constant on a tile, g being the gradient before the ReLU. With constant statistics only the
/// first term remains.
/// </summary>
internal static unsafe class GradientInputLoops
{
    public static delegate*<in GradientOperands<T>, int, in ChannelTile, void> Of<T>(bool relu, bool fromOutput, bool frozen) where T : unmanaged =>
        (relu, fromOutput, frozen) switch
        {
            (false, _, false) => &Tile<T, NoMask, No>,
            (false, _, true) => &Tile<T, NoMask, Yes>,
            (true, true, false) => &Tile<T, OutputMask, No>,
            (true, true, true) => &Tile<T, OutputMask, Yes>,
            (true, false, false) => &Tile<T, InputMask, No>,
            (true, false, true) => &Tile<T, InputMask, Yes>,
        };

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Tile<T, TMask, TFrozen>(in GradientOperands<T> operands, int period, in ChannelTile tile)
        where T : unmanaged where TMask : struct, IReluMask where TFrozen : struct, IFlag
    {
        var o = operands;
        o.Mean += tile.Column;
        o.Scale += tile.Column;
        o.Shift += tile.Column;
        o.CentredFactor += tile.Column;
        o.Constant += tile.Column;
        var at = tile.Row * period + tile.Column;
        if (o.Generated is { } generated && GeneratedRows.Suits<T>(tile.Columns))
        {
            generated.Run<T>(new RowArguments
            {
                X = o.X + at,
                Other = o.DY + at,
                Y = o.Y + at,
                Result = o.Out + at,
                Mean = o.Mean,
                Scale = o.Scale,
                Shift = o.Shift,
                CentredFactor = o.CentredFactor,
                Constant = o.Constant,
            }, tile.Rows, tile.Columns);
            at += (long)tile.Rows * period;
        }
        else if (NumberPairs.Suit<T>(tile.Columns))
        {
            for (var row = 0; row < tile.Rows; row += ChannelGrid.RowsPerSum)
                PairRows<T, TMask, TFrozen>(o, at + (long)row * period, period, Math.Min(ChannelGrid.RowsPerSum, tile.Rows - row), tile.Columns);
            at += (long)tile.Rows * period;
        }
        else
        {
            for (var row = 0; row < tile.Rows; row++, at += period) WholeRow<T, TMask, TFrozen>(o, at, tile.Columns);
        }
        PartialRow<T, TMask, TFrozen>(o, at, tile.Extra);
    }

    /// <summary>A few rows, a cache line's columns after another's.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void PairRows<T, TMask, TFrozen>(in GradientOperands<T> o, long at, int period, int rows, int columns)
        where T : unmanaged where TMask : struct, IReluMask where TFrozen : struct, IFlag
    {
        for (var c = 0; c < columns; c += NumberPairs.Count)
        {
            ushort* x = (ushort*)(o.X + at) + c, dy = (ushort*)(o.DY + at) + c, dx = (ushort*)(o.Out + at) + c;
            var y = TMask.ReadsOutput ? (ushort*)(o.Y + at) + c : null;
            NumberPairs mean = NumberPairs.Load(o.Mean + c), scale = NumberPairs.Load(o.Scale + c), shift = NumberPairs.Load(o.Shift + c);
            NumberPairs factor = NumberPairs.Load(o.CentredFactor + c), constant = NumberPairs.Load(o.Constant + c);
            for (var row = 0L; row < rows * (long)period; row += period)
            {
                if (ReadsInput<TMask, TFrozen>()) NumberPairs.Fetch(x + row);
                NumberPairs.Fetch(dy + row);
                if (TMask.ReadsOutput) NumberPairs.Fetch(y + row);
                var centred = ReadsInput<TMask, TFrozen>() ? NumberPairs.Load(x + row) - mean : default;
                var g = TMask.Apply(NumberPairs.Load(dy + row), TMask.ReadsOutput ? NumberPairs.Load(y + row) : default, centred, scale, shift);
                (TFrozen.On ? g * scale : NumberPairs.MultiplyAdd(g, scale, NumberPairs.MultiplyAdd(centred, factor, constant))).Store(dx + row);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void WholeRow<T, TMask, TFrozen>(in GradientOperands<T> o, long at, int columns)
        where T : unmanaged where TMask : struct, IReluMask where TFrozen : struct, IFlag
    {
        T* x = o.X + at, dy = o.DY + at, dx = o.Out + at, y = TMask.ReadsOutput ? o.Y + at : null;
        float* means = o.Mean, scales = o.Scale, shifts = o.Shift, factors = o.CentredFactor, constants = o.Constant;
        for (var c = 0; c < columns; c += Vector<float>.Count)
        {
            Vector<float> mean = Vector.Load(means + c), scale = Vector.Load(scales + c), shift = Vector.Load(shifts + c);
            Vector<float> factor = Vector.Load(factors + c), constant = Vector.Load(constants + c);
            Element<T, TMask, TFrozen>(x + c, y + c, dy + c, dx + c, mean, scale, shift, factor, constant);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void PartialRow<T, TMask, TFrozen>(in GradientOperands<T> o, long at, int columns) where T : unmanaged where TMask : struct, IReluMask where TFrozen : struct, IFlag
    {
        T* x = o.X + at, dy = o.DY + at, dx = o.Out + at, y = TMask.ReadsOutput ? o.Y + at : null;
        for (var c = 0; c < columns; c += Vector<float>.Count)
        {
            Vector<float> mean = Vector.Load(o.Mean + c), scale = Vector.Load(o.Scale + c), shift = Vector.Load(o.Shift + c);
            Vector<float> factor = Vector.Load(o.CentredFactor + c), constant = Vector.Load(o.Constant + c);
            var rest = columns - c;
            if (rest >= Vector<float>.Count)
            {
                Element<T, TMask, TFrozen>(x + c, y + c, dy + c, dx + c, mean, scale, shift, factor, constant);
                continue;
            }
            var input = ReadsInput<TMask, TFrozen>() ? Lanes.Load(x + c, rest) : default;
            var output = TMask.ReadsOutput ? Lanes.Load(y + c, rest) : default;
            var gradient = Value<TMask, TFrozen>(input, output, Lanes.Load(dy + c, rest), mean, scale, shift, factor, constant);
            Lanes.Store(gradient, dx + c, rest);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Element<T, TMask, TFrozen>(T* x, T* y, T* dy, T* dx,
        Vector<float> mean, Vector<float> scale, Vector<float> shift, Vector<float> factor, Vector<float> constant)
        where T : unmanaged where TMask : struct, IReluMask where TFrozen : struct, IFlag
    {
        var input = ReadsInput<TMask, TFrozen>() ? Lanes.Load(x) : default;
        var output = TMask.ReadsOutput ? Lanes.Load(y) : default;
        Lanes.Store(Value<TMask, TFrozen>(input, output, Lanes.Load(dy), mean, scale, shift, factor, constant), dx);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector<float> Value<TMask, TFrozen>(Vector<float> x, Vector<float> y, Vector<float> dy,
        Vector<float> mean, Vector<float> scale, Vector<float> shift, Vector<float> factor, Vector<float> constant)
        where TMask : struct, IReluMask where TFrozen : struct, IFlag
    {
        var centred = x - mean;
        var g = TMask.Apply(dy, y, centred, scale, shift);
        return TFrozen.On ? g * scale : Vector.FusedMultiplyAdd(g, scale, Vector.FusedMultiplyAdd(centred, factor, constant));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static bool ReadsInput<TMask, TFrozen>() where TMask : struct, IReluMask where TFrozen : struct, IFlag =>
        !TFrozen.On || typeof(TMask) == typeof(InputMask);
}
