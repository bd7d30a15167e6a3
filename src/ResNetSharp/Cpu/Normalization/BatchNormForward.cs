namespace ResNetSharp.Cpu;

/// <summary>What <see cref="BatchNormForwardKernel{T}"/> works on: a (rows, channels) matrix and one number per channel for the rest.</summary>
/// <param name="rows">Batch times positions.</param>
/// <param name="channels">The extent of the last axis.</param>
/// <param name="epsilon">Added to the variance.</param>
internal unsafe struct BatchNormForward<T>(long rows, int channels, float epsilon) where T : unmanaged
{
    public readonly long Rows = rows;
    public readonly int Channels = channels;
    public readonly float Epsilon = epsilon;

    /// <summary>The fraction of the running statistics' old value that is kept: Keras' momentum, 1 - PyTorch's.</summary>
    public float Momentum;

    /// <summary>Whether the running variance is that of a sample, divided by rows - 1, as in PyTorch; otherwise by rows, as in Keras 3.</summary>
    public bool UnbiasedRunningVariance;

    /// <summary>Whether negative results become 0.</summary>
    public bool Relu;

    /// <summary>The input.</summary>
    public T* X;

    /// <summary>The output; may be <see cref="X"/> or <see cref="Residual"/>.</summary>
    public T* Y;

    /// <summary>Added before the ReLU; null for nothing.</summary>
    public T* Residual;

    /// <summary>The learned factor; null for 1.</summary>
    public float* Gamma;

    /// <summary>The learned shift; null for 0.</summary>
    public float* Beta;

    /// <summary>Out: the batch's mean.</summary>
    public float* SavedMean;

    /// <summary>Out: 1 / sqrt(variance + epsilon) of the batch.</summary>
    public float* SavedInverseStd;

    /// <summary>The statistics of <see cref="X"/>, where a convolution before has summed up what it wrote; null otherwise.</summary>
    public ResultMoments? Moments;

    /// <summary>In and out, or null.</summary>
    public float* RunningMean;

    /// <summary>In and out, or null.</summary>
    public float* RunningVariance;
}
