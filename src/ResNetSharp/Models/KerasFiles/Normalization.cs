using ResNetSharp.Layers;

namespace ResNetSharp.Models;

/// <summary>Keras' layer of that name: (x - mean) / sqrt(variance) for each channel, with numbers that were measured once on the training data.</summary>
internal sealed class Normalization : Layer
{
    /// <summary>The square of what Keras divides by at least.</summary>
    const float LeastVariance = 1e-14f;

    Parameter? mean;
    Parameter? variance;

    public Parameter Mean => mean!;

    public Parameter Variance => variance!;

    /// <summary>Divides by no zero.</summary>
    public void Guard()
    {
        foreach (ref var value in Variance.Values)
            if (!(value > LeastVariance)) value = LeastVariance;
        Variance.MarkChanged();
    }

    protected override void Build(Shape input)
    {
        if (mean is not null) return;
        if (input.Rank < 2 || input[-1] == Shape.Unknown) throw new ShapeException($"Normalization needs an input of shape (batch, ..., channels), but got {input}");
        mean = NewParameter("mean", [input[-1]], Initializer.Zeros, ParameterKind.Statistic);
        variance = NewParameter("variance", [input[-1]], Initializer.Ones, ParameterKind.Statistic);
    }

    protected override Tensor Call(Tensor inputs) => (inputs - mean!.Read()) / variance!.Read().Sqrt();
}
