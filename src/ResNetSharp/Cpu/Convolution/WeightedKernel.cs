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

    /// <summary>What becomes of the sums of the results, for kernels that can add them up; to be set before anything else is asked.</summary>
    public ResultMoments? Moments { get; set; }

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

    /// <summary>Rearranges constant weights now; they are not looked at again.</summary>
    /// <param name="workers">Who does it.</param>
    /// <param name="weights">The weights, in the order of the kernel's own.</param>
    public void Pack(Workers workers, float* weights)
    {
        if (memory is null) Place(new NativeBuffer(PackedBytes), 0);
        Pack(workers, weights, packed);
        isPacked = true;
    }

    /// <summary>The rearranged weights.</summary>
    /// <param name="workers">Who rearranges them if need be.</param>
    /// <param name="weights">The weights.</param>
    /// <param name="passing">Where those go that are not constant.</param>
    protected byte* PackedWeights(Workers workers, float* weights, byte* passing)
    {
        if (!WeightsAreConstant)
        {
            Pack(workers, weights, passing);
            return passing;
        }
        if (!isPacked) Pack(workers, weights);
        return packed;
    }

    /// <summary>Rearranges weights.</summary>
    protected abstract void Pack(Workers workers, float* weights, byte* to);
}
