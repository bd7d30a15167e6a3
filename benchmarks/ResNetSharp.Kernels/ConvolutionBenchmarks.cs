using BenchmarkDotNet.Attributes;
using ResNetSharp.Cpu;

namespace ResNetSharp.Kernels;

/// <summary>The same layers of ResNet-50 and of a CIFAR network in 32-bit, bfloat16 and 8-bit numbers, forwards.</summary>
public unsafe class ConvolutionBenchmarks : KernelBenchmark
{
    static readonly Dictionary<string, ConvolutionGeometry> geometries = new()
    {
        ["stem 224x224 3->64 7x7/2"] = Geometry(1, 224, 3, 64, 7, 2),
        ["56x56 64->64 3x3"] = Geometry(1, 56, 64, 64, 3),
        ["28x28 512->128 1x1"] = Geometry(1, 28, 512, 128, 1),
        ["7x7 512->512 3x3"] = Geometry(1, 7, 512, 512, 3),
        ["cifar 16 x 32x32 16->16 3x3"] = Geometry(16, 32, 16, 16, 3),
    };

    Kernel float32 = null!;
    Kernel bfloat16 = null!;
    Kernel int8 = null!;

    /// <summary>Size of the image, channels, and size of the window.</summary>
    [ParamsSource(nameof(Layers))]
    public string Layer { get; set; } = "";

    public static IEnumerable<string> Layers => geometries.Keys;

    [GlobalSetup]
    public void Setup()
    {
        var (geometry, set) = (geometries[Layer], InstructionSets.Selected);
        float32 = Prepare(new ConvolutionForward(geometry, set, Floats(geometry.InputLength), Floats(geometry.WeightLength), null, null, false, Floats(geometry.OutputLength)));
        bfloat16 = Prepare(new BFloat16ConvolutionForward(geometry, set, Narrow(geometry.InputLength), Floats(geometry.WeightLength), null, null, true, Narrow(geometry.OutputLength))
        {
            WeightsAreConstant = true,
        });
        int8 = Prepare(new Int8Convolution(geometry, set, Bytes(geometry.InputLength).Pointer, 128, (sbyte*)Bytes(geometry.WeightLength).Pointer, Floats(geometry.OutChannels), null, null, 0, 0, true,
            Bytes(geometry.OutputLength).Pointer, 0));
    }

    [Benchmark(Baseline = true)]
    public void Float32() => Run(float32);

    [Benchmark]
    public void BFloat16() => Run(bfloat16);

    [Benchmark]
    public void Int8() => Run(int8);

    static ConvolutionGeometry Geometry(int batch, int size, int input, int output, int kernel, int stride = 1)
    {
        var padding = kernel / 2;
        return new(batch, size, size, input, output, kernel, kernel, stride, stride, padding, padding, padding, padding, 1, 1, 1);
    }
}
