namespace ResNetSharp.Layers;

/// <summary>What a convolution can be told besides its filters and its kernel's size; pass it on to change all convolutions of a block.</summary>
public sealed record ConvOptions
{
    /// <summary>The default: stride 1, padding <c>same</c>, a bias, Keras' first values.</summary>
    public static ConvOptions Default { get; } = new();

    /// <summary>Distance between windows, in pixels. 1 if not set.</summary>
    public int Strides { get; init; } = 1;

    /// <summary>Padding; <see cref="Padding.Same"/> if not set.</summary>
    public Padding Padding { get; init; } = Padding.Same;

    /// <summary>Distance between the taps of a window, in pixels. 1 if not set.</summary>
    public int Dilation { get; init; } = 1;

    /// <summary>Groups of channels that do not see each other. 1 if not set.</summary>
    public int Groups { get; init; } = 1;

    /// <summary>Whether a number is added to each filter's result. True if not set.</summary>
    public bool UseBias { get; init; } = true;

    /// <summary>First weights; <see cref="Initializer.GlorotUniform"/> if not set.</summary>
    public Initializer KernelInitializer { get; init; } = Initializer.GlorotUniform;

    /// <summary>First bias; <see cref="Initializer.Zeros"/> if not set.</summary>
    public Initializer BiasInitializer { get; init; } = Initializer.Zeros;

    /// <summary>Applied to the result; nothing if not set.</summary>
    public Activation Activation { get; init; } = Activation.Linear;
}
