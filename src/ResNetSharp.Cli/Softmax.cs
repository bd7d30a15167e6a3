using System.Numerics.Tensors;
using ResNetSharp.Layers;

namespace ResNetSharp.Cli;

/// <summary>Probabilities from what a model gives.</summary>
static class Softmax
{
    /// <summary>Whether a model gives probabilities already, because it ends in a softmax.</summary>
    public static bool EndsIn(Model model) => model.BuildFor(model.InputShape!.Value).Producer.Operation is Graph.Operations.Softmax;

    /// <summary>Turns a row of a model's output into probabilities, in place.</summary>
    public static void Apply(Span<float> row)
    {
        TensorPrimitives.Subtract(row, TensorPrimitives.Max<float>(row), row);
        TensorPrimitives.SoftMax(row, row);
    }
}
