using ResNetSharp.Layers;

namespace ResNetSharp.Models;

/// <summary>
/// The densely connected networks of Keras' applications, layer by layer under Keras' names and in Keras' order. They compute what
/// <see cref="DenseNet"/> does but for the constants of batch normalization and the softmax at the end.
/// </summary>
public static class KerasDenseNet
{
    const int Growth = 32;

    /// <summary>DenseNet-121.</summary>
    /// <inheritdoc cref="DenseNet201"/>
    public static Model DenseNet121(bool includeTop = true, string? weights = null, Shape? inputShape = null, KerasPooling pooling = KerasPooling.None,
        int classes = 1000, Activation classifierActivation = Activation.Softmax) =>
        Build([6, 12, 24, 16], new KerasOptions("densenet121", includeTop, weights, inputShape, pooling, classes, classifierActivation));

    /// <summary>DenseNet-169.</summary>
    /// <inheritdoc cref="DenseNet201"/>
    public static Model DenseNet169(bool includeTop = true, string? weights = null, Shape? inputShape = null, KerasPooling pooling = KerasPooling.None,
        int classes = 1000, Activation classifierActivation = Activation.Softmax) =>
        Build([6, 12, 32, 32], new KerasOptions("densenet169", includeTop, weights, inputShape, pooling, classes, classifierActivation));

    /// <summary>DenseNet-201.</summary>
    /// <inheritdoc cref="KerasResNet.ResNet152V2"/>
    public static Model DenseNet201(bool includeTop = true, string? weights = null, Shape? inputShape = null, KerasPooling pooling = KerasPooling.None,
        int classes = 1000, Activation classifierActivation = Activation.Softmax) =>
        Build([6, 12, 48, 32], new KerasOptions("densenet201", includeTop, weights, inputShape, pooling, classes, classifierActivation));

    static Model Build(int[] depths, KerasOptions options)
    {
        var input = options.Input();
        var x = input.ZeroPad(3).Conv(64, 7, "conv1_conv", 2, useBias: false).Norm("conv1_bn").Relu("conv1_relu");
        x = x.ZeroPad(1).MaxPool(3, 2, "pool1");
        for (var stage = 0; stage < depths.Length; stage++)
        {
            for (var layer = 0; layer < depths[stage]; layer++) x = DenseLayer(x, $"conv{stage + 2}_block{layer + 1}");
            if (stage + 1 < depths.Length) x = Transition(x, $"pool{stage + 2}");
        }
        return options.Finish(input, x.Norm("bn").Relu("relu"));
    }

    /// <summary>y = [x, F(x)].</summary>
    static Tensor DenseLayer(Tensor x, string name)
    {
        var f = x.Norm($"{name}_0_bn").Relu($"{name}_0_relu").Conv(4 * Growth, 1, $"{name}_1_conv", useBias: false);
        f = f.Norm($"{name}_1_bn").Relu($"{name}_1_relu").Conv(Growth, 3, $"{name}_2_conv", padding: Padding.Same, useBias: false);
        return x.Concatenate(f, $"{name}_concat");
    }

    /// <summary>Half the channels, half the height and width.</summary>
    static Tensor Transition(Tensor x, string name) =>
        x.Norm($"{name}_bn").Relu($"{name}_relu").Conv(x.Shape[3] / 2, 1, $"{name}_conv", useBias: false).AveragePool(2, $"{name}_pool");
}
