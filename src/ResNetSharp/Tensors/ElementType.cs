namespace ResNetSharp;

/// <summary>What the elements of a tensor are.</summary>
public enum ElementType
{
    /// <summary>32-bit floating point: activations, weights, losses.</summary>
    Float32,

    /// <summary>32-bit whole numbers: class labels.</summary>
    Int32,

    /// <summary>
    /// 16-bit brain floating point, the upper half of a <see cref="Float32"/>: activations and their gradients in plans of
    /// <see cref="Precision.BFloat16"/>. It has the range of 32 bits and 8 significant ones.
    /// </summary>
    BFloat16,

    /// <summary>Unsigned 8-bit whole numbers that stand for others by a scale and a zero point: activations of a quantized network.</summary>
    UInt8,
}

/// <summary>What plans have to know of element types.</summary>
internal static class ElementTypes
{
    /// <summary>Bytes of an element.</summary>
    public static int Size(this ElementType type) => type switch
    {
        ElementType.BFloat16 => sizeof(ushort),
        ElementType.UInt8 => sizeof(byte),
        _ => sizeof(float),
    };
}
