using ResNetSharp.Cpu;

namespace ResNetSharp.Planning;

/// <summary>
/// Lends the same memory to all plans of a model, which never run at the same time: training, evaluation and the last, smaller batch.
/// </summary>
internal sealed class ArenaPool
{
    NativeBuffer largest = new(0);

    public NativeBuffer Lend(long bytes)
    {
        if (largest.Bytes < bytes) largest = new NativeBuffer(bytes);
        return largest;
    }
}
