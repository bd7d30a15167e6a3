using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace ResNetSharp.Imaging.Jpeg;

/// <summary>Makes red, green and blue of a row's components, with the rounding of libjpeg's integer conversion.</summary>
internal static unsafe class ColourConversion
{
    const int FractionBits = 16;
    const int Half = 1 << (FractionBits - 1);

    // The conversion of JFIF: R = Y + 1.402 Cr, G = Y - 0.34414 Cb - 0.71414 Cr, B = Y + 1.772 Cb, times 2^16.
    const int RedOfCr = 91881;
    const int GreenOfCb = -22554;
    const int GreenOfCr = -46802;
    const int BlueOfCb = 116130;

    /// <summary>Grey becomes three equal samples.</summary>
    public static void Grey(byte* grey, int width, byte* target)
    {
        for (var x = 0; x < width; x++, target += 3) target[0] = target[1] = target[2] = grey[x];
    }

    /// <summary>Red, green and blue are laid side by side.</summary>
    public static void Rgb(byte* red, byte* green, byte* blue, int width, byte* target)
    {
        for (var x = 0; x < width; x++, target += 3) (target[0], target[1], target[2]) = (red[x], green[x], blue[x]);
    }

    /// <summary>The usual colour space of JPEG.</summary>
    public static void YCbCr(byte* luma, byte* cb, byte* cr, int width, byte* target, bool vectorised)
    {
        var x = 0;
        if (vectorised && Avx2.IsSupported)
        {
            for (; x + 16 <= width; x += 16) YCbCrAvx2(luma + x, cb + x, cr + x, target + 3 * x);
        }
        for (; x < width; x++) YCbCrPixel(luma[x], cb[x], cr[x], target + 3 * x);
    }

    /// <summary>Four inks, stored inverted as all writers do: 255 is no ink.</summary>
    public static void InvertedCmyk(byte* cyan, byte* magenta, byte* yellow, byte* black, int width, byte* target)
    {
        for (var x = 0; x < width; x++, target += 3)
            (target[0], target[1], target[2]) = (Multiply(cyan[x], black[x]), Multiply(magenta[x], black[x]), Multiply(yellow[x], black[x]));
    }

    /// <summary>Four inks whose first three were converted like red, green and blue.</summary>
    public static void Ycck(byte* luma, byte* cb, byte* cr, byte* black, int width, byte* target)
    {
        for (var x = 0; x < width; x++, target += 3)
        {
            YCbCrPixel(luma[x], cb[x], cr[x], target);
            // The conversion gives inks that are not inverted, so each colour is the complement of what InvertedCmyk gets.
            for (var c = 0; c < 3; c++) target[c] = Multiply((byte)(255 - target[c]), black[x]);
        }
    }

    static byte Multiply(int a, int b) => (byte)((2 * a * b + 255) / 510);

    static void YCbCrPixel(int luma, int cb, int cr, byte* target)
    {
        cb -= 128;
        cr -= 128;
        target[0] = Clamp(luma + ((RedOfCr * cr + Half) >> FractionBits));
        target[1] = Clamp(luma + ((GreenOfCb * cb + GreenOfCr * cr + Half) >> FractionBits));
        target[2] = Clamp(luma + ((BlueOfCb * cb + Half) >> FractionBits));
    }

    static byte Clamp(int value) => (byte)Math.Clamp(value, 0, 255);

    // In 16 bits: factors are reduced by whole multiples of 2^16, which are added apart.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void YCbCrAvx2(byte* luma, byte* cb, byte* cr, byte* target)
    {
        var centre = Vector256.Create((short)128);
        var y = Avx2.ConvertToVector256Int16(luma);
        var b = Avx2.ConvertToVector256Int16(cb) - centre;
        var r = Avx2.ConvertToVector256Int16(cr) - centre;
        var red = y + r + Scale(r, RedOfCr - (1 << 16));
        var blue = y + b + b + Scale(b, BlueOfCb - (2 << 16));

        var factors = Vector256.Create(((GreenOfCr + (1 << 16)) << 16) | (GreenOfCb & 0xFFFF)).AsInt16();
        var half = Vector256.Create(Half);
        var low = (Avx2.MultiplyAddAdjacent(Avx2.UnpackLow(b, r), factors) + half) >> FractionBits;
        var high = (Avx2.MultiplyAddAdjacent(Avx2.UnpackHigh(b, r), factors) + half) >> FractionBits;
        var green = y - r + Avx2.PackSignedSaturate(low, high);
        Interleave(Bytes(red), Bytes(green), Bytes(blue), target);
    }

    // (factor * words + 2^15) >> 16 for a factor below 2^15: the high half of twice the product, halved with rounding.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<short> Scale(Vector256<short> words, int factor) =>
        (Avx2.MultiplyHigh(words + words, Vector256.Create((short)factor)) + Vector256<short>.One) >> 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector128<byte> Bytes(Vector256<short> words) => Sse2.PackUnsignedSaturate(words.GetLower(), words.GetUpper());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Interleave(Vector128<byte> red, Vector128<byte> green, Vector128<byte> blue, byte* target)
    {
        const byte no = 0x80;
        (Ssse3.Shuffle(red, Vector128.Create(0, no, no, 1, no, no, 2, no, no, 3, no, no, 4, no, no, 5))
            | Ssse3.Shuffle(green, Vector128.Create(no, 0, no, no, 1, no, no, 2, no, no, 3, no, no, 4, no, no))
            | Ssse3.Shuffle(blue, Vector128.Create(no, no, 0, no, no, 1, no, no, 2, no, no, 3, no, no, 4, no))).Store(target);
        (Ssse3.Shuffle(red, Vector128.Create(no, no, 6, no, no, 7, no, no, 8, no, no, 9, no, no, 10, no))
            | Ssse3.Shuffle(green, Vector128.Create(5, no, no, 6, no, no, 7, no, no, 8, no, no, 9, no, no, 10))
            | Ssse3.Shuffle(blue, Vector128.Create(no, 5, no, no, 6, no, no, 7, no, no, 8, no, no, 9, no, no))).Store(target + 16);
        (Ssse3.Shuffle(red, Vector128.Create(no, 11, no, no, 12, no, no, 13, no, no, 14, no, no, 15, no, no))
            | Ssse3.Shuffle(green, Vector128.Create(no, no, 11, no, no, 12, no, no, 13, no, no, 14, no, no, 15, no))
            | Ssse3.Shuffle(blue, Vector128.Create(10, no, no, 11, no, no, 12, no, no, 13, no, no, 14, no, no, 15))).Store(target + 32);
    }
}
