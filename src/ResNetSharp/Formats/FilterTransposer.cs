using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace ResNetSharp.Formats;

/// <summary>
/// Turns filters from PyTorch's order, (out, in, taps), to this library's, (taps, in, out): a transposition of a matrix with one row for each filter,
/// whose rows then stand in another order. Squares of 8 x 8 numbers are turned in registers and gathered into a few rows near the processor, since
/// rows that are a power of two apart in memory push each other out of its cache; each is then copied in one run.
/// </summary>
internal static class FilterTransposer
{
    const int Square = 8;

    /// <summary>Columns that are turned together: a line of the cache.</summary>
    const int Columns = 2 * Square;

    /// <summary>Filters that are turned together.</summary>
    const int Filters = 512;

    /// <summary>Numbers from one gathered row to the next: a line more, so that they lie in different places of the cache.</summary>
    const int Pitch = Filters + Columns;

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
        Span<float> gathered = stackalloc float[Columns * Pitch];
        for (var o0 = 0; o0 < squareOutputs; o0 += Filters)
        {
            var filters = Math.Min(Filters, squareOutputs - o0);
            for (var c0 = 0; c0 < squareColumns; c0 += Columns)
            {
                var count = Math.Min(Columns, squareColumns - c0);
                for (var o = 0; o < filters; o += Square)
                    for (var c = 0; c < count; c += Square)
                        Turn(ref Unsafe.Add(ref MemoryMarshal.GetReference(torch), (nint)(o0 + o) * columns + c0 + c), columns, ref gathered[c * Pitch + o]);
                for (var c = 0; c < count; c++) gathered.Slice(c * Pitch, filters).CopyTo(own[(places[c0 + c] + o0)..]);
            }
        }
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
    static void Turn(ref float from, int columns, ref float turned)
    {
        var (r0, r1, r2, r3) = (Load(ref from, 0), Load(ref from, columns), Load(ref from, 2 * (nint)columns), Load(ref from, 3 * (nint)columns));
        var (r4, r5, r6, r7) = (Load(ref from, 4 * (nint)columns), Load(ref from, 5 * (nint)columns), Load(ref from, 6 * (nint)columns), Load(ref from, 7 * (nint)columns));
        // Pairs of rows, then fours, then the halves of eight.
        var (a0, a1, a2, a3) = (Avx.UnpackLow(r0, r1), Avx.UnpackHigh(r0, r1), Avx.UnpackLow(r2, r3), Avx.UnpackHigh(r2, r3));
        var (a4, a5, a6, a7) = (Avx.UnpackLow(r4, r5), Avx.UnpackHigh(r4, r5), Avx.UnpackLow(r6, r7), Avx.UnpackHigh(r6, r7));
        var (b0, b1, b2, b3) = (Avx.Shuffle(a0, a2, 0x44), Avx.Shuffle(a0, a2, 0xEE), Avx.Shuffle(a1, a3, 0x44), Avx.Shuffle(a1, a3, 0xEE));
        var (b4, b5, b6, b7) = (Avx.Shuffle(a4, a6, 0x44), Avx.Shuffle(a4, a6, 0xEE), Avx.Shuffle(a5, a7, 0x44), Avx.Shuffle(a5, a7, 0xEE));
        Store(Avx.Permute2x128(b0, b4, 0x20), ref turned, 0);
        Store(Avx.Permute2x128(b1, b5, 0x20), ref turned, 1);
        Store(Avx.Permute2x128(b2, b6, 0x20), ref turned, 2);
        Store(Avx.Permute2x128(b3, b7, 0x20), ref turned, 3);
        Store(Avx.Permute2x128(b0, b4, 0x31), ref turned, 4);
        Store(Avx.Permute2x128(b1, b5, 0x31), ref turned, 5);
        Store(Avx.Permute2x128(b2, b6, 0x31), ref turned, 6);
        Store(Avx.Permute2x128(b3, b7, 0x31), ref turned, 7);
    }

    static void Store(Vector256<float> line, ref float turned, nint row) => line.StoreUnsafe(ref Unsafe.Add(ref turned, row * Pitch));

    static Vector256<float> Load(ref float from, nint offset) => Vector256.LoadUnsafe(ref Unsafe.Add(ref from, offset));
}
