using ResNetSharp.Imaging;
using ResNetSharp.Tests.Data;

namespace ResNetSharp.Tests.Cli;

/// <summary>A folder of two classes of small pictures that are easy to tell apart: bright on the left, or at the top.</summary>
static class PictureFolder
{
    public static string Create(TemporaryFolder folder, int picturesPerClass = 24, int side = 12)
    {
        var random = new RandomSource(3);
        foreach (var name in new[] { "left", "top" })
            for (var i = 0; i < picturesPerClass; i++)
            {
                var pixels = new byte[side * side * 3];
                for (var p = 0; p < pixels.Length; p++)
                {
                    var (y, x) = (p / 3 / side, p / 3 % side);
                    var isBright = name == "left" ? x < side / 2 : y < side / 2;
                    pixels[p] = (byte)(random.NextInt(60) + (isBright ? 190 : 10));
                }
                Save(folder, $"pictures/{name}/{i:D2}.png", new Image(side, side, pixels));
            }
        return Path.Combine(folder.Path, "pictures");
    }

    static void Save(TemporaryFolder folder, string name, Image image)
    {
        using var stream = new MemoryStream();
        image.SavePng(stream);
        folder.Write(name, stream.ToArray());
    }
}
