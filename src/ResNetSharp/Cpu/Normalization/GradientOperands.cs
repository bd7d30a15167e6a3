namespace ResNetSharp.Cpu;

/// <summary>
/// The addresses that the loops of <see cref="BatchNormBackwardKernel"/> work on. Coefficients have one period of a
/// <see cref="ChannelGrid"/>.
/// </summary>
internal unsafe struct GradientOperands
{
    public float* X;
    public float* Y;
    public float* DY;
    public float* Out;
    public float* Mean;
    public float* Scale;
    public float* Shift;
    public float* CentredFactor;
    public float* Constant;
}
