namespace ResNetSharp.Cpu;

/// <summary>
/// The addresses that the loops of <see cref="BatchNormBackwardKernel{T}"/> work on. Coefficients have one period of a
/// <see cref="ChannelGrid"/>.
/// </summary>
internal unsafe struct GradientOperands<T> where T : unmanaged
{
    public T* X;
    public T* Y;
    public T* DY;
    public T* Out;
    public float* Mean;
    public float* Scale;
    public float* Shift;
    public float* CentredFactor;
    public float* Constant;

    /// <summary>Machine code for the gradients of the input, where there is some.</summary>
    public GeneratedRows? Generated;
}
