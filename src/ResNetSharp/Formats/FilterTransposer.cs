using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace ResNetSharp.Formats;

/// <summary>
/// Turns filters from PyTorch's order, (out, in, taps), to this library's, (taps, in, out): a transposition of a matrix with one row for each filter,
/// whose rows then stand in another order. Squares of 8 x 8 numbers are turned in registers.
/// </summary>
internal static class FilterTransposer
{
    const int Square = 8;

    /// <summary>Turns filters.</summary>
    /// <param name="torch">(outputs, inputs, taps).</param>
    /// <param name="taps">Height times width of a filter.</param>
    /// <param name="inputs">Input channels.</param>
    /// <param name="outputs">Filters.</param>
    /// <param name="own">(taps, inputs, outputs).</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void FromTorch(ReadOnlySpan<float> torch, int taps, int inputs, int outputs, Span<float> own)
    {
        var columns = inputs * taps;
        if (torch.Length != columns * (long)outputs || own.Length != torch.Length) throw new ArgumentException($"{torch.Length} numbers are no {outputs} filters of {columns}", nameof(torch));
        var places = Places(taps, inputs, outputs);
        var squareOutputs = Avx.IsSupported ? outputs / Square * Square : 0;
        var squareColumns = columns / Square * Square;
        // Four squares use whole lines of the cache on both sides.
        for (var o1 = 0; o1 < squareOutputs; o1 += 2 * Square)
            for (var c1 = 0; c1 < squareColumns; c1 += 2 * Square)
                for (var o0 = o1; o0 < Math.Min(o1 + 2 * Square, squareOutputs); o0 += Square)
                    for (var c0 = c1; c0 < Math.Min(c1 + 2 * Square, squareColumns); c0 += Square)
                        Turn(ref Unsafe.Add(ref MemoryMarshal.GetReference(torch), (nint)o0 * columns + c0), columns, ref Unsafe.Add(ref MemoryMarshal.GetReference(own), o0), places.AsSpan(c0, Square));
        for (var c = 0; c < columns; c++)
        {
            var row = own.Slice(places[c], outputs);
            for (var o = c < squareColumns ? squareOutputs : 0; o < outputs; o++) row[o] = torch[o * columns + c];
        }
    }

    /// <summary>Where the row here of each column there begins.</summary>
    static int[] Places(int taps, int inputs, int outputs)
    {
        var places = new int[inputs * taps];
        for (var (input, column) = (0, 0); input < inputs; input++)
            for (var tap = 0; tap < taps; tap++) places[column++] = (tap * inputs + input) * outputs;
        return places;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Turn(ref float from, int columns, ref float own, ReadOnlySpan<int> places)
    {
        var (r0, r1, r2, r3) = (Load(ref from, 0), Load(ref from, columns), Load(ref from, 2 * (nint)columns), Load(ref from, 3 * (nint)columns));
        var (r4, r5, r6, r7) = (Load(ref from, 4 * (nint)columns), Load(ref from, 5 * (nint)columns), Load(ref from, 6 * (nint)columns), Load(ref from, 7 * (nint)columns));
        // Pairs of rows, then fours, then the halves of eight.
        var (a0, a1, a2, a3) = (Avx.UnpackLow(r0, r1), Avx.UnpackHigh(r0, r1), Avx.UnpackLow(r2, r3), Avx.UnpackHigh(r2, r3));
        var (a4, a5, a6, a7) = (Avx.UnpackLow(r4, r5), Avx.UnpackHigh(r4, r5), Avx.UnpackLow(r6, r7), Avx.UnpackHigh(r6, r7));
        var (b0, b1, b2, b3) = (Avx.Shuffle(a0, a2, 0x44), Avx.Shuffle(a0, a2, 0xEE), Avx.Shuffle(a1, a3, 0x44), Avx.Shuffle(a1, a3, 0xEE));
        var (b4, b5, b6, b7) = (Avx.Shuffle(a4, a6, 0x44), Avx.Shuffle(a4, a6, 0xEE), Avx.Shuffle(a5, a7, 0x44), Avx.Shuffle(a5, a7, 0xEE));
        Store(Avx.Permute2x128(b0, b4, 0x20), ref own, places[0]);
        Store(Avx.Permute2x128(b1, b5, 0x20), ref own, places[1]);
        Store(Avx.Permute2x128(b2, b6, 0x20), ref own, places[2]);
        Store(Avx.Permute2x128(b3, b7, 0x20), ref own, places[3]);
        Store(Avx.Permute2x128(b0, b4, 0x31), ref own, places[4]);
        Store(Avx.Permute2x128(b1, b5, 0x31), ref own, places[5]);
        Store(Avx.Permute2x128(b2, b6, 0x31), ref own, places[6]);
        Store(Avx.Permute2x128(b3, b7, 0x31), ref own, places[7]);
    }

    static void Store(Vector256<float> line, ref float own, nint at) => line.StoreUnsafe(ref Unsafe.Add(ref own, at));

    static Vector256<float> Load(ref float from, nint offset) => Vector256.LoadUnsafe(ref Unsafe.Add(ref from, offset));
}
