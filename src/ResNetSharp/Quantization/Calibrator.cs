using System.Numerics.Tensors;
using ResNetSharp.Graph;
using ResNetSharp.Graph.Operations;
using ResNetSharp.Layers;
using ResNetSharp.Planning;

namespace ResNetSharp.Quantization;

/// <summary>Runs a network in floating point on typical pictures, and watches its activations.</summary>
internal sealed class Calibrator(Model model, QuantizationOptions options)
{
    readonly Dictionary<string, RangeObserver> observers = [];
    readonly Dictionary<Shape, (Plan Plan, Tensor Images)> plans = [];
    readonly Dictionary<string, IReadOnlyList<float>> weightScales = [];
    readonly ArenaPool arena = new();
    long pictures;

    /// <summary>Looks at a batch.</summary>
    /// <exception cref="InvalidDataException">The network gives numbers that are infinite or none.</exception>
    public void Observe(Shape shape, ReadOnlySpan<float> images)
    {
        if (!plans.TryGetValue(shape, out var found)) plans[shape] = found = MakePlan(shape);
        Observer(ActivationNames.Input).Observe(images);
        images.CopyTo(found.Plan.Floats(found.Images));
        found.Plan.Run();
        pictures += shape[0];
    }

    /// <summary>What was found.</summary>
    /// <exception cref="ArgumentException">Nothing was observed.</exception>
    public CalibrationTable Finish()
    {
        if (pictures == 0) throw new ArgumentException("there are no pictures to calibrate with; give at least one batch");
        return new(options.Method, pictures, observers.ToDictionary(pair => pair.Key, pair => pair.Value.Range), weightScales);
    }

    (Plan, Tensor) MakePlan(Shape shape)
    {
        var images = Tensor.Input(shape);
        var outputs = Passes.ForInference([model.Describe(images)]);
        if (RoundingPass.Applies(outputs)) throw new NotSupportedException("the model is quantized already: its file says where numbers become bytes");
        foreach (var node in Node.Reachable(outputs))
            if (QuantizableOperations.WeightsOf(node) is { } weights) weightScales.TryAdd(weights.Name, WeightScales(weights));
        var observed = new Observation(ActivationNames.Of(outputs), Observer).Rewrite(outputs);
        return (new Plan(observed, [], arena), images);
    }

    RangeObserver Observer(string name)
    {
        if (!observers.TryGetValue(name, out var found)) observers[name] = found = RangeObserver.Create(options);
        return found;
    }

    /// <summary>One scale an output channel, with which the largest weight becomes 127.</summary>
    static float[] WeightScales(Parameter weights)
    {
        var largest = new float[weights.Shape[-1]];
        for (var row = weights.Values; !row.IsEmpty; row = row[largest.Length..])
            TensorPrimitives.MaxMagnitude(row[..largest.Length], largest, largest);
        // Weights that are all zeros are zeros at any scale.
        return [.. largest.Select(value => Math.Abs(value) / sbyte.MaxValue is var scale && scale >= QuantizationParameters.SmallestScale ? scale : 1)];
    }

    /// <summary>Lets an observer look at each activation as soon as it is computed.</summary>
    sealed class Observation(Dictionary<Tensor, string> names, Func<string, RangeObserver> observer) : Rewriter
    {
        protected override Tensor[]? Replace(Node node, Tensor[] inputs)
        {
            if (!names.TryGetValue(node.Outputs[0], out var name)) return null;
            Tensor[] made = [.. node.Operation.ApplyAll(inputs)];
            // What only moves numbers that were watched already keeps their range.
            if (!QuantizableOperations.KeepsParameters(node.Operation)) made[0] = new Observe(observer(name)).Apply(made[0]);
            return made;
        }
    }
}
