namespace ResNetSharp.Cpu;

/// <summary>A kernel that rearranges its weights, once where they stay the same from run to run.</summary>
internal abstract class WeightedKernel : Kernel
{
    /// <summary>
    /// Whether the weights stay the same from run to run, as at inference: they are then rearranged once, in memory of the kernel's own.
    /// </summary>
    public bool WeightsAreConstant { get; init; }

    /// <summary>Says that constant weights have changed after all.</summary>
    public abstract void Invalidate();
}
