using ResNetSharp.Cpu;

namespace ResNetSharp.Training;

/// <summary>Whose formulas an optimizer follows where the frameworks differ.</summary>
public enum UpdateRule
{
    /// <summary>PyTorch's.</summary>
    PyTorch,

    /// <summary>Keras'.</summary>
    Keras,
}

/// <summary>How parameters follow their gradients.</summary>
/// <param name="learningRate">The size of a step, constant or by schedule.</param>
public abstract unsafe class Optimizer(LearningRateSchedule learningRate)
{
    /// <summary>The size of a step, constant or by schedule.</summary>
    public LearningRateSchedule LearningRate { get; } = learningRate ?? throw new ArgumentNullException(nameof(learningRate));

    /// <summary>The names of the numbers that are kept for each parameter between steps, such as <c>momentum</c>.</summary>
    internal abstract IReadOnlyList<string> Slots { get; }

    /// <summary>Writes what kernels read at each step to at most <see cref="OptimizerState.SettingsBytes"/>.</summary>
    internal abstract void WriteSettings(void* settings, float learningRate, long step);

    /// <summary>The kernel that does a step for one parameter of <paramref name="count"/> numbers.</summary>
    internal abstract Kernel CreateUpdate(void* settings, float* weights, float* gradient, float*[] slots, long count);
}
