using ResNetSharp.Formats;
using ResNetSharp.Graph;
using ResNetSharp.Graph.Operations;

namespace ResNetSharp.Exchange;

internal sealed partial class OnnxTranslation
{
    void Convolve(Convolution convolution, Node node)
    {
        var window = convolution.Window;
        Emit(node.Outputs[0], AxisOrder.Images, "Conv", [Images(node.Inputs[0]), builder.Get(node.Inputs[1], AxisOrder.Kernels), .. Biases(node)],
        [
            .. Window(window, node.Inputs[0].Shape),
            new OnnxAttribute("dilations", [window.DilationHeight, window.DilationWidth]),
            new OnnxAttribute("group", convolution.Groups),
        ]);
    }

    /// <summary>The settings that convolutions and poolings share. Padding is in numbers where the size of the images is known.</summary>
    static IEnumerable<OnnxAttribute> Window(Window window, Shape images)
    {
        yield return new OnnxAttribute("kernel_shape", [window.Height, window.Width]);
        yield return new OnnxAttribute("strides", [window.StrideHeight, window.StrideWidth]);
        if (window.Padding.IsSame && (images[1] == Shape.Unknown || images[2] == Shape.Unknown))
        {
            yield return new OnnxAttribute("auto_pad", "SAME_UPPER");
            yield break;
        }
        var (rows, columns) = (window.RowPadding(images[1]), window.ColumnPadding(images[2]));
        yield return new OnnxAttribute("pads", [rows.Before, columns.Before, rows.After, columns.After]);
    }

    void Normalize(BatchNorm norm, Node node)
    {
        var order = AxisOrder.ChannelsFirst(node.Inputs[0].Shape.Rank);
        Emit(node.Outputs[0], order, "BatchNormalization", [builder.Get(node.Inputs[0], order), .. node.Inputs[1..].Select(Vector)],
            new OnnxAttribute("epsilon", norm.Settings.Epsilon), new OnnxAttribute("momentum", norm.Settings.Momentum));
    }

    /// <summary>Each group as an instance of its own, which the operator set has had for longer than groups.</summary>
    void NormalizeGroups(GroupNorm norm, Node node)
    {
        var input = node.Inputs[0];
        var order = AxisOrder.ChannelsFirst(input.Shape.Rank);
        var shape = order.ShapeOf(input.Shape);
        var grouped = builder.Add("Reshape", [builder.Get(input, order), builder.Integers(0, norm.Groups, -1)]);
        var ones = new float[norm.Groups];
        Array.Fill(ones, 1);
        var normal = builder.Add("InstanceNormalization", [grouped, builder.Floats(new Shape(norm.Groups), ones), builder.Floats(new Shape(norm.Groups), new float[norm.Groups])],
            new OnnxAttribute("epsilon", norm.Epsilon));
        var whole = builder.Reshape(normal, new Shape(input.Shape[0], norm.Groups, Shape.Unknown), shape);
        AxisOrder channels = [AxisOrder.Unit, 0, .. Enumerable.Repeat(AxisOrder.Unit, input.Shape.Rank - 2)];
        var scaled = builder.Add("Mul", [whole, builder.Get(node.Inputs[1], channels)]);
        Emit(node.Outputs[0], order, "Add", [scaled, builder.Get(node.Inputs[2], channels)]);
    }
}
