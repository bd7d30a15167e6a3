using System.Runtime.Intrinsics;

namespace ResNetSharp.Imaging;

public sealed partial class Image
{
    /// <summary>A part of the picture; what lies outside of it is black.</summary>
    /// <param name="left">The part's first column; may be negative.</param>
    /// <param name="top">The part's first row; may be negative.</param>
    /// <param name="width">The part's width in pixels.</param>
    /// <param name="height">The part's height in rows.</param>
    public Image Crop(int left, int top, int width, int height)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        var target = new byte[checked(width * height * 3)];
        var first = (int)Math.Clamp(-(long)left, 0, width);
        var end = (int)Math.Clamp((long)Width - left, first, width);
        for (var y = 0; y < height && first < end; y++)
        {
            var row = (long)top + y;
            if (row < 0 || row >= Height) continue;
            var source = Pixels.AsSpan((int)(row * Width + left + first) * 3, (end - first) * 3);
            source.CopyTo(target.AsSpan((y * width + first) * 3));
        }
        return new Image(width, height, target);
    }

    /// <summary>
    /// The middle of the picture, as torchvision's CenterCrop takes it: half pixels are rounded to even, and a picture that is too small
    /// is set into black first, with the odd row or column at the bottom or right.
    /// </summary>
    /// <param name="width">Pixels in a row.</param>
    /// <param name="height">Rows.</param>
    public Image CenterCrop(int width, int height) => Crop(CropStart(Width, width), CropStart(Height, height), width, height);

    /// <summary>The picture mirrored left to right.</summary>
    public Image FlipHorizontal()
    {
        var target = GC.AllocateUninitializedArray<byte>(Pixels.Length);
        var rowBytes = Width * 3;
        for (var start = 0; start < target.Length; start += rowBytes)
        {
            MirrorRow(Pixels.AsSpan(start, rowBytes), target.AsSpan(start, rowBytes));
        }
        return new Image(Width, Height, target);
    }

    /// <summary>The picture turned and mirrored so that it stands upright.</summary>
    /// <param name="orientation">The Exif orientation of the picture as it is, 1 (upright) to 8.</param>
    /// <returns>This picture where nothing has to be done, otherwise a new one.</returns>
    public Image ApplyOrientation(int orientation)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(orientation, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(orientation, 8);
        var (right, bottom) = (Width - 1, Height - 1);
        return orientation switch
        {
            1 => this,
            2 => FlipHorizontal(),
            3 => Rearrange(Width, Height, (x, y) => (right - x, bottom - y)),
            4 => Rearrange(Width, Height, (x, y) => (x, bottom - y)),
            5 => Rearrange(Height, Width, (x, y) => (y, x)),
            6 => Rearrange(Height, Width, (x, y) => (y, bottom - x)),
            7 => Rearrange(Height, Width, (x, y) => (right - y, bottom - x)),
            _ => Rearrange(Height, Width, (x, y) => (right - y, x)),
        };
    }

    /// <summary>Where a centre crop of one extent begins; negative where black is added.</summary>
    internal static int CropStart(int extent, int cropped) =>
        extent >= cropped ? (int)Math.Round((extent - cropped) / 2.0) : -((cropped - extent) / 2);

    static void MirrorRow(ReadOnlySpan<byte> row, Span<byte> mirrored)
    {
        // Five pixels at a step; the byte that is too much goes where the next step writes.
        var reversed = Vector128.Create((byte)15, 12, 13, 14, 9, 10, 11, 6, 7, 8, 3, 4, 5, 0, 1, 2);
        var i = 0;
        for (; i + 16 <= row.Length; i += 15)
            Vector128.Shuffle(Vector128.Create(row.Slice(i, 16)), reversed).CopyTo(mirrored.Slice(row.Length - 16 - i, 16));
        for (; i < row.Length; i += 3) row.Slice(i, 3).CopyTo(mirrored[(row.Length - 3 - i)..]);
    }

    Image Rearrange(int width, int height, Func<int, int, (int X, int Y)> source)
    {
        var target = new byte[Pixels.Length];
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                var (fromX, fromY) = source(x, y);
                Pixels.AsSpan((fromY * Width + fromX) * 3, 3).CopyTo(target.AsSpan((y * width + x) * 3));
            }
        }
        return new Image(width, height, target);
    }
}
