using System.Text;
using ResNetSharp.Layers;

namespace ResNetSharp.Models;

/// <summary>
/// The residual network of "Dive into Deep Learning", for small images: a 7x7 convolution and a pooling, then stages of <see cref="Residual"/>
/// blocks, global average pooling and a dense layer. The output is logits, (batch, classes); parameters have the names of the book's PyTorch code.
/// </summary>
public class D2lResNet : Model
{
    readonly Sequential net;

    /// <summary>Makes a network.</summary>
    /// <param name="arch">For each stage the number of its blocks and of their channels.</param>
    /// <param name="classes">How many numbers the output has.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is not positive.</exception>
    public D2lResNet(IReadOnlyList<(int Blocks, int Channels)> arch, int classes = 10)
    {
        ArgumentNullException.ThrowIfNull(arch);
        var stem = new Sequential(Residual.Conv(64, 7, 2), BatchNormalization.Torch(), new ActivationLayer(Activation.Relu), new MaxPooling2D(3, 2, padding: 1));
        var stages = arch.Select((stage, i) => Stage(stage.Blocks, stage.Channels, isFirst: i == 0, $"b{i + 2}"));
        var last = new Sequential(new GlobalAveragePooling2D(), new Flatten(),
            new Dense(classes, kernelInitializer: Initializer.XavierUniform, biasInitializer: Initializer.TorchDefault))
        {
            Name = "last",
        };
        net = new Sequential([stem, .. stages, last]);
    }

    /// <summary>The output shape of each part of the network, a line a part, as the book prints it (but channels last).</summary>
    /// <param name="inputShape">The shape of a batch, (batch, height, width, channels).</param>
    /// <exception cref="ShapeException">The network cannot take such a batch.</exception>
    public string LayerSummary(Shape inputShape)
    {
        var x = Tensor.Input(inputShape);
        var text = new StringBuilder();
        foreach (var (_, part) in net.Children)
        {
            x = part.Apply(x);
            text.AppendLine($"{part.TypeName} output shape:\t {x.Shape}");
        }
        return text.ToString();
    }

    /// <inheritdoc/>
    protected override Tensor Call(Tensor inputs) => net.Apply(inputs);

    static Sequential Stage(int blocks, int channels, bool isFirst, string name) => new(
        [.. Enumerable.Range(0, blocks).Select(i => i == 0 && !isFirst ? new Residual(channels, use1x1Conv: true, strides: 2) : new Residual(channels))])
    {
        Name = name,
    };
}

/// <summary>The book's ResNet-18.</summary>
/// <param name="classes">How many numbers the output has.</param>
public sealed class D2lResNet18(int classes = 10) : D2lResNet([(2, 64), (2, 128), (2, 256), (2, 512)], classes);
