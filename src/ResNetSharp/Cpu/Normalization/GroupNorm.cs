namespace ResNetSharp.Cpu;

/// <summary>
/// What <see cref="GroupNormForwardKernel{T}"/> and <see cref="GroupNormBackwardKernel{T}"/> work on: (batch, positions, channels) tensors whose
/// channels fall into groups of neighbours, and one number per channel, or per image and group, for the rest.
/// </summary>
internal unsafe struct GroupNorm<T>(int batch, int positions, int channels, int groups, float epsilon) where T : unmanaged
{
    public readonly int Batch = batch;
    public readonly int Positions = positions;
    public readonly int Channels = channels;
    public readonly int Groups = channels % groups == 0 ? groups : throw new ArgumentException($"{channels} channels do not make {groups} equal groups.");
    public readonly float Epsilon = epsilon;

    /// <summary>Whether a ReLU follows.</summary>
    public bool Relu;

    /// <summary>The forward input.</summary>
    public T* X;

    /// <summary>Forward: out, may be <see cref="X"/>. Backward: read where there is a ReLU; with null it is computed again from X.</summary>
    public T* Y;

    /// <summary>The learned factor for each channel; null for 1.</summary>
    public float* Gamma;

    /// <summary>The learned shift for each channel; null for 0.</summary>
    public float* Beta;

    /// <summary>The mean of each image and group; written by the forward pass.</summary>
    public float* Mean;

    /// <summary>1 / sqrt(variance + epsilon) of each image and group; written by the forward pass.</summary>
    public float* InverseStd;

    /// <summary>Backward: the gradient of the output.</summary>
    public T* DY;

    /// <summary>Backward, out: the gradient of the input; null if not wanted; may be <see cref="DY"/>.</summary>
    public T* DX;

    /// <summary>Backward, out, or null.</summary>
    public float* DGamma;

    /// <summary>Backward, out, or null.</summary>
    public float* DBeta;

    /// <summary>The number of elements in one image.</summary>
    public readonly long ImageSize => (long)Positions * Channels;

    /// <summary>The number of channels in a group.</summary>
    public readonly int GroupSize => Channels / Groups;
}
