using ResNetSharp.Cpu;

namespace ResNetSharp.Training;

/// <summary>
/// Adam (Kingma and Ba, 2015): m = b1 * m + (1 - b1) * g, v = b2 * v + (1 - b2) * g * g, and at step t, in PyTorch
/// w -= rate / (1 - b1^t) * m / (sqrt(v / (1 - b2^t)) + epsilon), in Keras w -= rate * sqrt(1 - b2^t) / (1 - b1^t) * m / (sqrt(v) + epsilon).
/// </summary>
/// <param name="learningRate">The size of a step, constant or by schedule; 0.001 in both frameworks.</param>
/// <param name="beta1">The part of the old mean gradient that is kept.</param>
/// <param name="beta2">The part of the old mean squared gradient that is kept.</param>
/// <param name="epsilon">Keeps the divisor from zero; if not given 1e-8 as in PyTorch, or 1e-7 as in Keras.</param>
/// <param name="weightDecay">Added to the gradient in PyTorch's rule, taken from the weights in Keras'.</param>
/// <param name="rule">Whose formulas.</param>
public sealed unsafe class Adam(LearningRateSchedule learningRate, float beta1 = 0.9f, float beta2 = 0.999f, float? epsilon = null, float weightDecay = 0,
    UpdateRule rule = UpdateRule.PyTorch) : Optimizer(learningRate)
{
    /// <summary>Adam with a rate of 0.001.</summary>
    /// <param name="rule">Whose formulas.</param>
    public Adam(UpdateRule rule = UpdateRule.PyTorch) : this(0.001f, rule: rule)
    {
    }

    internal override IReadOnlyList<string> Slots => MomentSlots;

    internal static IReadOnlyList<string> MomentSlots { get; } = ["exp_avg", "exp_avg_sq"];

    /// <summary>1e-8 as in PyTorch, or 1e-7 as in Keras.</summary>
    internal static float DefaultEpsilon(UpdateRule rule) => rule == UpdateRule.Keras ? 1e-7f : 1e-8f;

    internal override void WriteSettings(void* settings, float learningRate, long step) =>
        *(AdamSettings*)settings = new() { LearningRate = learningRate, Beta1 = beta1, Beta2 = beta2, Epsilon = epsilon ?? DefaultEpsilon(rule), WeightDecay = weightDecay, Step = step };

    internal override Kernel CreateUpdate(void* settings, float* weights, float* gradient, float*[] slots, long count) => new AdamUpdateKernel(
        rule == UpdateRule.Keras ? OptimizerRule.Keras : OptimizerRule.Torch, (AdamSettings*)settings, weights, gradient, slots[0], slots[1], count);
}

/// <summary>Adam with weight decay that does not pass through the moments (Loshchilov and Hutter, 2019): first w -= rate * decay * w.</summary>
/// <param name="learningRate">The size of a step, constant or by schedule; 0.001 in both frameworks.</param>
/// <param name="weightDecay">0.01 in PyTorch, 0.004 in Keras.</param>
/// <param name="beta1">The part of the old mean gradient that is kept.</param>
/// <param name="beta2">The part of the old mean squared gradient that is kept.</param>
/// <param name="epsilon">Keeps the divisor from zero; if not given 1e-8 as in PyTorch, or 1e-7 as in Keras.</param>
/// <param name="rule">Whose formulas.</param>
public sealed unsafe class AdamW(LearningRateSchedule learningRate, float weightDecay = 0.01f, float beta1 = 0.9f, float beta2 = 0.999f, float? epsilon = null,
    UpdateRule rule = UpdateRule.PyTorch) : Optimizer(learningRate)
{
    /// <summary>AdamW with a rate of 0.001 and PyTorch's decay of 0.01.</summary>
    /// <param name="rule">Whose formulas.</param>
    public AdamW(UpdateRule rule = UpdateRule.PyTorch) : this(0.001f, rule: rule)
    {
    }

    internal override IReadOnlyList<string> Slots => Adam.MomentSlots;

    internal override void WriteSettings(void* settings, float learningRate, long step) =>
        *(AdamSettings*)settings = new() { LearningRate = learningRate, Beta1 = beta1, Beta2 = beta2, Epsilon = epsilon ?? Adam.DefaultEpsilon(rule), WeightDecay = weightDecay, Step = step };

    internal override Kernel CreateUpdate(void* settings, float* weights, float* gradient, float*[] slots, long count) => new AdamUpdateKernel(
        rule == UpdateRule.Keras ? OptimizerRule.Keras : OptimizerRule.TorchDecoupled, (AdamSettings*)settings, weights, gradient, slots[0], slots[1], count);
}
