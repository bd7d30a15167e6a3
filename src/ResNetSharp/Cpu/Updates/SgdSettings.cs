namespace ResNetSharp.Cpu;

/// <summary>What <see cref="SgdUpdateKernel"/> reads at every step, so that schedules may change it.</summary>
internal struct SgdSettings()
{
    public float LearningRate;
    public float Momentum;
    public float WeightDecay;

    /// <summary>Every gradient is multiplied by it first: gradient clipping, or the inverse of a loss scale.</summary>
    public float GradientScale = 1;

    public bool Nesterov;
}
