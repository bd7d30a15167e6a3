namespace ResNetSharp.Cpu;

/// <summary>A kernel that rearranges its weights, once where they stay the same from run to run.</summary>
internal abstract unsafe class WeightedKernel : Kernel
{
    NativeBuffer? memory;
    byte* packed;
    bool isPacked;

    /// <summary>
    /// Whether the weights stay the same from run to run, as at inference: they are then rearranged once, in memory that is kept.
    /// </summary>
    public bool WeightsAreConstant { get; init; }

    /// <summary>Bytes of the rearranged weights.</summary>
    public abstract long PackedBytes { get; }

    /// <summary>Says that constant weights have changed after all.</summary>
    public void Invalidate() => isPacked = false;

    /// <summary>Gives constant weights a place among those of other kernels; without, the kernel makes one of its own.</summary>
    /// <param name="buffer">The memory.</param>
    /// <param name="offset">Where <see cref="PackedBytes"/> of it begin, a multiple of <see cref="NativeBuffer.Alignment"/>.</param>
    public void Place(NativeBuffer buffer, long offset)
    {
        memory = buffer;
        packed = buffer.Pointer + offset;
        isPacked = false;
    }

    /// <summary>The rearranged weights.</summary>
    /// <param name="workers">Who rearranges them if need be.</param>
    /// <param name="passing">Where those go that are not constant.</param>
    protected byte* PackedWeights(Workers workers, byte* passing)
    {
        if (!WeightsAreConstant)
        {
            Pack(workers, passing);
            return passing;
        }
        if (memory is null) Place(new NativeBuffer(PackedBytes), 0);
        if (!isPacked) Pack(workers, packed);
        isPacked = true;
        return packed;
    }

    /// <summary>Rearranges the weights.</summary>
    protected abstract void Pack(Workers workers, byte* to);
}
