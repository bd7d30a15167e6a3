namespace ResNetSharp.Data;

/// <summary>One picture of a shape: what chance has chosen for it, and how it is painted.</summary>
struct ShapeDrawing
{
    /// <summary>Pixels in a row and rows.</summary>
    public const int Side = 32;

    /// <summary>Red, green, blue.</summary>
    public const int Channels = 3;

    /// <summary>Shape and background differ by at least this much, summed over the channels.</summary>
    const double LeastContrast = 110;

    /// <summary>Beyond this many radii there is nothing of any shape, blurred edge included.</summary>
    const double FarAway = 1.3;

    readonly int label;
    readonly double centreX, centreY, radius, cos, sin;
    readonly double waveX, waveY, wavePhase, waveHeight, noise;
    readonly Color shape, background, slope;

    /// <summary>Chooses everything but the noise.</summary>
    public ShapeDrawing(int label, ref RandomSource random)
    {
        this.label = label;
        radius = Between(ref random, 5.5, 13);
        var room = Side / 2.0 - radius;
        centreX = Side / 2.0 + Between(ref random, -room, room);
        centreY = Side / 2.0 + Between(ref random, -room, room);
        (sin, cos) = Math.SinCos(Between(ref random, 0, 2 * Math.PI));
        background = RandomColor(ref random);
        do shape = RandomColor(ref random);
        while (shape.DistanceTo(background) < LeastContrast);
        slope = new Color(Between(ref random, -1.5, 1.5), Between(ref random, -1.5, 1.5), Between(ref random, -1.5, 1.5));
        waveX = Between(ref random, -1.2, 1.2);
        waveY = Between(ref random, -1.2, 1.2);
        wavePhase = Between(ref random, 0, 2 * Math.PI);
        waveHeight = Between(ref random, 0, 25);
        noise = Between(ref random, 2, 18);
    }

    /// <summary>Paints the picture: rows from the top, red, green, blue.</summary>
    public readonly void Draw(Span<byte> destination, ref RandomSource random)
    {
        for (var y = 0; y < Side; y++)
        {
            for (var x = 0; x < Side; x++)
            {
                var cover = Cover(x + 0.5, y + 0.5);
                var wave = waveHeight * Math.Sin(waveX * x + waveY * y + wavePhase);
                var pixel = destination.Slice((y * Side + x) * Channels, Channels);
                pixel[0] = Mix(background.Red + slope.Red * (x - y) + wave, shape.Red, cover, ref random);
                pixel[1] = Mix(background.Green + slope.Green * (x + y - Side) + wave, shape.Green, cover, ref random);
                pixel[2] = Mix(background.Blue + slope.Blue * (y - x) + wave, shape.Blue, cover, ref random);
            }
        }
    }

    // How much of a pixel lies in the shape: the outline is taken as straight within it.
    readonly double Cover(double x, double y)
    {
        var (dx, dy) = ((x - centreX) / radius, (y - centreY) / radius);
        if (dx * dx + dy * dy > FarAway * FarAway) return 0;
        var distance = ShapeOutline.Distance(label, cos * dx + sin * dy, cos * dy - sin * dx) * radius;
        return Math.Clamp(0.5 - distance, 0, 1);
    }

    readonly byte Mix(double behind, double front, double cover, ref RandomSource random) =>
        (byte)Math.Round(Math.Clamp(behind + (front - behind) * cover + noise * Bell(random.NextUInt64()), 0, 255));

    // Nearly normal with deviation 1: four uniform numbers of 16 bits, added and scaled.
    static double Bell(ulong bits)
    {
        var sum = (bits & 0xFFFF) + ((bits >> 16) & 0xFFFF) + ((bits >> 32) & 0xFFFF) + (bits >> 48);
        return (sum / 65536.0 - 2) * Math.Sqrt(3);
    }

    static double Between(ref RandomSource random, double low, double high) => low + (high - low) * random.NextDouble();

    static Color RandomColor(ref RandomSource random) =>
        new(Between(ref random, 0, 255), Between(ref random, 0, 255), Between(ref random, 0, 255));

    /// <summary>A colour, 0 to 255 a channel.</summary>
    readonly record struct Color(double Red, double Green, double Blue)
    {
        public double DistanceTo(Color other) => Math.Abs(Red - other.Red) + Math.Abs(Green - other.Green) + Math.Abs(Blue - other.Blue);
    }
}
