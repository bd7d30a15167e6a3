using ResNetSharp.Layers;

namespace ResNetSharp.Models;

/// <summary>Layers by the names that Keras' applications give them, with the constants they use.</summary>
internal static class KerasLayers
{
    public static Tensor Conv(this Tensor x, int filters, int kernelSize, string name, int strides = 1, Padding padding = default, bool useBias = true) =>
        new Conv2D(filters, kernelSize, strides, padding, useBias) { Name = name }.Apply(x);

    public static Tensor Norm(this Tensor x, string name) => new BatchNormalization(epsilon: 1.001e-5f) { Name = name }.Apply(x);

    public static Tensor Relu(this Tensor x, string name) => new ActivationLayer(Activation.Relu) { Name = name }.Apply(x);

    public static Tensor ZeroPad(this Tensor x, int padding, string? name = null) => new ZeroPadding2D(padding) { Name = name }.Apply(x);

    public static Tensor MaxPool(this Tensor x, int size, int strides, string? name = null) => new MaxPooling2D(size, strides) { Name = name }.Apply(x);

    public static Tensor AveragePool(this Tensor x, int size, string name) => new AveragePooling2D(size, size) { Name = name }.Apply(x);

    /// <summary>An addition that has a name among the layers of a functional model; Keras' networks name the shortcut first.</summary>
    public static Tensor Add(this Tensor shortcut, Tensor x, string name) => new FunctionLayer("Add", y => y + x) { Name = name }.Apply(shortcut);

    /// <summary>A concatenation of channels that has a name among the layers of a functional model.</summary>
    public static Tensor Concatenate(this Tensor x, Tensor further, string name) =>
        new FunctionLayer("Concatenate", first => Tensor.Concatenate([first, further])) { Name = name }.Apply(x);
}
