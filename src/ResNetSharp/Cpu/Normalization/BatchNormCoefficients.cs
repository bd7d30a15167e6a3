namespace ResNetSharp.Cpu;

/// <summary>The factor that forward and backward pass share; they must agree to the bit, so it is computed in one place.</summary>
internal static unsafe class BatchNormCoefficients
{
    /// <summary>gamma / standard deviation, in fp32; null stands for 1.</summary>
    public static float Scale(float* gamma, float* inverseStd, int channel)
    {
        var inverse = inverseStd == null ? 1 : inverseStd[channel];
        return gamma == null ? inverse : gamma[channel] * inverse;
    }
}
