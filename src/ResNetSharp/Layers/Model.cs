namespace ResNetSharp.Layers;

/// <summary>
/// A whole network. Derive from it and write <see cref="Call"/>, or describe one in the functional style and wrap its ends:
/// <c>new Model(input, output)</c>. Then <see cref="Compile(Training.Optimizer, Training.Loss, Training.Metric[])"/>, <c>Fit</c>, <c>Evaluate</c>, <c>Predict</c>.
/// </summary>
public partial class Model : Layer
{
    readonly FunctionalGraph? graph;

    /// <summary>A network that a derived class describes in <see cref="Call"/>.</summary>
    protected Model()
    {
    }

    /// <summary>A network described in the functional style.</summary>
    /// <param name="input">Made by <see cref="Tensor.Input(int, int, int)"/>.</param>
    /// <param name="output">What was computed from it.</param>
    /// <exception cref="ArgumentException">The input is not an input, the output does not depend on it, or it depends on another input.</exception>
    public Model(Tensor input, Tensor output)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(output);
        graph = new FunctionalGraph(input, output);
        InputShape = graph.InputShape;
    }

    /// <summary>
    /// The layers: of a functional model all of them, of a stack its members, of a class the layers in its fields. Ranges work:
    /// <c>model.Layers[^10..].Unfreeze()</c>.
    /// </summary>
    public LayerList Layers => new(graph is not null ? graph.Layers : Children.Select(c => c.Layer));

    /// <inheritdoc/>
    public override IEnumerable<(string Name, Layer Layer)> Children => graph is not null
        ? graph.Layers.Where(l => l is not OperationLayer).Select(l => (l.Name!, l))
        : base.Children;

    /// <summary>The names of the classes, in the order of the outputs; kept in checkpoints. Empty until training or a checkpoint gives them.</summary>
    public IReadOnlyList<string> ClassNames { get; set; } = [];

    /// <summary>The shape of one batch of inputs, the batch open; null for a class or a stack that has not seen an input yet.</summary>
    public Shape? InputShape { get; private set; }

    /// <summary>Makes the parameters, for inputs of a shape. Training and prediction do it by themselves.</summary>
    /// <param name="elementShape">The shape of one input: (height, width, channels).</param>
    public void Build(params ReadOnlySpan<int> elementShape) => BuildFor(new Shape([Shape.Unknown, .. elementShape]));

    /// <summary>Draws the first values of all parameters again.</summary>
    /// <param name="seed">Equal seeds give equal values. Without a call the seed is 0.</param>
    public void Initialize(ulong seed)
    {
        initializationSeed = seed;
        foreach (var parameter in Parameters) parameter.Reinitialize(seed);
    }

    /// <summary>How many numbers are learned.</summary>
    public long ParameterCount => Parameters.Where(p => p.Kind == ParameterKind.Weight).Sum(p => p.Shape.Size);

    /// <summary>How many numbers are measured: batch normalization's running means and variances.</summary>
    public long StatisticCount => Parameters.Where(p => p.Kind == ParameterKind.Statistic).Sum(p => p.Shape.Size);

    /// <summary>A table of the layers with their output shapes and numbers of parameters, as Keras prints it.</summary>
    /// <param name="inputShape">The shape of one input, (height, width, channels); needed only where the model has not seen an input yet.</param>
    public string Summary(Shape? inputShape = null)
    {
        if (inputShape is { } shape) BuildFor(new Shape([Shape.Unknown, .. shape]));
        else if (InputShape is null)
            throw new InvalidOperationException("the model has not seen an input yet; give Summary the shape of one, such as (32, 32, 3)");
        return new ModelSummary(this, graph).ToString();
    }

    ulong initializationSeed;

    /// <inheritdoc/>
    protected override Tensor Call(Tensor inputs) => graph is not null
        ? graph.Replay(inputs)
        : throw new NotSupportedException($"{GetType().Name} has to override Call");

    /// <summary>Describes the network for inputs of a shape, which makes the parameters.</summary>
    internal Tensor BuildFor(Shape shape) => Describe(Tensor.Input(shape));

    /// <summary>Describes the network from an input on, which makes the parameters.</summary>
    internal Tensor Describe(Tensor input)
    {
        var output = Apply(input);
        InputShape ??= input.Shape.With(0, Shape.Unknown);
        foreach (var parameter in Parameters) parameter.Seed = initializationSeed;
        return output;
    }
}
