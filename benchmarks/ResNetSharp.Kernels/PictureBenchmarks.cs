using BenchmarkDotNet.Attributes;
using ResNetSharp.Imaging;

namespace ResNetSharp.Kernels;

/// <summary>
/// From a file's bytes to a network's input, for the JPEG file that <c>RESNETSHARP_PICTURE</c> names, or, without one, a PNG of 500x375 random
/// pixels in flat 8x8 squares.
/// </summary>
public class PictureBenchmarks
{
    byte[] file = [];
    Image picture = null!;
    float[] input = [];

    [GlobalSetup]
    public void Setup()
    {
        file = Environment.GetEnvironmentVariable("RESNETSHARP_PICTURE") is { Length: > 0 } path ? File.ReadAllBytes(path) : Drawn();
        picture = Image.Load(file);
        input = new float[224 * 224 * 3];
    }

    [Benchmark]
    public Image Decode() => Image.Load(file);

    [Benchmark]
    public void Prepare() => Preprocessing.Torchvision.Apply(picture, input);

    static byte[] Drawn()
    {
        const int Width = 500, Height = 375;
        var random = new Random(1);
        var squares = new byte[(Width / 8 + 1) * (Height / 8 + 1) * 3];
        random.NextBytes(squares);
        var pixels = new byte[Width * Height * 3];
        for (var i = 0; i < pixels.Length; i++)
        {
            var (row, column, channel) = (i / 3 / Width, i / 3 % Width, i % 3);
            pixels[i] = squares[(row / 8 * (Width / 8 + 1) + column / 8) * 3 + channel];
        }
        using var stream = new MemoryStream();
        new Image(Width, Height, pixels).SavePng(stream);
        return stream.ToArray();
    }
}
