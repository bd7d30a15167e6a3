namespace ResNetSharp.Cpu;

/// <summary>What <see cref="AdamUpdateKernel"/> reads at every step, so that schedules may change it.</summary>
internal struct AdamSettings()
{
    public float LearningRate = 0.001f;
    public float Beta1 = 0.9f;
    public float Beta2 = 0.999f;
    public float Epsilon = 1e-8f;
    public float WeightDecay;

    /// <summary>Every gradient is multiplied by it first: gradient clipping, or the inverse of a loss scale.</summary>
    public float GradientScale = 1;

    /// <summary>The number of this step, from 1.</summary>
    public long Step = 1;
}
