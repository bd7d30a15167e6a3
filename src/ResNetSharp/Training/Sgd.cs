using ResNetSharp.Cpu;

namespace ResNetSharp.Training;

/// <summary>
/// Stochastic gradient descent. PyTorch: g += decay * w; v = momentum * v + g; w -= rate * v, or rate * (g + momentum * v) with Nesterov's
/// momentum. Keras: w -= rate * decay * w; v = momentum * v - rate * g; w += v, or momentum * v - rate * g with Nesterov's momentum.
/// </summary>
/// <param name="learningRate">The size of a step, constant or by schedule; 0.01 in both frameworks.</param>
/// <param name="momentum">The part of the last velocity that is kept.</param>
/// <param name="nesterov">Whether the step looks ahead (Nesterov, 1983).</param>
/// <param name="weightDecay">How strongly weights are pulled to zero.</param>
/// <param name="rule">Whose formulas.</param>
public sealed unsafe class Sgd(LearningRateSchedule learningRate, float momentum = 0, bool nesterov = false, float weightDecay = 0,
    UpdateRule rule = UpdateRule.PyTorch) : Optimizer(learningRate)
{
    /// <summary>Plain gradient descent with a rate of 0.01.</summary>
    public Sgd() : this(0.01f)
    {
    }

    internal override IReadOnlyList<string> Slots => momentum == 0 ? [] : ["momentum"];

    internal override void WriteSettings(void* settings, float learningRate, long step) => *(SgdSettings*)settings = new SgdSettings
    {
        LearningRate = learningRate,
        Momentum = momentum,
        Nesterov = nesterov,
        WeightDecay = weightDecay,
    };

    internal override Kernel CreateUpdate(void* settings, float* weights, float* gradient, float*[] slots, long count) =>
        new SgdUpdateKernel(rule == UpdateRule.Keras ? OptimizerRule.Keras : OptimizerRule.Torch, (SgdSettings*)settings, weights, gradient,
            slots.Length > 0 ? slots[0] : null, count);
}
