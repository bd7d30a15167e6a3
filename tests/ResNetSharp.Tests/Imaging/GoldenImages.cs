using ResNetSharp.Imaging;

namespace ResNetSharp.Tests.Imaging;

/// <summary>The generated pictures that the golden hashes of preprocessing were made from.</summary>
static class GoldenImages
{
    /// <summary>The picture of a kind ("noise" or "pattern") and size.</summary>
    public static Image Make(string kind, int height, int width)
    {
        var pixels = new byte[height * width * 3];
        var seed = Hash($"image:{height}x{width}");
        for (var i = 0; i < pixels.Length; i++)
            pixels[i] = kind == "noise" ? (byte)(Mix(unchecked(seed + (ulong)i)) >> 56) : Pattern(i / 3 % width, i / 3 / width, i % 3);
        return new Image(width, height, pixels);
    }

    static byte Pattern(int x, int y, int channel) => (byte)(3 * x + 5 * y + 40 * channel + ((x * y) >> 4));

    // FNV-1a.
    static ulong Hash(string name)
    {
        var hash = 0xcbf29ce484222325;
        foreach (var letter in name) hash = unchecked((hash ^ letter) * 0x100000001b3);
        return hash;
    }

    // SplitMix64.
    static ulong Mix(ulong x)
    {
        unchecked
        {
            var z = x + 0x9E3779B97F4A7C15;
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            return z ^ (z >> 31);
        }
    }
}
