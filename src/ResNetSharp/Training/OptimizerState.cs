using ResNetSharp.Cpu;

namespace ResNetSharp.Training;

/// <summary>The memory of an optimizer: how many steps were done, and what it keeps for each parameter.</summary>
internal sealed unsafe class OptimizerState
{
    /// <summary>Room for what an optimizer's kernels read at each step.</summary>
    public const int SettingsBytes = 64;

    readonly NativeBuffer settings = new(SettingsBytes);
    readonly Dictionary<Parameter, NativeBuffer[]> slots = [];

    public OptimizerState(Optimizer optimizer, IReadOnlyList<Parameter> parameters)
    {
        Optimizer = optimizer;
        Parameters = parameters;
        foreach (var parameter in parameters)
            slots[parameter] = [.. optimizer.Slots.Select(_ => new NativeBuffer(parameter.Shape.Size * sizeof(float)))];
    }

    public Optimizer Optimizer { get; }

    public IReadOnlyList<Parameter> Parameters { get; }

    /// <summary>Steps that were done.</summary>
    public long Steps { get; set; }

    /// <summary>The learning rate of the last step.</summary>
    public float LearningRate { get; private set; }

    /// <summary>The numbers kept for a parameter under one of the optimizer's slot names.</summary>
    public Span<float> Slot(Parameter parameter, int slot) => slots[parameter][slot].Floats;

    /// <summary>Begins the next step; returns its number, counted from 1.</summary>
    public long Advance()
    {
        LearningRate = Optimizer.LearningRate.At(Steps);
        Optimizer.WriteSettings(settings.Pointer, LearningRate, ++Steps);
        return Steps;
    }

    /// <summary>The kernel of a parameter's step.</summary>
    public Kernel CreateUpdate(Parameter parameter, float* gradient)
    {
        var buffers = slots[parameter];
        var pointers = new float*[buffers.Length];
        for (var i = 0; i < pointers.Length; i++) pointers[i] = (float*)buffers[i].Pointer;
        return Optimizer.CreateUpdate(settings.Pointer, parameter.Pointer, gradient, pointers, parameter.Shape.Size);
    }
}
