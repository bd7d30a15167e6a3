using BenchmarkDotNet.Attributes;
using ResNetSharp.Cpu;

namespace ResNetSharp.Kernels;

/// <summary>Runs kernels on one thread, on memory that is filled with random numbers. Measured is the time of a run; nothing is allocated in one.</summary>
public abstract unsafe class KernelBenchmark : IDisposable
{
    readonly List<NativeBuffer> buffers = [];
    readonly Workers workers = new(1);

    /// <summary>Ends the threads.</summary>
    [GlobalCleanup]
    public void Dispose()
    {
        workers.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Gives a kernel what it needs beside its arguments, and runs it once.</summary>
    private protected Kernel Prepare(Kernel kernel)
    {
        var scratch = new NativeBuffer(kernel.ScratchBytes(workers.Count));
        buffers.Add(scratch);
        kernel.Scratch = scratch.Pointer;
        Run(kernel);
        return kernel;
    }

    private protected void Run(Kernel kernel) => kernel.Run(workers);

    /// <summary>Numbers between -1 and 1.</summary>
    private protected float* Floats(long count)
    {
        var random = new Random(1);
        var buffer = Bytes(count * sizeof(float));
        foreach (ref var value in buffer.Floats) value = (float)(random.NextDouble() * 2 - 1);
        return (float*)buffer.Pointer;
    }

    /// <summary>The same as bfloat16.</summary>
    private protected ushort* Narrow(long count)
    {
        var random = new Random(1);
        var numbers = (ushort*)Bytes(count * sizeof(ushort)).Pointer;
        for (var i = 0L; i < count; i++) numbers[i] = BFloat16.FromFloat((float)(random.NextDouble() * 2 - 1));
        return numbers;
    }

    private protected NativeBuffer Bytes(long count)
    {
        var buffer = new NativeBuffer(count);
        buffers.Add(buffer);
        return buffer;
    }
}
