using ResNetSharp.Cpu;

namespace ResNetSharp.Benchmarks;

/// <summary>The layers that the benchmarks measure: those of the networks people train, at the batch sizes they use.</summary>
static class ConvolutionLayers
{
    public static IReadOnlyList<(string Name, ConvolutionGeometry Geometry)> All { get; } =
    [
        Layer("resnet50", 16, 224, 3, 64, 7, 2),
        Layer("resnet50", 16, 56, 64, 64, 1),
        Layer("resnet50", 16, 56, 64, 64, 3),
        Layer("resnet50", 16, 56, 64, 256, 1),
        Layer("resnet50", 16, 56, 256, 64, 1),
        Layer("resnet50", 16, 56, 256, 128, 1),
        Layer("resnet50", 16, 56, 128, 128, 3, 2),
        Layer("resnet50", 16, 28, 128, 128, 3),
        Layer("resnet50", 16, 28, 128, 512, 1),
        Layer("resnet50", 16, 28, 512, 128, 1),
        Layer("resnet50", 16, 56, 256, 512, 1, 2),
        Layer("resnet50", 16, 28, 256, 256, 3, 2),
        Layer("resnet50", 16, 14, 256, 256, 3),
        Layer("resnet50", 16, 14, 256, 1024, 1),
        Layer("resnet50", 16, 14, 1024, 256, 1),
        Layer("resnet50", 16, 28, 512, 1024, 1, 2),
        Layer("resnet50", 16, 14, 512, 512, 3, 2),
        Layer("resnet50", 16, 7, 512, 512, 3),
        Layer("resnet50", 16, 7, 512, 2048, 1),
        Layer("resnet50", 16, 7, 2048, 512, 1),
        Layer("resnet50", 16, 14, 1024, 2048, 1, 2),
        ("resnet50 dense 16 x 2048 -> 1000", ConvolutionGeometry.Product(16, 2048, 1000)),
        ("resnet50 dense 1 x 2048 -> 1000", ConvolutionGeometry.Product(1, 2048, 1000)),
        Layer("resnet50", 1, 56, 64, 64, 3),
        Layer("resnet50", 1, 28, 512, 128, 1),
        Layer("resnet50", 1, 28, 128, 128, 3),
        Layer("resnet50", 1, 14, 256, 256, 3),
        Layer("resnet50", 1, 7, 512, 512, 3),
        Layer("resnet18", 16, 56, 64, 128, 3, 2),
        Layer("resnet18", 16, 28, 128, 256, 3, 2),
        Layer("resnet18", 16, 14, 256, 512, 3, 2),
        Layer("resnext50", 16, 56, 128, 128, 3, 1, 32),
        Layer("resnext50", 16, 28, 256, 256, 3, 1, 32),
        Layer("resnext50", 16, 14, 512, 512, 3, 1, 32),
        Layer("resnext50", 16, 7, 1024, 1024, 3, 1, 32),
        Layer("cifar", 128, 32, 3, 16, 3),
        Layer("cifar", 128, 32, 16, 16, 3),
        Layer("cifar", 128, 32, 16, 32, 3, 2),
        Layer("cifar", 128, 16, 32, 32, 3),
        Layer("cifar", 128, 16, 32, 64, 3, 2),
        Layer("cifar", 128, 8, 64, 64, 3),
        Layer("custom", 64, 32, 3, 64, 3),
        Layer("custom", 64, 32, 64, 64, 3),
        Layer("custom", 64, 32, 64, 128, 3, 2),
        Layer("custom", 64, 16, 128, 128, 3),
        Layer("custom", 64, 8, 256, 256, 3),
        Layer("custom", 64, 4, 512, 512, 3),
        Layer("fashion", 64, 28, 1, 32, 3),
        Layer("fashion", 64, 28, 32, 32, 3),
        ("fashion dense 64 x 25088 -> 10", ConvolutionGeometry.Product(64, 25088, 10)),
    ];

    static (string, ConvolutionGeometry) Layer(string network, int batch, int size, int input, int output, int kernel, int stride = 1, int groups = 1)
    {
        var padding = kernel / 2;
        var name = $"{network} {batch}x{size}x{size} {input}->{output} {kernel}x{kernel}" + (stride > 1 ? $"/{stride}" : "") + (groups > 1 ? $" g{groups}" : "");
        return (name, new ConvolutionGeometry(batch, size, size, input, output, kernel, kernel, stride, stride, padding, padding, padding, padding, 1, 1, groups));
    }
}
