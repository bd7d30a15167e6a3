using ResNetSharp.Layers;

namespace ResNetSharp.Models;

/// <summary>
/// The residual networks of Keras' applications, layer by layer under Keras' names and in Keras' order. They differ from torchvision's: in the
/// first version the first 1x1 convolution of a bottleneck strides, convolutions have biases, images are padded in layers of their own; in the
/// second version normalization and ReLU come before the convolutions, and the last block of a stage strides.
/// </summary>
/// <remarks>
/// All take the same arguments: <c>includeTop</c>, whether the network ends in global pooling and a classifier; <c>weights</c>; <c>inputShape</c>, (height, width,
/// channels), by default (224, 224, 3) with the classifier and (?, ?, 3) without; <c>pooling</c>, what stands at the end without the classifier;
/// <c>classes</c>; <c>classifierActivation</c>, where <see cref="Activation.Linear"/> gives logits.
/// </remarks>
public static class KerasResNet
{
    /// <summary>ResNet-50.</summary>
    /// <inheritdoc cref="ResNet152V2"/>
    public static Model ResNet50(bool includeTop = true, string? weights = null, Shape? inputShape = null, KerasPooling pooling = KerasPooling.None,
        int classes = 1000, Activation classifierActivation = Activation.Softmax) =>
        Version1([3, 4, 6, 3], new KerasOptions("resnet50", includeTop, weights, inputShape, pooling, classes, classifierActivation));

    /// <summary>ResNet-101.</summary>
    /// <inheritdoc cref="ResNet152V2"/>
    public static Model ResNet101(bool includeTop = true, string? weights = null, Shape? inputShape = null, KerasPooling pooling = KerasPooling.None,
        int classes = 1000, Activation classifierActivation = Activation.Softmax) =>
        Version1([3, 4, 23, 3], new KerasOptions("resnet101", includeTop, weights, inputShape, pooling, classes, classifierActivation));

    /// <summary>ResNet-152.</summary>
    /// <inheritdoc cref="ResNet152V2"/>
    public static Model ResNet152(bool includeTop = true, string? weights = null, Shape? inputShape = null, KerasPooling pooling = KerasPooling.None,
        int classes = 1000, Activation classifierActivation = Activation.Softmax) =>
        Version1([3, 8, 36, 3], new KerasOptions("resnet152", includeTop, weights, inputShape, pooling, classes, classifierActivation));

    /// <summary>ResNet-50 of the second version.</summary>
    /// <inheritdoc cref="ResNet152V2"/>
    public static Model ResNet50V2(bool includeTop = true, string? weights = null, Shape? inputShape = null, KerasPooling pooling = KerasPooling.None,
        int classes = 1000, Activation classifierActivation = Activation.Softmax) =>
        Version2([3, 4, 6, 3], new KerasOptions("resnet50v2", includeTop, weights, inputShape, pooling, classes, classifierActivation));

    /// <summary>ResNet-101 of the second version.</summary>
    /// <inheritdoc cref="ResNet152V2"/>
    public static Model ResNet101V2(bool includeTop = true, string? weights = null, Shape? inputShape = null, KerasPooling pooling = KerasPooling.None,
        int classes = 1000, Activation classifierActivation = Activation.Softmax) =>
        Version2([3, 4, 23, 3], new KerasOptions("resnet101v2", includeTop, weights, inputShape, pooling, classes, classifierActivation));

    /// <summary>ResNet-152 of the second version.</summary>
    /// <param name="includeTop">Whether the network ends in global pooling and a classifier.</param>
    /// <param name="weights">
    /// <c>imagenet</c> for Keras' own, which are fetched if need be (see <see cref="Weights"/>); the path of a weight file; or null for weights drawn
    /// at random.
    /// </param>
    /// <param name="inputShape">(height, width, channels), at least 32x32; unknown height and width only without the classifier.</param>
    /// <param name="pooling">What stands at the end without the classifier.</param>
    /// <param name="classes">How many numbers the classifier has.</param>
    /// <param name="classifierActivation">What the classifier ends in.</param>
    /// <exception cref="ArgumentException">The input shape does not fit, there are no such weights, or they do not go with the rest; the message says why.</exception>
    public static Model ResNet152V2(bool includeTop = true, string? weights = null, Shape? inputShape = null, KerasPooling pooling = KerasPooling.None,
        int classes = 1000, Activation classifierActivation = Activation.Softmax) =>
        Version2([3, 8, 36, 3], new KerasOptions("resnet152v2", includeTop, weights, inputShape, pooling, classes, classifierActivation));

    static Model Version1(int[] depths, KerasOptions options)
    {
        var input = options.Input();
        var x = input.ZeroPad(3, "conv1_pad").Conv(64, 7, "conv1_conv", 2).Norm("conv1_bn").Relu("conv1_relu");
        x = x.ZeroPad(1, "pool1_pad").MaxPool(3, 2, "pool1_pool");
        for (var stage = 0; stage < 4; stage++)
            for (var block = 0; block < depths[stage]; block++)
            {
                var strides = stage > 0 && block == 0 ? 2 : 1;
                x = Block(x, 64 << stage, strides, block == 0, $"conv{stage + 2}_block{block + 1}");
            }
        return options.Finish(input, x);
    }

    static Model Version2(int[] depths, KerasOptions options)
    {
        var input = options.Input();
        var x = input.ZeroPad(3, "conv1_pad").Conv(64, 7, "conv1_conv", 2);
        x = x.ZeroPad(1, "pool1_pad").MaxPool(3, 2, "pool1_pool");
        for (var stage = 0; stage < 4; stage++)
            for (var block = 0; block < depths[stage]; block++)
            {
                var strides = stage < 3 && block == depths[stage] - 1 ? 2 : 1;
                x = PreActivationBlock(x, 64 << stage, strides, block == 0, $"conv{stage + 2}_block{block + 1}");
            }
        return options.Finish(input, x.Norm("post_bn").Relu("post_relu"));
    }

    /// <summary>y = ReLU(F(x) + x). The calls are in the order in which Keras lists the layers: by depth in the graph.</summary>
    static Tensor Block(Tensor x, int filters, int strides, bool project, string name)
    {
        var f = x.Conv(filters, 1, $"{name}_1_conv", strides).Norm($"{name}_1_bn").Relu($"{name}_1_relu");
        f = f.Conv(filters, 3, $"{name}_2_conv", padding: Padding.Same).Norm($"{name}_2_bn").Relu($"{name}_2_relu");
        if (project) x = x.Conv(4 * filters, 1, $"{name}_0_conv", strides);
        f = f.Conv(4 * filters, 1, $"{name}_3_conv");
        if (project) x = x.Norm($"{name}_0_bn");
        f = f.Norm($"{name}_3_bn");
        return x.Add(f, $"{name}_add").Relu($"{name}_out");
    }

    /// <summary>y = F(x) + x with normalization and ReLU first.</summary>
    static Tensor PreActivationBlock(Tensor x, int filters, int strides, bool project, string name)
    {
        var active = x.Norm($"{name}_preact_bn").Relu($"{name}_preact_relu");
        var f = active.Conv(filters, 1, $"{name}_1_conv", useBias: false).Norm($"{name}_1_bn").Relu($"{name}_1_relu");
        f = f.ZeroPad(1, $"{name}_2_pad").Conv(filters, 3, $"{name}_2_conv", strides, useBias: false).Norm($"{name}_2_bn").Relu($"{name}_2_relu");
        if (project) x = active.Conv(4 * filters, 1, $"{name}_0_conv", strides);
        else if (strides > 1) x = x.MaxPool(1, strides);
        return x.Add(f.Conv(4 * filters, 1, $"{name}_3_conv"), $"{name}_out");
    }
}
