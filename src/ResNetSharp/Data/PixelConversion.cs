using System.Numerics;
using System.Runtime.InteropServices;
using ResNetSharp.Imaging;

namespace ResNetSharp.Data;

/// <summary>Changes of representation between bytes and numbers, and between the orders of channels.</summary>
static class PixelConversion
{
    /// <summary>Writes each byte as a number from 0 to 255.</summary>
    public static void ToFloats(ReadOnlySpan<byte> source, Span<float> destination)
    {
        destination = destination[..source.Length];
        var done = 0;
        var quarter = Vector<float>.Count;
        for (; done + Vector<byte>.Count <= source.Length; done += Vector<byte>.Count)
        {
            Vector.Widen(new Vector<byte>(source[done..]), out var low, out var high);
            Store(low, destination[done..]);
            Store(high, destination[(done + 2 * quarter)..]);
        }
        for (; done < source.Length; done++) destination[done] = source[done];
    }

    /// <summary>Turns planes (channel, pixel) into pixels (pixel, channel).</summary>
    public static void Interleave(ReadOnlySpan<byte> planes, int channels, Span<byte> pixels)
    {
        var size = planes.Length / channels;
        for (var c = 0; c < channels; c++)
        {
            var plane = planes.Slice(c * size, size);
            for (var i = 0; i < plane.Length; i++) pixels[i * channels + c] = plane[i];
        }
    }

    /// <summary>Brightness as television defines it (ITU-R BT.601: 0.299 R + 0.587 G + 0.114 B), in sixteen-bit fixed point, rounded.</summary>
    public static void ToGray(ReadOnlySpan<byte> rgb, Span<byte> gray)
    {
        for (var i = 0; i < gray.Length; i++)
            gray[i] = (byte)Preprocessing.Brightness(rgb[3 * i], rgb[3 * i + 1], rgb[3 * i + 2]);
    }

    static void Store(Vector<ushort> values, Span<float> destination)
    {
        Vector.Widen(values, out var low, out var high);
        var vectors = MemoryMarshal.Cast<float, Vector<float>>(destination);
        vectors[0] = Vector.ConvertToSingle(low.As<uint, int>());
        vectors[1] = Vector.ConvertToSingle(high.As<uint, int>());
    }
}
