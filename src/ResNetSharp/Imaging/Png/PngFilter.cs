using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace ResNetSharp.Imaging.Png;

/// <summary>Predicts a row's bytes from their neighbours, and undoes it (PNG specification, section 9).</summary>
internal static class PngFilter
{
    /// <summary>Restores a row in place; false where the filter does not exist.</summary>
    /// <param name="filter">The filter's number.</param>
    /// <param name="row">The filtered bytes.</param>
    /// <param name="above">The row above, restored; zeros above the first row.</param>
    /// <param name="step">Bytes to the left neighbour.</param>
    public static bool TryRestore(int filter, Span<byte> row, ReadOnlySpan<byte> above, int step)
    {
        switch (filter)
        {
            case 0: return true;
            case 1: Sub(row, step); return true;
            case 2: Up(row, above); return true;
            case 3: Average(row, above, step); return true;
            case 4: Paeth(row, above, step); return true;
            default: return false;
        }
    }

    /// <summary>Filters a row.</summary>
    /// <param name="filter">The filter's number, 0 to 4.</param>
    /// <param name="row">The bytes.</param>
    /// <param name="above">The row above; zeros above the first row.</param>
    /// <param name="step">Bytes to the left neighbour.</param>
    /// <param name="target">Takes the filtered bytes.</param>
    public static void Apply(int filter, ReadOnlySpan<byte> row, ReadOnlySpan<byte> above, int step, Span<byte> target)
    {
        for (var i = 0; i < row.Length; i++)
        {
            var (left, corner) = i < step ? (0, 0) : (row[i - step], above[i - step]);
            var prediction = filter switch
            {
                0 => 0,
                1 => left,
                2 => above[i],
                3 => (left + above[i]) >> 1,
                _ => Predict(left, above[i], corner),
            };
            target[i] = (byte)(row[i] - prediction);
        }
    }

    static void Sub(Span<byte> row, int step)
    {
        for (var i = step; i < row.Length; i++) row[i] += row[i - step];
    }

    static void Up(Span<byte> row, ReadOnlySpan<byte> above)
    {
        var wide = MemoryMarshal.Cast<byte, Vector<byte>>(row);
        var wideAbove = MemoryMarshal.Cast<byte, Vector<byte>>(above);
        for (var i = 0; i < wide.Length; i++) wide[i] += wideAbove[i];
        for (var i = wide.Length * Vector<byte>.Count; i < row.Length; i++) row[i] += above[i];
    }

    static void Average(Span<byte> row, ReadOnlySpan<byte> above, int step)
    {
        for (var i = 0; i < Math.Min(step, row.Length); i++) row[i] += (byte)(above[i] >> 1);
        for (var i = step; i < row.Length; i++) row[i] += (byte)((row[i - step] + above[i]) >> 1);
    }

    static void Paeth(Span<byte> row, ReadOnlySpan<byte> above, int step)
    {
        var done = step is 3 or 4 ? PaethPixels(row, above, step) : 0;
        for (var i = done; i < Math.Min(step, row.Length); i++) row[i] += above[i];
        for (var i = Math.Max(done, step); i < row.Length; i++) row[i] += Predict(row[i - step], above[i], above[i - step]);
    }

    // A pixel at a step, while four bytes can be read; returns the bytes that are done.
    static int PaethPixels(Span<byte> row, ReadOnlySpan<byte> above, int step)
    {
        var left = Vector128<short>.Zero;
        var corner = Vector128<short>.Zero;
        var i = 0;
        for (; i + 4 <= row.Length; i += step)
        {
            var pixel = row[i..];
            var up = Words(above[i..]);
            var acrossRow = up - corner;
            var acrossColumn = left - corner;
            var toLeft = Vector128.Abs(acrossRow);
            var toUp = Vector128.Abs(acrossColumn);
            var toCorner = Vector128.Abs(acrossRow + acrossColumn);
            var least = Vector128.Min(Vector128.Min(toLeft, toUp), toCorner);
            var prediction = Vector128.ConditionalSelect(
                Vector128.Equals(least, toLeft), left, Vector128.ConditionalSelect(Vector128.Equals(least, toUp), up, corner));
            left = (Words(pixel) + prediction) & Vector128.Create((short)0xFF);
            corner = up;
            var restored = Vector128.Narrow(left.AsUInt16(), Vector128<ushort>.Zero).AsUInt32().ToScalar();
            pixel[0] = (byte)restored;
            pixel[1] = (byte)(restored >> 8);
            pixel[2] = (byte)(restored >> 16);
            if (step == 4) pixel[3] = (byte)(restored >> 24);
        }
        return i;
    }

    static Vector128<short> Words(ReadOnlySpan<byte> bytes) =>
        Vector128.WidenLower(Vector128.CreateScalarUnsafe(BinaryPrimitives.ReadUInt32LittleEndian(bytes)).AsByte()).AsInt16();

    // The neighbour that is nearest to left + up - corner.
    static byte Predict(int left, int up, int corner)
    {
        var toLeft = Math.Abs(up - corner);
        var toUp = Math.Abs(left - corner);
        var toCorner = Math.Abs(left + up - 2 * corner);
        if (toLeft <= toUp && toLeft <= toCorner) return (byte)left;
        return (byte)(toUp <= toCorner ? up : corner);
    }
}
