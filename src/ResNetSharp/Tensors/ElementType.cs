namespace ResNetSharp;

/// <summary>What the elements of a tensor are.</summary>
public enum ElementType
{
    /// <summary>32-bit floating point: activations, weights, losses.</summary>
    Float32,

    /// <summary>32-bit whole numbers: class labels.</summary>
    Int32,
}
