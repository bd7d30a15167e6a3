namespace ResNetSharp.Cpu;

/// <summary>
/// A register of numbers, for code that is written once for both widths and names the width it runs with, which
/// <see cref="System.Numerics.Vector{T}"/> does not: weights that kernels of one width have rearranged are of no use to the other's.
/// </summary>
/// <typeparam name="TSelf">The register.</typeparam>
internal unsafe interface IRegister<TSelf> where TSelf : unmanaged, IRegister<TSelf>
{
    /// <summary>Numbers in it.</summary>
    static abstract int Lanes { get; }

    /// <summary>Reads neighbouring numbers, in single precision or bfloat16 (as <see cref="ushort"/>).</summary>
    static abstract TSelf Load<TNumber>(TNumber* from) where TNumber : unmanaged;

    /// <summary>Writes them; rounded to bfloat16 as <see cref="BFloat16"/> does.</summary>
    void Store<TNumber>(TNumber* to) where TNumber : unmanaged;

    /// <summary>Writes them past the caches if they are a whole cache line, to a place that is a multiple of the register's size: halves would go to memory one by one.</summary>
    void StoreStreaming(float* to);

    static abstract TSelf operator +(TSelf a, TSelf b);

    static abstract TSelf operator -(TSelf a, TSelf b);

    static abstract TSelf operator *(TSelf a, float b);

    /// <summary>a b + c, rounded once.</summary>
    static abstract TSelf MultiplyAdd(float a, TSelf b, TSelf c);

    /// <summary>a b + c, rounded once.</summary>
    static abstract TSelf MultiplyAdd(TSelf a, TSelf b, TSelf c);

    /// <summary>max(x, 0), where a NaN stays one.</summary>
    static abstract TSelf Relu(TSelf x);
}
