using ResNetSharp.Layers;

namespace ResNetSharp.Models;

/// <summary>
/// A pre-activation residual network for images of about 224x224 (He et al., 2016, "Identity Mappings in Deep Residual Networks"), or a Big
/// Transfer network (Kolesnikov et al., 2020), as timm builds them: the names of the parameters are timm's. The output is logits, (batch,
/// classes).
/// </summary>
public sealed class PreActResNet : Model
{
    readonly Sequential stem;
    readonly Sequential stages;
    readonly Layer norm;
    readonly Sequential head;

    /// <summary>Makes a network from a design.</summary>
    /// <param name="design">What it looks like.</param>
    /// <param name="classes">How many numbers the output has.</param>
    /// <exception cref="ArgumentException">The design does not go together; the message says why.</exception>
    public PreActResNet(PreActDesign design, int classes = 1000)
    {
        ArgumentNullException.ThrowIfNull(design);
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 1);
        Design = design.Checked();
        stem = Stem(design);
        stages = new Sequential([.. Enumerable.Range(0, 4).Select(stage => Stage(design, stage))]);
        norm = design.Norm();
        head = new Sequential(
            new GlobalAveragePooling2D { Name = "global_pool" },
            new FunctionLayer("Pixel", x => x.Reshape(Shape.Unknown, 1, 1, x.Shape[1])) { Name = "pixel" },
            new Conv2D(classes, 1, kernelInitializer: Initializer.NormalWith(0.01)) { Name = "fc" },
            new Flatten { Name = "flatten" });
    }

    /// <summary>What the network looks like.</summary>
    public PreActDesign Design { get; }

    /// <inheritdoc/>
    protected override Tensor Call(Tensor inputs) => head.Apply(norm.Apply(stages.Apply(stem.Apply(inputs))).Relu());

    static Sequential Stem(PreActDesign design)
    {
        List<Layer> parts = design.Stem == StemKind.Plain
            ? [Named(design.Conv(64, 7, 2), "conv")]
            :
            [
                Named(design.Conv(32, 3, 2), "conv1"),
                Named(design.Norm(), "norm1"),
                new ActivationLayer(Activation.Relu) { Name = "act1" },
                Named(design.Conv(32, 3), "conv2"),
                Named(design.Norm(), "norm2"),
                new ActivationLayer(Activation.Relu) { Name = "act2" },
                Named(design.Conv(64, 3), "conv3"),
            ];
        if (design.StandardizeWeights)
        {
            // No ReLU stands before the pooling, so the zeros around the image take part in the maximum.
            parts.Add(new ZeroPadding2D(1) { Name = "pad" });
            parts.Add(new MaxPooling2D(3, 2) { Name = "pool" });
        }
        else
        {
            parts.Add(new MaxPooling2D(3, 2, padding: 1) { Name = "pool" });
        }
        return new Sequential([.. parts]);
    }

    static Sequential Stage(PreActDesign design, int stage)
    {
        var blocks = new Layer[design.Depths[stage]];
        for (var i = 0; i < blocks.Length; i++)
        {
            var stride = stage > 0 && i == 0 ? 2 : 1;
            var project = i == 0 && (stage > 0 || design.Block == BlockKind.Bottleneck);
            blocks[i] = design.Block == BlockKind.Basic
                ? new PreActBasicBlock(design, 64 << stage, stride, project)
                : new PreActBottleneck(design, 64 << stage, stride, project);
        }
        return new Sequential(new Sequential(blocks) { Name = "blocks" });
    }

    static Layer Named(Layer layer, string name)
    {
        layer.Name = name;
        return layer;
    }
}
