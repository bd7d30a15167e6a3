namespace ResNetSharp.Data;

/// <summary>
/// The outlines of the drawn classes, as signed distances: negative inside, and outside never more than the true distance. The shapes
/// lie around the origin, with radius about 1.
/// </summary>
static class ShapeOutline
{
    const double StarInnerRadius = 0.45;

    /// <summary>The distance of a point from the outline of a class.</summary>
    public static double Distance(int label, double x, double y) => label switch
    {
        0 => Disc(x, y, 1),
        1 => Box(x, y, 0.8, 0.8),
        2 => Triangle(x, y),
        3 => Star(x, y),
        4 => Math.Min(Box(x, y, 1, 0.3), Box(x, y, 0.3, 1)),
        5 => Math.Abs(Disc(x, y, 0.78)) - 0.22,
        6 => Math.Max(Disc(x, y, 1), -Disc(x - 0.5, y, 0.85)),
        7 => Math.Max(Disc(x, y + 0.4, 1), -0.4 - y),
        8 => Box(x, y, 1, 0.3),
        _ => Math.Min(Box(x + 0.45, y, 0.55, 0.22), Math.Max(-x, (0.75 * x + Math.Abs(y) - 0.75) / 1.25)),
    };

    static double Disc(double x, double y, double radius) => Math.Sqrt(x * x + y * y) - radius;

    static double Box(double x, double y, double halfWidth, double halfHeight) => Math.Max(Math.Abs(x) - halfWidth, Math.Abs(y) - halfHeight);

    // Three sides, each half a radius from the centre.
    static double Triangle(double x, double y)
    {
        var slope = Math.Sqrt(3) / 2;
        return Math.Max(-y, slope * Math.Abs(x) + y / 2) - 0.5;
    }

    // Ten equal sides by symmetry: fold the plane into the wedge between a tip and the notch beside it, then measure to that side.
    static double Star(double x, double y)
    {
        const double tip = 2 * Math.PI / 5;
        var angle = Math.Atan2(y, x);
        angle = Math.Abs(angle - tip * Math.Round(angle / tip));
        var radius = Math.Sqrt(x * x + y * y);
        var notchX = StarInnerRadius * Math.Cos(tip / 2);
        var notchY = StarInnerRadius * Math.Sin(tip / 2);
        var length = Math.Sqrt((1 - notchX) * (1 - notchX) + notchY * notchY);
        return ((radius * Math.Cos(angle) - 1) * notchY + radius * Math.Sin(angle) * (1 - notchX)) / length;
    }
}
