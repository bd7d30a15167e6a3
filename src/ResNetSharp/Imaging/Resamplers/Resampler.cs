using System.Buffers;
using System.Runtime.Intrinsics.X86;

namespace ResNetSharp.Imaging.Resamplers;

/// <summary>
/// Resizes 8-bit RGB pixels as Pillow does, bit for bit: first across, then down, with samples rounded to 8 bits between. Weights whose
/// sums leave 32 bits wrap around, on both paths alike.
/// </summary>
internal static unsafe class Resampler
{
    const int Half = 1 << (ResampleWeights.FractionBits - 1);

    /// <summary>Resizes a picture.</summary>
    public static Image Resize(Image image, int width, int height, Resampling filter, bool allowVectors = true)
    {
        if (filter == Resampling.Nearest) return ResizeNearest(image, width, height);
        var vectorised = allowVectors && Avx2.IsSupported;
        if (height == image.Height) return ResizeAcross(image, width, filter, vectorised);
        if (width == image.Width) return new Image(width, height, ResizeDown(image.Pixels, width, image.Height, height, filter, vectorised));
        var between = ArrayPool<byte>.Shared.Rent(checked(width * image.Height * 3));
        try
        {
            Across(image.Pixels, image.Width, image.Height, between, width, filter, vectorised);
            return new Image(width, height, ResizeDown(between, width, image.Height, height, filter, vectorised));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(between);
        }
    }

    static Image ResizeAcross(Image image, int width, Resampling filter, bool vectorised)
    {
        var target = GC.AllocateUninitializedArray<byte>(checked(width * image.Height * 3));
        Across(image.Pixels, image.Width, image.Height, target, width, filter, vectorised);
        return new Image(width, image.Height, target);
    }

    static void Across(byte[] source, int sourceWidth, int rows, byte[] target, int width, Resampling filter, bool vectorised)
    {
        var weights = new ResampleWeights(sourceWidth, width, filter);
        fixed (byte* first = source, firstTarget = target)
        {
            var end = first + (long)sourceWidth * rows * 3;
            for (var y = 0; y < rows; y++)
            {
                var row = first + (long)y * sourceWidth * 3;
                var targetRow = firstTarget + (long)y * width * 3;
                if (vectorised) ResamplerAvx2.Across(row, end, weights, targetRow, width);
                else AcrossRow(row, weights, targetRow, 0, width);
            }
        }
    }

    static byte[] ResizeDown(byte[] source, int width, int sourceHeight, int height, Resampling filter, bool vectorised)
    {
        var weights = new ResampleWeights(sourceHeight, height, filter);
        var rowBytes = width * 3;
        var target = GC.AllocateUninitializedArray<byte>(checked(rowBytes * height));
        fixed (byte* first = source, firstTarget = target)
        {
            for (var y = 0; y < height; y++)
            {
                var rows = first + (long)weights.First[y] * rowBytes;
                var targetRow = firstTarget + (long)y * rowBytes;
                var done = vectorised ? ResamplerAvx2.Down(rows, rowBytes, weights, y, targetRow) : 0;
                DownRow(rows, rowBytes, weights, y, targetRow, done);
            }
        }
        return target;
    }

    /// <summary>Computes new pixels of one row, from one on up to another.</summary>
    public static void AcrossRow(byte* row, ResampleWeights weights, byte* target, int from, int to)
    {
        for (var x = from; x < to; x++)
        {
            var (red, green, blue) = (Half, Half, Half);
            var pixel = row + weights.First[x] * 3L;
            foreach (var weight in weights.Weights.AsSpan(x * weights.Stride, weights.Count[x]))
            {
                red += weight * pixel[0];
                green += weight * pixel[1];
                blue += weight * pixel[2];
                pixel += 3;
            }
            target[3 * x] = ToByte(red);
            target[3 * x + 1] = ToByte(green);
            target[3 * x + 2] = ToByte(blue);
        }
    }

    static void DownRow(byte* rows, int rowBytes, ResampleWeights weights, int y, byte* target, int from)
    {
        for (var i = from; i < rowBytes; i++)
        {
            var sum = Half;
            var sample = rows + i;
            foreach (var weight in weights.Weights.AsSpan(y * weights.Stride, weights.Count[y]))
            {
                sum += weight * *sample;
                sample += rowBytes;
            }
            target[i] = ToByte(sum);
        }
    }

    static byte ToByte(int sum) => (byte)Math.Clamp(sum >> ResampleWeights.FractionBits, 0, 255);

    static Image ResizeNearest(Image image, int width, int height)
    {
        var (columns, rows) = (NearestPlaces(image.Width, width), NearestPlaces(image.Height, height));
        var target = GC.AllocateUninitializedArray<byte>(checked(width * height * 3));
        fixed (byte* first = image.Pixels, firstTarget = target)
        {
            var to = firstTarget;
            for (var y = 0; y < height; y++)
            {
                var row = first + (long)rows[y] * image.Width * 3;
                for (var x = 0; x < width; x++, to += 3)
                {
                    var from = row + columns[x] * 3L;
                    to[0] = from[0];
                    to[1] = from[1];
                    to[2] = from[2];
                }
            }
        }
        return new Image(width, height, target);
    }

    // The position is added up, with the rounding errors that this has, rather than multiplied.
    static int[] NearestPlaces(int source, int target)
    {
        var places = new int[target];
        var scale = (double)source / target;
        var position = scale * 0.5;
        foreach (ref var place in places.AsSpan())
        {
            place = Math.Min((int)position, source - 1);
            position += scale;
        }
        return places;
    }
}
