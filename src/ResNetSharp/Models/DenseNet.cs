using ResNetSharp.Layers;

namespace ResNetSharp.Models;

/// <summary>
/// A densely connected network (Huang et al., 2017) as torchvision builds it: a layer's output does not replace what it got but is put beside
/// it, y = [x, F(x)]. Parameters have the names of torchvision's state_dict; the output is logits, (batch, classes).
/// </summary>
public sealed class DenseNet : Model
{
    readonly Sequential features;
    readonly GlobalAveragePooling2D pool = new();
    readonly Dense classifier;

    /// <summary>Makes a network.</summary>
    /// <param name="growth">Channels that each layer adds.</param>
    /// <param name="depths">How many layers stand in each of the dense blocks.</param>
    /// <param name="stemChannels">Channels of the first convolution.</param>
    /// <param name="classes">How many numbers the output has.</param>
    /// <exception cref="ArgumentException">A number is not positive, or there is no block.</exception>
    public DenseNet(int growth, IReadOnlyList<int> depths, int stemChannels = 64, int classes = 1000)
        : this(growth, depths, stemChannels, classes, blurs: false)
    {
    }

    /// <summary>Makes a network.</summary>
    /// <param name="growth">Channels that each layer adds.</param>
    /// <param name="depths">How many layers stand in each of the dense blocks.</param>
    /// <param name="stemChannels">Channels of the last convolution before the blocks.</param>
    /// <param name="classes">How many numbers the output has.</param>
    /// <param name="blurs">Whether three 3x3 convolutions stand in place of one of 7x7, and pixels are blurred before the pooling leaves some out.</param>
    DenseNet(int growth, IReadOnlyList<int> depths, int stemChannels, int classes, bool blurs)
    {
        ArgumentNullException.ThrowIfNull(depths);
        ArgumentOutOfRangeException.ThrowIfLessThan(growth, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(stemChannels, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 1);
        if (depths.Count == 0 || depths.Any(d => d < 1))
            throw new ArgumentException($"a DenseNet has blocks of at least one layer each, not [{string.Join(", ", depths)}]", nameof(depths));
        List<Layer> parts = [.. blurs ? BlurredStem(stemChannels) : PlainStem(stemChannels)];
        var channels = stemChannels;
        for (var i = 0; i < depths.Count; i++)
        {
            parts.Add(new Sequential([.. Enumerable.Range(1, depths[i]).Select(k => new DenseLayer(growth) { Name = $"denselayer{k}" })])
            {
                Name = $"denseblock{i + 1}",
            });
            channels += depths[i] * growth;
            if (i + 1 < depths.Count) parts.Add(Transition(channels /= 2, $"transition{i + 1}"));
        }
        parts.Add(Norm("norm5"));
        features = new Sequential([.. parts]);
        classifier = new Dense(classes, kernelInitializer: Initializer.TorchDefault);
    }

    /// <summary>DenseNet-121.</summary>
    /// <inheritdoc cref="DenseNet201"/>
    public static DenseNet DenseNet121(int classes = 1000, string? weights = null) => Make("densenet121", new DenseNet(32, [6, 12, 24, 16], 64, classes), classes, weights);

    /// <summary>DenseNet-161.</summary>
    /// <inheritdoc cref="DenseNet201"/>
    public static DenseNet DenseNet161(int classes = 1000, string? weights = null) => Make("densenet161", new DenseNet(48, [6, 12, 36, 24], 96, classes), classes, weights);

    /// <summary>DenseNet-169.</summary>
    /// <inheritdoc cref="DenseNet201"/>
    public static DenseNet DenseNet169(int classes = 1000, string? weights = null) => Make("densenet169", new DenseNet(32, [6, 12, 32, 32], 64, classes), classes, weights);

    /// <summary>DenseNet-201.</summary>
    /// <param name="classes">How many numbers the output has.</param>
    /// <param name="weights">
    /// <c>imagenet</c> for torchvision's, which are fetched if need be (see <see cref="Weights"/>);
    /// the path of a weight file; or null (the default) for weights drawn at random.
    /// </param>
    /// <exception cref="ArgumentException">There are no such weights, or they have another number of classes.</exception>
    /// <exception cref="IOException">The weights are not on this machine and cannot be fetched.</exception>
    public static DenseNet DenseNet201(int classes = 1000, string? weights = null) => Make("densenet201", new DenseNet(32, [6, 12, 48, 32], 64, classes), classes, weights);

    /// <summary>
    /// timm's densenetblur121d: DenseNet-121 with three 3x3 convolutions before the blocks and anti-aliased pooling after them (Zhang, 2019). In the
    /// registry alone.
    /// </summary>
    internal static DenseNet Blurred121(int classes) => new(32, [6, 12, 24, 16], 64, classes, blurs: true);

    /// <inheritdoc/>
    protected override Tensor Call(Tensor inputs) => classifier.Apply(pool.Apply(features.Apply(inputs).Relu()));

    /// <summary>Gives a network its name and weights.</summary>
    static DenseNet Make(string name, DenseNet model, int classes, string? weights)
    {
        var choice = WeightsChoice.Of(weights, name, classes);
        model.Architecture = name;
        choice?.Fill(model);
        return model;
    }

    static Layer[] PlainStem(int channels) => [.. Step(0, channels, 7, 2), new MaxPooling2D(3, 2, padding: 1) { Name = "pool0" }];

    static Layer[] BlurredStem(int channels) =>
    [
        .. Step(0, channels / 2, 3, 2), .. Step(1, channels / 2, 3, 1), .. Step(2, channels, 3, 1),
        new Sequential(new MaxPooling2D(3, 1, padding: 1), new BlurPooling2D()) { Name = "pool0" },
    ];

    static Layer[] Step(int number, int channels, int kernelSize, int stride) =>
        [Conv(channels, kernelSize, $"conv{number}", stride), Norm($"norm{number}"), new ActivationLayer(Activation.Relu) { Name = $"relu{number}" }];

    static Conv2D Conv(int channels, int kernelSize, string name, int stride = 1) =>
        new(channels, kernelSize, stride, kernelSize / 2, useBias: false, kernelInitializer: Initializer.KaimingNormalFanIn) { Name = name };

    static BatchNormalization Norm(string name)
    {
        var norm = BatchNormalization.Torch();
        norm.Name = name;
        return norm;
    }

    static Sequential Transition(int channels, string name) => new(
        Norm("norm"), new ActivationLayer(Activation.Relu) { Name = "relu" }, Conv(channels, 1, "conv"), new AveragePooling2D(2, 2) { Name = "pool" })
    {
        Name = name,
    };

    /// <summary>y = [x, F(x)] with F = conv2(relu(norm2(conv1(relu(norm1(x)))))): a 1x1 convolution to four times the growth, and a 3x3 one.</summary>
    sealed class DenseLayer(int growth) : Layer
    {
        readonly BatchNormalization norm1 = BatchNormalization.Torch();
        readonly Conv2D conv1 = Conv(4 * growth, 1, "conv1");
        readonly BatchNormalization norm2 = BatchNormalization.Torch();
        readonly Conv2D conv2 = Conv(growth, 3, "conv2");

        protected override Tensor Call(Tensor inputs)
        {
            var f = conv1.Apply(norm1.Apply(inputs).Relu());
            f = conv2.Apply(norm2.Apply(f).Relu());
            return Tensor.Concatenate([inputs, f]);
        }
    }
}
