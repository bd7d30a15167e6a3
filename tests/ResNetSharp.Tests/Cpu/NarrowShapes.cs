using ResNetSharp.Cpu;

namespace ResNetSharp.Tests.Cpu;

/// <summary>Shapes that meet every branch of the kernels for 16-bit and 8-bit numbers, whose tiles are 16 pixels, 16 results and 64 bytes.</summary>
static class NarrowShapes
{
    public static IReadOnlyDictionary<string, ConvolutionGeometry> All { get; } = new Dictionary<string, ConvolutionGeometry>
    {
        ["3x3 same"] = new(2, 9, 11, 17, 33, 3, 3, 1, 1, 1, 1, 1, 1),
        ["3x3 of whole tiles"] = new(2, 9, 9, 64, 64, 3, 3, 1, 1, 1, 1, 1, 1),
        ["3x3 of small images"] = new(3, 7, 7, 64, 48, 3, 3, 1, 1, 1, 1, 1, 1),
        ["3x3 stride 2"] = new(3, 8, 7, 32, 48, 3, 3, 2, 2, 1, 1, 1, 1),
        ["3x3 stride 2 of whole tiles"] = new(2, 14, 14, 64, 64, 3, 3, 2, 2, 1, 1, 1, 1),
        ["3x3 stride 2, asymmetric padding"] = new(2, 8, 8, 16, 16, 3, 3, 2, 2, 0, 1, 0, 1),
        ["1x1"] = new(3, 5, 5, 64, 100, 1, 1),
        ["1x1 of many pixels"] = new(2, 20, 20, 64, 32, 1, 1),
        ["1x1 stride 2"] = new(2, 7, 7, 33, 20, 1, 1, 2, 2),
        ["1x1 stride 2 of whole tiles"] = new(2, 14, 14, 64, 64, 1, 1, 2, 2),
        ["1x1 image"] = new(5, 1, 1, 20, 40, 3, 3, 1, 1, 1, 1, 1, 1),
        ["one channel in"] = new(2, 28, 28, 1, 32, 3, 3, 1, 1, 1, 1, 1, 1),
        ["one channel out"] = new(2, 6, 6, 5, 1, 3, 3, 1, 1, 1, 1, 1, 1),
        ["7x7 stem"] = new(2, 22, 18, 3, 64, 7, 7, 2, 2, 3, 3, 3, 3),
        ["two channels, 5x5"] = new(2, 9, 12, 2, 24, 5, 5, 1, 1, 2, 2, 2, 2),
        ["three channels, stride 3"] = new(1, 14, 13, 3, 16, 4, 4, 3, 3, 1, 0, 2, 1),
        ["four channels"] = new(1, 7, 9, 4, 17, 3, 3, 1, 2, 1, 1, 1, 1),
        ["stride beyond the kernel"] = new(2, 11, 10, 6, 18, 2, 2, 3, 4),
        ["dilation 2"] = new(2, 10, 9, 32, 17, 3, 3, 1, 1, 2, 2, 2, 2, 2, 2),
        ["dilation 2, stride 2"] = new(1, 13, 12, 7, 9, 3, 2, 2, 2, 2, 1, 1, 2, 2, 2),
        ["more padding than needed"] = new(2, 4, 4, 32, 6, 3, 3, 1, 1, 4, 5, 3, 4),
        ["two groups"] = new(2, 6, 6, 34, 66, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1, 2),
        ["two groups of whole tiles"] = new(2, 6, 6, 128, 128, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1, 2),
        ["32 groups of 4"] = new(1, 9, 9, 128, 128, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1, 32),
        ["every channel its group"] = new(2, 6, 5, 19, 19, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1, 19),
        ["every channel its group, twice as many out"] = new(1, 6, 5, 7, 14, 3, 3, 2, 2, 1, 1, 1, 1, 1, 1, 7),
        ["many small images"] = new(37, 2, 3, 20, 36, 3, 3, 1, 1, 1, 1, 1, 1),
        ["weights beyond the cache"] = new(1, 3, 2, 256, 300, 3, 3, 1, 1, 1, 1, 1, 1),
        ["flat kernel"] = new(2, 8, 8, 9, 12, 1, 5, 1, 2, 0, 0, 2, 2),
        ["product of one row"] = ConvolutionGeometry.Product(1, 300, 77),
        ["product with few columns"] = ConvolutionGeometry.Product(65, 130, 10),
        ["product"] = ConvolutionGeometry.Product(100, 64, 96),
    };

    public static ConvolutionGeometry Random(Random random)
    {
        while (true)
        {
            var groups = random.Next(4) == 0 ? random.Next(1, 5) : 1;
            var whole = random.Next(2) == 0 ? 32 : 1;
            var geometry = new ConvolutionGeometry(
                random.Next(1, 4), random.Next(1, 14), random.Next(1, 14), groups * random.Next(1, 80 / whole) * whole, groups * random.Next(1, 40),
                random.Next(1, 5), random.Next(1, 5), random.Next(1, 4), random.Next(1, 4),
                random.Next(3), random.Next(3), random.Next(3), random.Next(3), random.Next(1, 3), random.Next(1, 3), groups);
            if (geometry is { OutHeight: > 0, OutWidth: > 0 }) return geometry;
        }
    }
}
