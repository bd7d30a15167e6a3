namespace ResNetSharp;

/// <summary>The numbers that a model computes with. Parameters, their gradients and the optimizer's memory are 32-bit always.</summary>
public enum Precision
{
    /// <summary>32-bit floating point throughout.</summary>
    Float32,

    /// <summary>
    /// Activations and their gradients are kept as bfloat16, half the size, and multiplied as such; sums, statistics, losses and whatever
    /// follows the pooling at a network's end are 32-bit.
    /// </summary>
    BFloat16,

    /// <summary>
    /// <see cref="BFloat16"/> where it is faster: where the processor has AMX, or AVX512-BF16 that is faster than 32-bit products, and to train also where
    /// it is not. Otherwise <see cref="Float32"/>.
    /// </summary>
    Auto,
}
