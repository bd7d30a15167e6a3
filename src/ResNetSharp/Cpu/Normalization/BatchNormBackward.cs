namespace ResNetSharp.Cpu;

/// <summary>What <see cref="BatchNormBackwardKernel{T}"/> works on: (rows, channels) matrices and one number per channel for the rest.</summary>
/// <param name="rows">Batch times positions.</param>
/// <param name="channels">The extent of the last axis.</param>
internal unsafe struct BatchNormBackward<T>(long rows, int channels) where T : unmanaged
{
    public readonly long Rows = rows;
    public readonly int Channels = channels;

    /// <summary>Whether mean and variance were constants (stored statistics, or a plain scale and shift) rather than the batch's own.</summary>
    public bool Frozen;

    /// <summary>Whether a ReLU followed.</summary>
    public bool Relu;

    /// <summary>The forward input.</summary>
    public T* X;

    /// <summary>
    /// The forward output, which tells where the ReLU was open. With null it is computed again from <see cref="X"/>, which saves reading
    /// a tensor; that cannot be done where a residual was added.
    /// </summary>
    public T* Y;

    /// <summary>The gradient of the output.</summary>
    public T* DY;

    /// <summary>Out: the gradient of <see cref="X"/>; null if not wanted; may be <see cref="DY"/>.</summary>
    public T* DX;

    /// <summary>Out: the gradient of the residual, which is DY where the ReLU was open; null if not wanted; may be <see cref="DY"/>.</summary>
    public T* DResidual;

    /// <summary>The factor in the forward pass; null for 1.</summary>
    public float* Gamma;

    /// <summary>The shift in the forward pass; null for 0. Only read where the ReLU is computed again.</summary>
    public float* Beta;

    /// <summary>The mean in the forward pass; null for 0.</summary>
    public float* Mean;

    /// <summary>1 / sqrt(variance + epsilon) in the forward pass; null for 1.</summary>
    public float* InverseStd;

    /// <summary>Out, or null.</summary>
    public float* DGamma;

    /// <summary>Out, or null.</summary>
    public float* DBeta;
}
