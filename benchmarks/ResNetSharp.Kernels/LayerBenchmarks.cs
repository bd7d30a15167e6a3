using BenchmarkDotNet.Attributes;
using ResNetSharp.Cpu;

namespace ResNetSharp.Kernels;

/// <summary>What stands between convolutions, on the first stage of a ResNet: 112x112 pixels of 64 channels. Bound by memory.</summary>
public unsafe class LayerBenchmarks : KernelBenchmark
{
    const int Size = 112;
    const int Channels = 64;
    const int Length = Size * Size * Channels;

    Kernel maxPool = null!;
    Kernel bytePool = null!;
    Kernel normalization = null!;

    [GlobalSetup]
    public void Setup()
    {
        var window = new PoolGeometry(1, Size, Size, Channels, 3, 3, 2, 2, 1, 1, 1, 1);
        maxPool = Prepare(new MaxPoolKernel<float>(window, Floats(Length), Floats(Length / 4)));
        bytePool = Prepare(new ByteMaxPoolKernel(window, Bytes(Length).Pointer, Bytes(Length / 4).Pointer));
        normalization = Prepare(new BatchNormForwardKernel<float>(new BatchNormForward<float>(Size * Size, Channels, 1e-5f)
        {
            Momentum = 0.9f,
            Relu = true,
            X = Floats(Length),
            Y = Floats(Length),
            Gamma = Floats(Channels),
            Beta = Floats(Channels),
            SavedMean = Floats(Channels),
            SavedInverseStd = Floats(Channels),
            RunningMean = Floats(Channels),
            RunningVariance = Floats(Channels),
        }));
    }

    [Benchmark]
    public void MaxPool() => Run(maxPool);

    [Benchmark]
    public void MaxPoolOfBytes() => Run(bytePool);

    [Benchmark]
    public void BatchNormInTraining() => Run(normalization);
}
