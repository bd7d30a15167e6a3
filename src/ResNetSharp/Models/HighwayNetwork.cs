using ResNetSharp.Layers;

namespace ResNetSharp.Models;

/// <summary>
/// Highway networks (Srivastava et al., 2015), the relatives of residual networks whose shortcuts have learned gates. The output is logits,
/// (batch, classes).
/// </summary>
public static class HighwayNetwork
{
    /// <summary>A thin network of dense layers, as the paper trains on MNIST at depths from 10 to 100.</summary>
    /// <param name="depth">Layers with weights on the longest way: a dense one, depth - 2 highway layers and the classifier.</param>
    /// <param name="units">Numbers in a row; 50 in the paper.</param>
    /// <param name="classes">How many numbers the output has.</param>
    /// <exception cref="ArgumentOutOfRangeException">The depth is below 3.</exception>
    public static Model Dense(int depth, int units = 50, int classes = 10)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(depth, 3);
        return new Sequential(
        [
            new Flatten(),
            new Dense(units, Activation.Relu, kernelInitializer: Initializer.KaimingNormalFanIn),
            .. Enumerable.Range(0, depth - 2).Select(_ => new HighwayDense(units)),
            new Dense(classes),
        ]);
    }

    /// <summary>
    /// A convolutional network in the outline of the CIFAR ResNets: three stages of 16, 32 and 64 channels, each begun by an ordinary 3x3
    /// convolution, then global average pooling and a classifier.
    /// </summary>
    /// <param name="depth">Layers with weights on the longest way: 3 n + 4 for n highway layers a stage, such as 19 or 31.</param>
    /// <param name="classes">How many numbers the output has.</param>
    /// <exception cref="ArgumentOutOfRangeException">The depth is not 3 n + 4.</exception>
    public static Model Convolutional(int depth, int classes = 10)
    {
        if (depth < 7 || depth % 3 != 1)
            throw new ArgumentOutOfRangeException(nameof(depth), depth, "the depth of a convolutional highway network is 3 n + 4: 7, 10, ..., 19, ..., 31, ...");
        var layers = new List<Layer>();
        foreach (var (width, strides) in new[] { (16, 1), (32, 2), (64, 2) })
        {
            layers.Add(new Conv2D(width, 3, strides, Padding.Same, activation: Activation.Relu, kernelInitializer: Initializer.KaimingNormalFanIn));
            for (var i = 0; i < (depth - 4) / 3; i++) layers.Add(new HighwayConv2D(width));
        }
        return new Sequential([.. layers, new GlobalAveragePooling2D(), new Dense(classes)]);
    }
}
