namespace ResNetSharp.Imaging.Resamplers;

/// <summary>The weights of a filter by distance from the centre, in pixels.</summary>
internal static class FilterFunctions
{
    /// <summary>The distance from which on weights are zero.</summary>
    public static double Support(Resampling filter) => filter switch
    {
        Resampling.Box => 0.5,
        Resampling.Bilinear or Resampling.Hamming => 1,
        Resampling.Bicubic => 2,
        Resampling.Lanczos => 3,
        _ => throw new ArgumentOutOfRangeException(nameof(filter), filter, "no such filter"),
    };

    /// <summary>The weight at a distance, not normalised.</summary>
    public static double Weight(Resampling filter, double x) => filter switch
    {
        Resampling.Box => x is > -0.5 and <= 0.5 ? 1 : 0,
        Resampling.Bilinear => Math.Max(1 - Math.Abs(x), 0),
        Resampling.Hamming => Hamming(Math.Abs(x)),
        Resampling.Bicubic => Bicubic(Math.Abs(x)),
        _ => x is >= -3 and < 3 ? Sinc(x) * Sinc(x / 3) : 0,
    };

    static double Hamming(double x)
    {
        if (x == 0) return 1;
        return x >= 1 ? 0 : Sinc(x) * (0.54 + 0.46 * Math.Cos(x * Math.PI));
    }

    static double Bicubic(double x)
    {
        const double a = -0.5;
        if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
        return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0;
    }

    static double Sinc(double x) => x == 0 ? 1 : Math.Sin(x * Math.PI) / (x * Math.PI);
}
