namespace ResNetSharp.Layers;

/// <summary>The functional style: each method makes a layer and applies it, <c>input.Conv2D(64, 3).BatchNorm().Relu()</c>.</summary>
public static class FluentLayers
{
    /// <summary>A convolution with options; padding is <c>same</c> and there is a bias unless they say otherwise.</summary>
    /// <param name="input">Images, (batch, height, width, channels).</param>
    /// <param name="filters">Channels of the output.</param>
    /// <param name="kernelSize">Height and width of a window, in pixels.</param>
    /// <param name="options">Everything else; <see cref="ConvOptions.Default"/> if not given.</param>
    /// <param name="name">The layer's name.</param>
    public static Tensor Conv2D(this Tensor input, int filters, int kernelSize, ConvOptions? options = null, string? name = null) =>
        new Conv2D(filters, (kernelSize, kernelSize), options ?? ConvOptions.Default) { Name = name }.Apply(input);

    /// <summary>A convolution.</summary>
    /// <param name="input">Images, (batch, height, width, channels).</param>
    /// <param name="filters">Channels of the output.</param>
    /// <param name="kernelSize">Height and width of a window, in pixels.</param>
    /// <param name="padding">Padding.</param>
    /// <param name="strides">Distance between windows, in pixels.</param>
    /// <param name="useBias">Whether a number is added to each filter's result.</param>
    /// <param name="activation">Applied to the result.</param>
    /// <param name="name">The layer's name.</param>
    public static Tensor Conv2D(this Tensor input, int filters, int kernelSize, Padding padding, int strides = 1, bool useBias = true,
        Activation activation = Activation.Linear, string? name = null) =>
        new Conv2D(filters, kernelSize, strides, padding, useBias, activation: activation) { Name = name }.Apply(input);

    /// <summary>A batch normalization with Keras' constants unless told otherwise.</summary>
    /// <param name="input">Any shape, channels last.</param>
    /// <param name="epsilon">Added to the variance.</param>
    /// <param name="momentum">The part of the old running statistics that is kept at each step.</param>
    /// <param name="name">The layer's name.</param>
    public static Tensor BatchNorm(this Tensor input, float epsilon = 1e-3f, float momentum = 0.99f, string? name = null) =>
        new BatchNormalization(epsilon, momentum) { Name = name }.Apply(input);

    /// <summary>A fully connected layer.</summary>
    /// <param name="input">Rows, (batch, inputs).</param>
    /// <param name="units">Numbers in a row of the output.</param>
    /// <param name="activation">Applied to the result.</param>
    /// <param name="name">The layer's name.</param>
    public static Tensor Dense(this Tensor input, int units, Activation activation = Activation.Linear, string? name = null) =>
        new Dense(units, activation) { Name = name }.Apply(input);

    /// <summary>Dropout.</summary>
    /// <param name="input">Any shape.</param>
    /// <param name="rate">The part that is dropped while training.</param>
    public static Tensor Dropout(this Tensor input, float rate) => new Dropout(rate).Apply(input);
}
