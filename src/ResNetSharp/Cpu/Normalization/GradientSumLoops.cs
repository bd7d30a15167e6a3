using System.Numerics;
using System.Runtime.CompilerServices;

namespace ResNetSharp.Cpu;

/// <summary>
/// The sums of a normalisation's backward pass down the columns of a tile: of the gradient g before the ReLU, and of g (x - mean).
/// On the way g can be written out, since it is also the gradient of a residual.
/// </summary>
internal static unsafe class GradientSumLoops
{
    public static delegate*<in GradientOperands<T>, int, in ChannelTile, float*, float*, void> Of<T>(bool relu, bool fromOutput, bool writes) where T : unmanaged =>
        (relu, fromOutput, writes) switch
        {
            (false, _, false) => &Tile<T, NoMask, No>,
            (false, _, true) => &Tile<T, NoMask, Yes>,
            (true, true, false) => &Tile<T, OutputMask, No>,
            (true, true, true) => &Tile<T, OutputMask, Yes>,
            (true, false, false) => &Tile<T, InputMask, No>,
            (true, false, true) => &Tile<T, InputMask, Yes>,
        };

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Tile<T, TMask, TWrites>(in GradientOperands<T> operands, int period, in ChannelTile tile, float* sums, float* products)
        where T : unmanaged where TMask : struct, IReluMask where TWrites : struct, IFlag
    {
        var o = operands;
        o.Mean += tile.Column;
        o.Scale += tile.Column;
        o.Shift += tile.Column;
        new Span<float>(sums, tile.Columns).Clear();
        new Span<float>(products, tile.Columns).Clear();
        var at = tile.Row * period + tile.Column;
        float* someSums = stackalloc float[ChannelGrid.TileColumns], someProducts = stackalloc float[ChannelGrid.TileColumns];
        for (var row = 0; row < tile.Rows;)
        {
            new Span<float>(someSums, tile.Columns).Clear();
            new Span<float>(someProducts, tile.Columns).Clear();
            var rows = Math.Min(ChannelGrid.RowsPerSum, tile.Rows - row);
            if (NumberPairs.Suit<T>(tile.Columns)) PairRows<T, TMask, TWrites>(o, at, period, rows, tile.Columns, someSums, someProducts);
            else
            {
                for (var i = 0; i < rows; i++) WholeRow<T, TMask, TWrites>(o, at + (long)i * period, tile.Columns, someSums, someProducts);
            }
            row += rows;
            at += (long)rows * period;
            SumKernel.Add(sums, someSums, sums, tile.Columns);
            SumKernel.Add(products, someProducts, products, tile.Columns);
        }
        PartialRow<T, TMask, TWrites>(o, at, tile.Extra, sums, products);
    }

    /// <summary>A few rows, sums of a cache line's columns after another's.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void PairRows<T, TMask, TWrites>(in GradientOperands<T> o, long at, int period, int rows, int columns, float* sums, float* products)
        where T : unmanaged where TMask : struct, IReluMask where TWrites : struct, IFlag
    {
        for (var c = 0; c < columns; c += NumberPairs.Count)
        {
            ushort* x = (ushort*)(o.X + at) + c, dy = (ushort*)(o.DY + at) + c;
            ushort* y = TMask.ReadsOutput ? (ushort*)(o.Y + at) + c : null, g = TWrites.On ? (ushort*)(o.Out + at) + c : null;
            NumberPairs mean = NumberPairs.Load(o.Mean + c), scale = NumberPairs.Load(o.Scale + c), shift = NumberPairs.Load(o.Shift + c);
            NumberPairs sum = default, product = default;
            for (var row = 0L; row < rows * (long)period; row += period)
            {
                NumberPairs.Fetch(x + row);
                NumberPairs.Fetch(dy + row);
                if (TMask.ReadsOutput) NumberPairs.Fetch(y + row);
                var centred = NumberPairs.Load(x + row) - mean;
                var masked = TMask.Apply(NumberPairs.Load(dy + row), TMask.ReadsOutput ? NumberPairs.Load(y + row) : default, centred, scale, shift);
                if (TWrites.On) masked.Store(g + row);
                sum += masked;
                product = NumberPairs.MultiplyAdd(masked, centred, product);
            }
            sum.Store(sums + c);
            product.Store(products + c);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void WholeRow<T, TMask, TWrites>(in GradientOperands<T> o, long at, int columns, float* sums, float* products)
        where T : unmanaged where TMask : struct, IReluMask where TWrites : struct, IFlag
    {
        T* x = o.X + at, dy = o.DY + at, y = TMask.ReadsOutput ? o.Y + at : null, g = TWrites.On ? o.Out + at : null;
        float* means = o.Mean, scales = o.Scale, shifts = o.Shift;
        for (var c = 0; c < columns; c += Vector<float>.Count)
        {
            Vector<float> mean = Vector.Load(means + c), scale = Vector.Load(scales + c), shift = Vector.Load(shifts + c);
            Vector<float> sum = Vector.Load(sums + c), product = Vector.Load(products + c);
            Element<T, TMask, TWrites>(x + c, y + c, dy + c, g + c, mean, scale, shift, ref sum, ref product);
            sum.Store(sums + c);
            product.Store(products + c);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void PartialRow<T, TMask, TWrites>(in GradientOperands<T> o, long at, int columns, float* sums, float* products)
        where T : unmanaged where TMask : struct, IReluMask where TWrites : struct, IFlag
    {
        T* x = o.X + at, dy = o.DY + at, y = TMask.ReadsOutput ? o.Y + at : null, g = TWrites.On ? o.Out + at : null;
        for (var c = 0; c < columns; c += Vector<float>.Count)
        {
            Vector<float> mean = Vector.Load(o.Mean + c), scale = Vector.Load(o.Scale + c), shift = Vector.Load(o.Shift + c);
            Vector<float> sum = Vector.Load(sums + c), product = Vector.Load(products + c);
            var rest = columns - c;
            if (rest >= Vector<float>.Count) Element<T, TMask, TWrites>(x + c, y + c, dy + c, g + c, mean, scale, shift, ref sum, ref product);
            else
            {
                // Lanes past the end have a gradient of 0 and add nothing.
                var centred = Lanes.Load(x + c, rest) - mean;
                var masked = TMask.Apply(Lanes.Load(dy + c, rest), TMask.ReadsOutput ? Lanes.Load(y + c, rest) : default, centred, scale, shift);
                if (TWrites.On) Lanes.Store(masked, g + c, rest);
                sum += masked;
                product = Vector.FusedMultiplyAdd(masked, centred, product);
            }
            sum.Store(sums + c);
            product.Store(products + c);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Element<T, TMask, TWrites>(T* x, T* y, T* dy, T* g, Vector<float> mean, Vector<float> scale, Vector<float> shift,
        ref Vector<float> sum, ref Vector<float> product)
        where T : unmanaged where TMask : struct, IReluMask where TWrites : struct, IFlag
    {
        var centred = Lanes.Load(x) - mean;
        var masked = TMask.Apply(Lanes.Load(dy), TMask.ReadsOutput ? Lanes.Load(y) : default, centred, scale, shift);
        if (TWrites.On) Lanes.Store(masked, g);
        sum += masked;
        product = Vector.FusedMultiplyAdd(masked, centred, product);
    }
}
