using ResNetSharp.Data;
using ResNetSharp.Layers;
using ResNetSharp.Tests.Formats;
using ResNetSharp.Tests.Graph;
using ResNetSharp.Training;

namespace ResNetSharp.Tests.Layers;

/// <summary>All that holds for any layer: shapes, parameters, numbers, files, a step of training.</summary>
static class LayerCheck
{
    const int Classes = 3;

    /// <summary>Checks a layer.</summary>
    /// <param name="make">Makes the layer.</param>
    /// <param name="input">The shape of a batch.</param>
    /// <param name="output">What it has to become.</param>
    /// <param name="parameters">Names and shapes, in order.</param>
    public static void Run(Func<Layer> make, Shape input, Shape output, params (string Name, Shape Shape)[] parameters)
    {
        var layer = make();
        Assert.Equal(output.With(0, Shape.Unknown), layer.Apply(Tensor.Input(input.With(0, Shape.Unknown))).Shape);
        Assert.Equal(output, layer.Apply(Tensor.Input(input)).Shape);
        Assert.Equal(output, layer.OutputShape);
        Assert.Equal(parameters, layer.Parameters.Select(p => (p.Name, p.Shape)));
        Assert.All(layer.Parameters, p => Assert.False(p.IsDrawn, $"describing the layer drew {p.Name}"));
        Assert.Contains(layer.TypeName, layer.ToString(), StringComparison.Ordinal);
        Computes(make(), input);
        SurvivesFile(make, input);
        Trains(make, input, frozen: false);
        Trains(make, input, frozen: true);
    }

    static void Computes(Layer layer, Shape input)
    {
        var y = layer.Apply(Tensor.RandomNormal(input, 1));
        Tolerance.Near(new NaiveInterpreter(training: false).Evaluate(y)[0], y.ToArray(), Tolerance.Accumulated, layer.TypeName);
    }

    static void SurvivesFile(Func<Layer> make, Shape input)
    {
        using var folder = new TemporaryFolder();
        var (written, read) = (new Sequential(make()), new Sequential(make()));
        var images = Tensor.RandomNormal(input, 2);
        var expected = written.Predict(images).ToArray();
        read.Build(input.AsSpan()[1..]);
        read.Initialize(99);
        written.Save(folder.File("layer"));
        var report = read.LoadWeights(folder.File("layer"));
        Assert.Equal(written.Parameters.Count, report.Loaded);
        Tolerance.SameBits(expected, read.Predict(images).ToArray(), "after loading");
    }

    static void Trains(Func<Layer> make, Shape input, bool frozen)
    {
        var layer = make();
        // Data sets hold images; layers that take rows see them flattened.
        var element = input.Rank == 4 ? new Shape(input.AsSpan()[1..]) : new Shape(1, 1, input[1]);
        var model = input.Rank == 4
            ? new Sequential(layer, new Flatten(), new Dense(Classes))
            : new Sequential(new Flatten(), layer, new Dense(Classes));
        model.Build(element.AsSpan());
        if (frozen) layer.Freeze();
        model.Compile(new Sgd(0.1f), new SparseCategoricalCrossentropy(fromLogits: true));
        var before = model.Parameters.ToDictionary(p => p.Name, p => p.Values.ToArray());
        var data = Dataset.FromArrays(Tensor.RandomNormal(input, 3).ToArray(), element, [.. Enumerable.Range(0, input[0]).Select(i => i % Classes)]);
        model.Fit(data, epochs: 1, batchSize: input[0]);
        var own = layer.Parameters.ToHashSet();
        foreach (var parameter in model.Parameters)
        {
            var changed = !before[parameter.Name].AsSpan().SequenceEqual(parameter.Values);
            Assert.True(changed != (frozen && own.Contains(parameter)), $"{parameter.Name} {(changed ? "changed" : "did not change")}");
        }
    }
}
