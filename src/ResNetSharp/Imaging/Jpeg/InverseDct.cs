namespace ResNetSharp.Imaging.Jpeg;

/// <summary>
/// The accurate integer inverse cosine transform of the Independent JPEG Group ("islow"), after Loeffler, Ligtenberg and Moschytz,
/// "Practical fast 1-D DCT algorithms with 11 multiplications" (1989): 13 bits of fraction, 2 of them kept between the passes.
/// Sums wrap and stores saturate at 16 bits as in libjpeg-turbo's vector code, which matters for the absurd coefficients of damaged files.
/// </summary>
internal static unsafe class InverseDct
{
    /// <summary>Bits of fraction of the constants.</summary>
    public const int FractionBits = 13;

    /// <summary>The shift after the columns.</summary>
    public const int ColumnShift = FractionBits - 2;

    /// <summary>The shift after the rows: the fraction, the two bits that were kept, and the transform's factor of eight.</summary>
    public const int RowShift = FractionBits + 2 + 3;

    /// <summary>From here on the first row's numbers may overflow in the columns' pass.</summary>
    public const int LargestSafe = short.MaxValue >> 2;

    // cos and sin combinations, times 2^13.
    public const int F0_298 = 2446;
    public const int F0_390 = 3196;
    public const int F0_541 = 4433;
    public const int F0_765 = 6270;
    public const int F0_899 = 7373;
    public const int F1_175 = 9633;
    public const int F1_501 = 12299;
    public const int F1_847 = 15137;
    public const int F1_961 = 16069;
    public const int F2_053 = 16819;
    public const int F2_562 = 20995;
    public const int F3_072 = 25172;

    /// <summary>Transforms one block.</summary>
    /// <param name="coefficients">64 coefficients, row by row.</param>
    /// <param name="quantisation">64 quantisation steps.</param>
    /// <param name="target">The block's first sample.</param>
    /// <param name="stride">Samples from row to row.</param>
    public static void Transform(short* coefficients, short* quantisation, byte* target, int stride)
    {
        var columns = stackalloc short[64];
        for (var i = 0; i < 64; i++) columns[i] = unchecked((short)(coefficients[i] * quantisation[i]));
        if (new ReadOnlySpan<short>(coefficients + 8, 56).ContainsAnyExcept((short)0))
        {
            for (var i = 0; i < 8; i++) Pass(columns + i, 8, ColumnShift);
        }
        else
        {
            // The same numbers, if they do not overflow; these wrap, as they do elsewhere.
            for (var i = 63; i >= 0; i--) columns[i] = unchecked((short)(columns[i & 7] << 2));
        }
        for (var row = 0; row < 8; row++)
        {
            Pass(columns + 8 * row, 1, RowShift);
            for (var i = 0; i < 8; i++) target[(long)row * stride + i] = (byte)(Math.Clamp((int)columns[8 * row + i], -128, 127) + 128);
        }
    }

    static void Pass(short* s, int step, int shift)
    {
        unchecked
        {
            var z2 = s[2 * step];
            var z3 = s[6 * step];
            var even2 = z2 * F0_541 + z3 * (F0_541 - F1_847);
            var even3 = z2 * (F0_541 + F0_765) + z3 * F0_541;
            var even0 = (short)(s[0] + s[4 * step]) << FractionBits;
            var even1 = (short)(s[0] - s[4 * step]) << FractionBits;
            var (sum0, sum3, sum1, sum2) = (even0 + even3, even0 - even3, even1 + even2, even1 - even2);

            var (s1, s3, s5, s7) = (s[step], s[3 * step], s[5 * step], s[7 * step]);
            var (a, b) = ((short)(s7 + s3), (short)(s5 + s1));
            var y3 = a * (F1_175 - F1_961) + b * F1_175;
            var y4 = a * F1_175 + b * (F1_175 - F0_390);
            var odd0 = s7 * (F0_298 - F0_899) - s1 * F0_899 + y3;
            var odd1 = s5 * (F2_053 - F2_562) - s3 * F2_562 + y4;
            var odd2 = s3 * (F3_072 - F2_562) - s5 * F2_562 + y3;
            var odd3 = s1 * (F1_501 - F0_899) - s7 * F0_899 + y4;

            s[0] = Descale(sum0 + odd3, shift);
            s[7 * step] = Descale(sum0 - odd3, shift);
            s[step] = Descale(sum1 + odd2, shift);
            s[6 * step] = Descale(sum1 - odd2, shift);
            s[2 * step] = Descale(sum2 + odd1, shift);
            s[5 * step] = Descale(sum2 - odd1, shift);
            s[3 * step] = Descale(sum3 + odd0, shift);
            s[4 * step] = Descale(sum3 - odd0, shift);
        }
    }

    static short Descale(int value, int shift) =>
        (short)Math.Clamp(unchecked(value + (1 << (shift - 1))) >> shift, short.MinValue, short.MaxValue);
}
