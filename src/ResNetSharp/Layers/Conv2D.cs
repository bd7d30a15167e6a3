using ResNetSharp.Graph;
using ResNetSharp.Graph.Operations;

namespace ResNetSharp.Layers;

/// <summary>
/// A two-dimensional convolution (cross-correlation): y[i, j, f] = bias[f] + sum over a, b, c of x[i * stride + a, j * stride + b, c] * weight[a, b, c, f].
/// </summary>
/// <remarks>
/// Input (batch, height, width, channels), output (batch, height', width', filters). Parameters: <c>weight</c> (kernel height, kernel
/// width, channels / groups, filters) and <c>bias</c> (filters).
/// </remarks>
public sealed class Conv2D : Layer
{
    readonly Window window;
    readonly ConvOptions options;
    Parameter? weight;
    Parameter? bias;

    /// <summary>Makes a convolution with square windows.</summary>
    /// <param name="filters">Channels of the output.</param>
    /// <param name="kernelSize">Height and width of a window, in pixels.</param>
    /// <param name="strides">Distance between windows, in pixels.</param>
    /// <param name="padding">No padding by default, as in Keras and PyTorch.</param>
    /// <param name="useBias">Whether a number is added to each filter's result.</param>
    /// <param name="groups">Groups of channels that do not see each other; divides channels and filters.</param>
    /// <param name="dilation">Distance between the taps of a window, in pixels.</param>
    /// <param name="activation">Applied to the result.</param>
    /// <param name="kernelInitializer">First weights; <see cref="Initializer.GlorotUniform"/> by default.</param>
    /// <param name="biasInitializer">First bias; zeros by default.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is not positive.</exception>
    public Conv2D(int filters, int kernelSize, int strides = 1, Padding padding = default, bool useBias = true, int groups = 1, int dilation = 1,
        Activation activation = Activation.Linear, Initializer? kernelInitializer = null, Initializer? biasInitializer = null)
        : this(filters, (kernelSize, kernelSize), new ConvOptions
        {
            Strides = strides,
            Padding = padding,
            UseBias = useBias,
            Groups = groups,
            Dilation = dilation,
            Activation = activation,
            KernelInitializer = kernelInitializer ?? Initializer.GlorotUniform,
            BiasInitializer = biasInitializer ?? Initializer.Zeros,
        })
    {
    }

    /// <summary>Makes a convolution from options.</summary>
    /// <param name="filters">Channels of the output.</param>
    /// <param name="kernelSize">Height and width of a window, in pixels.</param>
    /// <param name="options">Everything else.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is not positive.</exception>
    public Conv2D(int filters, (int Height, int Width) kernelSize, ConvOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(filters, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Groups, 1, nameof(options));
        if (filters % options.Groups != 0)
            throw new ArgumentException($"{filters} filters cannot be divided into {options.Groups} groups", nameof(filters));
        Filters = filters;
        this.options = options;
        window = new Window(kernelSize.Height, kernelSize.Width, options.Strides, options.Strides, options.Padding, options.Dilation, options.Dilation).Checked();
    }

    /// <summary>Makes a convolution whose window has all freedoms, as files of other programs describe it.</summary>
    internal Conv2D(int filters, Window window, int groups, bool useBias)
        : this(filters, (window.Height, window.Width), new ConvOptions { Groups = groups, UseBias = useBias }) => this.window = window.Checked();

    /// <summary>Channels of the output.</summary>
    public int Filters { get; }

    /// <summary>The weights, (kernel height, kernel width, channels / groups, filters); null before the first input.</summary>
    public Parameter? Weight => weight;

    /// <summary>The bias, (filters); null before the first input or without a bias.</summary>
    public Parameter? Bias => bias;

    /// <inheritdoc/>
    protected override void Build(Shape input)
    {
        if (weight is not null) return;
        if (input.Rank != 4 || input[3] == Shape.Unknown)
            throw new ShapeException($"Conv2D needs images of shape (batch, height, width, channels), but got {input}");
        if (input[3] % options.Groups != 0)
            throw new ShapeException($"Conv2D cannot divide the {input[3]} channels of shape {input} into {options.Groups} groups");
        weight = NewParameter("weight", new Shape(window.Height, window.Width, input[3] / options.Groups, Filters), options.KernelInitializer);
        if (options.UseBias) bias = NewParameter("bias", new Shape(Filters), new FanInAware(options.BiasInitializer, weight.Shape));
    }

    /// <inheritdoc/>
    protected override Tensor Call(Tensor inputs)
    {
        var operation = new Convolution(window, options.Groups);
        var y = bias is null ? operation.Apply(inputs, weight!.Read()) : operation.Apply(inputs, weight!.Read(), bias.Read());
        return y.Activate(options.Activation);
    }

    /// <inheritdoc/>
    protected override string Describe()
    {
        var channels = weight is null ? "?" : $"{weight.Shape[2] * options.Groups}";
        var text = $"{channels}, {Filters}, kernel_size=({window.Height}, {window.Width}), stride=({window.StrideHeight}, {window.StrideWidth})";
        if (window.Padding != Padding.Valid) text += $", padding={window.Padding}";
        if (window.DilationHeight > 1) text += $", dilation={window.DilationHeight}";
        if (options.Groups > 1) text += $", groups={options.Groups}";
        return options.UseBias ? text : text + ", bias=False";
    }
}
