using ResNetSharp.Graph;
using ResNetSharp.Graph.Operations;
using ResNetSharp.Planning;

namespace ResNetSharp.Tests.Graph;

/// <summary>
/// A function of some parameters, whose value and gradients are computed twice: by the plan that training makes, and by the naive
/// reference and differences of it.
/// </summary>
sealed class GradientProblem(ulong seed)
{
    const double Step = 1e-6;

    readonly List<Parameter> parameters = [];
    readonly Dictionary<Tensor, int[]> labels = [];
    RandomSource random = new(seed);

    /// <summary>The level that gradients are held to.</summary>
    public double Level { get; set; } = Tolerance.Gradient;

    /// <summary>How many elements of each parameter are moved; all if it has fewer.</summary>
    public int Samples { get; set; } = 60;

    public int Choose(int exclusive) => random.NextInt(exclusive);

    /// <summary>A tensor of normal numbers that the value is differentiated by.</summary>
    public Tensor Variable(params int[] extents) => Variable(new Shape(extents), 0, 1);

    /// <summary>A tensor of numbers that the value is differentiated by.</summary>
    public Tensor Variable(Shape shape, double mean, double deviation)
    {
        var made = Drawn(shape, mean, deviation, ParameterKind.Weight);
        parameters.Add(made);
        return made.Read();
    }

    /// <summary>A convolution with weights and bias of its own.</summary>
    public Tensor Conv(Tensor x, int filters, int kernel, int stride = 1, Padding padding = default, int groups = 1, int dilation = 1, bool bias = true)
    {
        var window = new Window(kernel, kernel, stride, stride, padding, dilation, dilation);
        var weights = Variable(new Shape(kernel, kernel, x.Shape[3] / groups, filters), 0, Math.Sqrt(2.0 / (kernel * kernel * x.Shape[3] / groups)));
        var operation = new Convolution(window, groups);
        return bias ? operation.Apply(x, weights, Variable(filters)) : operation.Apply(x, weights);
    }

    /// <summary>A batch normalization with parameters of its own.</summary>
    public Tensor Norm(Tensor x, bool frozen = false)
    {
        var channels = new Shape(x.Shape[-1]);
        var mean = Drawn(channels, 0, 0.5, ParameterKind.Statistic);
        var variance = Drawn(channels, 1.5, 0.1, ParameterKind.Statistic);
        mean.Frozen = variance.Frozen = frozen;
        return new BatchNorm(new BatchNormSettings(1e-3f, 0.9f, true))
            .Apply(x, Variable(channels, 1, 0.3), Variable(channels, 0, 0.3), mean.Read(), variance.Read());
    }

    /// <summary>A group normalization with parameters of its own.</summary>
    public Tensor GroupNorm(Tensor x, int groups, bool relu = false)
    {
        var channels = new Shape(x.Shape[-1]);
        return new GroupNorm(groups, 1e-3f, relu).Apply(x, Variable(channels, 1, 0.3), Variable(channels, 0, 0.3));
    }

    /// <summary>A dense layer with parameters of its own.</summary>
    public Tensor Dense(Tensor x, int units) => new MatrixProduct().Apply(x, Variable(new Shape(x.Shape[1], units), 0, 0.5), Variable(units));

    /// <summary>Labels of rows.</summary>
    public Tensor Labels(int rows, int classes)
    {
        var tensor = new Input(new Shape(rows), ElementType.Int32).Apply();
        labels[tensor] = [.. Enumerable.Range(0, rows).Select(_ => Choose(classes))];
        return tensor;
    }

    /// <summary>Checks value and gradients; a tensor that is no scalar is weighted at random and summed.</summary>
    public void Check(Tensor y, string what = "")
    {
        var loss = y.Shape.Rank == 0 ? y : (y * Tensor.RandomNormal(y.Shape, seed + 1)).Sum();
        var naive = new NaiveInterpreter(training: true);
        foreach (var (tensor, values) in labels) naive.Inputs[tensor] = [.. values.Select(v => (double)v)];
        var expected = naive.Evaluate(y)[0];
        var references = parameters.Select(p => Differences(naive, loss, p)).ToList();
        var (value, gradients) = Planned(y, loss);
        // Terms of size 1 may cancel to nothing, but for their rounding.
        Tolerance.Near(expected, value, Tolerance.Accumulated, $"{what} value of seed {seed}", 1e-2);
        var largest = references.SelectMany(r => r.Values).Select(g => Math.Abs(g)).DefaultIfEmpty().Max();
        for (var i = 0; i < parameters.Count; i++)
        {
            var got = references[i].Indices.Select(k => gradients[i] is { } g ? g[k] : 0).ToArray();
            Tolerance.Near(references[i].Values, got, Level, $"{what} gradient of parameter {i} {parameters[i].Shape}, seed {seed}", 0.03 * largest);
        }
    }

    /// <summary>The plan as a compiled model makes it, with gradients in the place of updates.</summary>
    (float[] Value, float[]?[] Gradients) Planned(Tensor y, Tensor loss)
    {
        var forward = Passes.ForTraining([loss, y]);
        var reads = Node.Reachable(forward).Select(n => n.Outputs[0]).Where(t => ParameterRead.Of(t) is not null).ToDictionary(t => ParameterRead.Of(t)!);
        var gradients = Autodiff.Gradients(forward[0], [.. parameters.Where(reads.ContainsKey).Select(p => reads[p])]);
        var found = parameters.Where(reads.ContainsKey).Zip(gradients).Where(p => p.Second is not null).ToList();
        var roots = new BackwardFusion().Rewrite([.. forward, .. found.Select(p => p.Second!)]);
        var pool = new ArenaPool();
        pool.Lend(1 << 22).Floats.Fill(float.NaN);
        var plan = new Plan(roots, [], pool);
        foreach (var (tensor, values) in labels)
            if (plan.Nodes.Contains(tensor.Producer)) values.CopyTo(plan.Labels(tensor));
        plan.Run();
        var result = new float[]?[parameters.Count];
        for (var i = 0; i < found.Count; i++) result[parameters.IndexOf(found[i].First)] = plan.Floats(roots[2 + i]).ToArray();
        var value = plan.Floats(roots[1]).ToArray();
        GC.KeepAlive(plan);
        return (value, result);
    }

    (int[] Indices, double[] Values) Differences(NaiveInterpreter naive, Tensor loss, Parameter parameter)
    {
        var size = (int)parameter.Shape.Size;
        var order = Enumerable.Range(0, size).ToArray();
        random.Shuffle(order.AsSpan());
        var indices = order[..Math.Min(Samples, size)];
        double[] values = [.. parameter.Values.ToArray().Select(v => (double)v)];
        naive.Parameters[parameter] = values;
        var gradient = new double[indices.Length];
        for (var i = 0; i < indices.Length; i++)
        {
            var k = indices[i];
            var middle = values[k];
            values[k] = middle + Step;
            var up = naive.Evaluate(loss)[0][0];
            values[k] = middle - Step;
            var down = naive.Evaluate(loss)[0][0];
            values[k] = middle;
            gradient[i] = (up - down) / (2 * Step);
        }
        return (indices, gradient);
    }

    Parameter Drawn(Shape shape, double mean, double deviation, ParameterKind kind)
    {
        var made = new Parameter($"p{parameters.Count}", shape, Initializer.Zeros, kind);
        foreach (ref var value in made.Values) value = (float)(mean + deviation * random.NextNormal());
        return made;
    }
}
