using ResNetSharp.Layers;

namespace ResNetSharp.Models;

/// <summary>Makes the stages of a ResNet, first to last; each needs to know what the one before gives.</summary>
/// <param name="design">What kind of network this is.</param>
/// <param name="channels">Channels that the first stage gets.</param>
internal sealed class ResNetStages(ResNetDesign design, int channels)
{
    int channels = channels;
    int dilation = 1;
    int stage;

    /// <summary>The next stage.</summary>
    /// <param name="width">Channels of its basic blocks' outputs, or a quarter of its bottlenecks'.</param>
    /// <param name="stride">The stride of its first block.</param>
    /// <param name="dilate">Whether to dilate by as much instead.</param>
    public Sequential Next(int width, int stride, bool dilate)
    {
        var before = dilation;
        if (dilate) (dilation, stride) = (dilation * stride, 1);
        var blocks = new Layer[design.Depths[stage++]];
        for (var i = 0; i < blocks.Length; i++)
        {
            var (blockStride, blockDilation) = i == 0 ? (stride, before) : (1, dilation);
            var downsample = Downsample(width * design.Expansion, blockStride, blockDilation);
            blocks[i] = design.Block == BlockKind.Basic
                ? new BasicBlock(design, width, blockStride, downsample)
                : new BottleneckBlock(design, width, blockStride, blockDilation, downsample);
            channels = width * design.Expansion;
        }
        return new Sequential(blocks);
    }

    /// <summary>The projection of a shortcut, where the shape changes.</summary>
    Sequential? Downsample(int outputs, int stride, int blockDilation)
    {
        if (!design.Shortcuts || (stride == 1 && channels == outputs)) return null;
        if (!design.AverageShortcut) return new Sequential(design.Conv(outputs, 1, stride), design.Norm());
        Layer pool = stride == 1 && blockDilation == 1 ? new Identity() : new AveragePooling2D(2, stride, Padding.Same);
        return new Sequential(pool, design.Conv(outputs, 1), design.Norm());
    }
}
